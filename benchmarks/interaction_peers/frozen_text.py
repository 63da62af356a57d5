"""One slider and one line of text, on a server that walks its imports no more when it collects garbage, as the lab's does.

Streamlit collects garbage after every run. On a bare server that walks all that Streamlit has imported, most of what such an
answer costs; without it this is the least that an answer can take.
"""

import gc

import streamlit as st

if not gc.get_freeze_count():
    gc.collect()
    gc.freeze()

steps = st.slider("Steps", 50, 400, 200, 50)
st.write(f"{steps} steps, {steps**2:,} when squared")
