"""Style transfer: a photo painted in the style of other pictures, live, and what the network calls content and style."""

import streamlit as st

from ui import controls, frame
from ui.sections.style import inside, paint

VIEWS = {"Paint": paint.paint, "Look inside": inside.inside}

photo = frame.open_page("pages/style.py")

with st.container():
    part = controls.part(list(VIEWS))
VIEWS[part](photo)
