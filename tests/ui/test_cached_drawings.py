"""Pictures that pages draw are drawn once for each key, and handed out encoded."""

import numpy as np
import pytest
import streamlit as st
from PIL import Image

from ui.cached import drawings


@pytest.fixture(autouse=True)
def nothing_drawn():
    st.cache_data.clear()
    yield
    st.cache_data.clear()


@pytest.mark.parametrize(
    ("door", "make"),
    [
        (drawings.drawn, lambda shade: Image.new("RGB", (8, 6), (shade,) * 3)),
        (drawings.veil, lambda shade: Image.new("RGBA", (8, 6), (shade,) * 4)),
        (drawings.drawn_frames, lambda shade: np.full((2, 6, 8, 3), shade, np.uint8)),
    ],
    ids=["drawn", "veil", "drawn_frames"],
)
def test_it_is_drawn_once_for_each_key(door, make):
    asked = []

    def picture(shade):
        asked.append(shade)
        return make(shade)

    first = door("one", lambda: picture(10))
    assert door("one", lambda: picture(250)) == first
    assert door("other", lambda: picture(250)) != first
    assert asked == [10, 250]
