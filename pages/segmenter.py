"""FCN segmenter: a class for every pixel, how sure it is, and the transposed convolution that makes it possible."""

import streamlit as st

from ui import controls, frame
from ui.sections.segmenter import grading, resolution, segment, tiles, transposed

VIEWS = {
    "Segment": segment.segment,
    "Resolution": resolution.resolution,
    "Transposed convolution": transposed.transposed,
    "Tiles": tiles.tiles,
    "Grade it": grading.grading,
}

photo = frame.open_page("pages/segmenter.py")

with st.container():
    part = controls.part(list(VIEWS))
VIEWS[part](photo)
