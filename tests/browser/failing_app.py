"""A page that fails until it is mended by a click."""

import streamlit as st

if not st.button("Mend"):
    raise RuntimeError("This page fails.")
st.text("Mended")
