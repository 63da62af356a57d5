"""Cached pictures of what pages draw themselves: made where they are not known yet, each under a key that tells it apart.

A key says all that the picture follows from: the photo by its digest, the network by `version`, and every setting.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import streamlit as st
from PIL import Image

from viz import images
from viz.sheets import Sheet, pack


def drawn_frames(key: str, make: Callable[[], np.ndarray]) -> Sheet:
    """Frames (n, h, w, 3), uint8, drawn and packed where they are not known yet; `key` tells them apart."""
    return _drawn_frames(key, make)


@st.cache_data(max_entries=24, show_spinner=False)
def _drawn_frames(key: str, _make: Callable[[], np.ndarray]) -> Sheet:
    return pack(_make())


def veil(key: str, make: Callable[[], Image.Image]) -> str:
    """A picture as a data URL, drawn where it is not known yet; `key` tells them apart."""
    return _veil(key, make)


@st.cache_data(max_entries=96, show_spinner=False)
def _veil(key: str, _make: Callable[[], Image.Image]) -> str:
    return images.data_url(_make())


def drawn(key: str, make: Callable[[], Image.Image]) -> images.Picture:
    """A picture, drawn and encoded where it is not known yet; `key` tells them apart."""
    return _drawn(key, make)


@st.cache_data(max_entries=256, show_spinner=False)
def _drawn(key: str, _make: Callable[[], Image.Image]) -> images.Picture:
    return images.encode(_make())
