"""The view *Segment*: the class of every pixel over the photo, how sure it is, and which areas there are."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from ui import messages


@st.fragment
def segment(photo: Photo) -> None:
    """The class of every pixel over the photo, how sure it is, and which areas there are."""
    with messages.guard("The segmenter"):
        st.caption(f"{photo.width:,} × {photo.height:,} px")
