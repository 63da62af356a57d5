"""Saliency & adversarial: what the gradient with respect to the picture shows, how it fools a network, and what it paints."""

import streamlit as st

from ui import controls, frame
from ui.sections.saliency import fool, imagine, look, presets, survive

VIEWS = {"Look": look.look, "Fool": fool.fool, "Does it survive?": survive.survive, "Imagine": imagine.imagine}

photo = frame.open_page("pages/saliency.py")

row, question = st.container(), st.container()
with row:
    part = controls.part(list(VIEWS))
if part == "Fool":
    with question:  # outside the fragment: a question may bring its own photo
        controls.presets(presets.KEY, presets.presets(), default=presets.FIRST)
VIEWS[part](photo)
