"""A field for the four coordinates of a box: what was typed is read, or explained while the last good box stays."""

from __future__ import annotations

import math
import re

import streamlit as st

from core.boxes.settings import Box
from core.errors import SettingError
from ui import messages

LEAST_SIDE = 1.0  # px of the photo: what is thinner cannot be seen or grabbed


def box(label: str, *, key: str, default: Box, width: int, height: int) -> Box:
    """Four typed coordinates of a box on a photo of `width` x `height` pixels. What makes no box leaves the last one."""
    last = f"{key}-last"
    typed = st.text_input(
        label,
        value=written(default),
        key=key,
        bind="query-params",
        max_chars=60,
        help="Left, top, right, bottom, in pixels of the photo from its top left corner.",
    )
    st.session_state[f"{key}-typed"] = typed
    try:
        st.session_state[last] = read(typed or "", label, width, height)
    except SettingError as error:
        messages.explain(error)
    kept: Box = st.session_state.get(last, default)
    return kept if kept[2] <= width and kept[3] <= height else default


def linked(key: str) -> bool:
    """Whether the URL holds other words for the box `key` than its field did in the last run: a link was followed."""
    named = st.query_params.get(key)
    return named is not None and named != st.session_state.get(f"{key}-typed")


def written(box: Box) -> str:
    """A box as a person types it: `84, 54.5, 300, 260`."""
    return ", ".join(f"{value:.1f}".removesuffix(".0") for value in box)


def read(typed: str, label: str, width: int, height: int) -> Box:
    """The box that somebody typed: four numbers, separated by commas or spaces.

    Raises:
        SettingError: not four numbers, no width or height, or not on the photo.
    """
    example = f"Type left, top, right, bottom, such as {written((0, 0, width // 2, height // 2))}."
    words = [word for word in re.split(r"[\s,;]+", typed.strip("()[] \t")) if word]
    try:
        x1, y1, x2, y2 = (float(word) for word in words)
    except ValueError:
        raise SettingError(f"{label} needs four numbers, got “{typed[:60]}”.", example) from None
    if not all(math.isfinite(value) for value in (x1, y1, x2, y2)):
        raise SettingError(f"{label} needs four finite numbers, got “{typed[:60]}”.", example)
    if not (0 <= x1 < x2 <= width and 0 <= y1 < y2 <= height):
        raise SettingError(
            f"{label} must lie on the photo, {width} × {height} px, with left < right and top < bottom, "
            f"got “{typed[:60]}”.",
            example,
        )
    if min(x2 - x1, y2 - y1) < LEAST_SIDE:
        raise SettingError(f"{label} must be at least 1 px wide and high, got “{typed[:60]}”.", example)
    return (x1, y1, x2, y2)
