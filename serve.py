"""The server of Vision Lab: `streamlit run serve.py` shows `app.py`, and PyTorch is loaded before the first visitor comes."""

import streamlit as st

from ui import launch

app = st.App("app.py", lifespan=launch.lifespan)
