"""The view *Tiles*: a photo of any size, looked at piece by piece."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from ui import messages


@st.fragment
def tiles(photo: Photo) -> None:
    """A photo of any size, looked at piece by piece."""
    with messages.guard("The segmenter"):
        st.caption(f"{photo.width:,} × {photo.height:,} px")
