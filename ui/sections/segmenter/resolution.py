"""The view *Resolution*: where fine edges come from: scores at three depths, enlarged in four ways."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from ui import messages


@st.fragment
def resolution(photo: Photo) -> None:
    """Where fine edges come from: scores at three depths, enlarged in four ways."""
    with messages.guard("The segmenter"):
        st.caption(f"{photo.width:,} × {photo.height:,} px")
