"""The least a Streamlit app can be: a title and one line."""

import streamlit as st

st.title("Hello")
st.write("Hello, world")
