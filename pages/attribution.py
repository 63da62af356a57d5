"""Attribution: which pixels an answer comes from, by every method, layer by layer, step by step, and whether to believe it."""

import streamlit as st

from ui import controls, frame, story
from ui.sections.attribution import presets
from ui.sections.attribution.views import VIEWS

photo = frame.open_page("pages/attribution.py")

row, question = st.container(), st.container()
with row:
    part = controls.part(list(VIEWS))
if part == "Compare":
    with question:  # outside the fragment: a question may bring its own photo
        controls.presets(presets.KEY, presets.presets(), default=presets.FIRST)
        if story.here() is story.AGAIN:
            st.caption(
                ":material/bolt: This is the attacked picture. What it is called now stands against what it was called before; "
                "“All your photos”, further down, has the maps of both."
            )
VIEWS[part](photo)
