"""The view *Transposed convolution*: every product of a transposed convolution, laid down one after the other."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from ui import messages


@st.fragment
def transposed(photo: Photo) -> None:
    """Every product of a transposed convolution, laid down one after the other."""
    with messages.guard("The segmenter"):
        st.caption(f"{photo.width:,} × {photo.height:,} px")
