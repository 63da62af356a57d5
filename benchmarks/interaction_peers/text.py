"""The least a Streamlit page can do with a slider: one line of text."""

import streamlit as st

steps = st.slider("Steps", 50, 400, 200, 50)
st.write(f"{steps} steps, {steps**2:,} when squared")
