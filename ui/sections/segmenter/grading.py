"""The view *Grade it*: how good a segmentation is where the truth is known."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from ui import messages


@st.fragment
def grading(photo: Photo) -> None:
    """How good a segmentation is where the truth is known."""
    with messages.guard("The segmenter"):
        st.caption(f"{photo.width:,} × {photo.height:,} px")
