"""YOLO detector: from the raw output of a network to the final boxes, how it learns them, and how good they are."""

import streamlit as st

from ui import controls, frame
from ui.sections.detector import detect, grading, inside, learning

VIEWS = {
    "Detect": detect.detect,
    "Inside the grid": inside.inside,
    "How it learns": learning.learning,
    "How good is it?": grading.grading,
}

photo = frame.open_page("pages/detector.py")

row, question = st.container(), st.container()
with row:
    part = controls.part(list(VIEWS))
if part == "Detect":
    with question:  # outside the fragment: a question may bring its own photo
        detect.presets()
VIEWS[part](photo)
