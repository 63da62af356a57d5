"""Until a network has looked at a photo for the first time, its view shows the photo alone."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.images.photo import Photo
from ui import cached, parts


def waiting(key: str, photo: Photo, stage: DeltaGenerator, *, narrow: bool = True) -> None:
    """Fill `stage` with the photo, unless the view `key` has `looked` at it; `narrow` leaves room for what will be beside it."""
    if st.session_state.get(key) == photo.digest:
        return
    with stage.container():
        left, right = st.columns([3, 2], gap="large") if narrow else (st.container(), None)
        with left:
            parts.picture(cached.picture(photo), "Photo", "a network is about to look", alt="The chosen photo")
        if right:
            right.skeleton(height=300)


def looked(key: str, photo: Photo) -> None:
    """Remember that the view `key` has an answer for this photo."""
    st.session_state[key] = photo.digest
