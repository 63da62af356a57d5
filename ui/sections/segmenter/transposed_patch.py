"""Which patch of the photo is enlarged: its middle, its width, and its 8 × 8 numbers. Torch-free."""

from __future__ import annotations

import re

import streamlit as st

from core.images.patches import grey_patch, patch_corner
from core.images.photo import Photo
from core.segmentation.transposed_settings import Grid
from ui import address

POINT, WIDE, FACTOR = "lay-at", "lay-wide", "lay-factor"
WIDTHS = ("8 px", "32 px", "64 px", "128 px")
FACTORS = ("2 times", "4 times", "8 times")
STANDARD = WIDTHS[2]

_OF = "lay-photo"
_POINT = re.compile(r"(\d{1,5}),(\d{1,5})")


def follow(photo: Photo) -> None:
    """Take the point that a link names, forget that of another photo, and show the one that is left in the URL."""
    state = st.session_state
    if state.get(_OF) not in (None, photo.digest) and address.peek(POINT) is None:
        address.keep(POINT, None)
    state[_OF] = photo.digest
    named = address.changed(POINT)
    if named is not None:
        state[POINT] = named
    address.show(POINT, None if point(photo) == middle(photo) else "{},{}".format(*point(photo)))


def point(photo: Photo) -> tuple[int, int]:
    """The middle of the patch that a visitor or a link chose, if it lies on the photo; else that of the main object."""
    held = st.session_state.get(POINT)
    found = _POINT.fullmatch(held) if isinstance(held, str) and held.isascii() else None
    x, y = (int(found[1]), int(found[2])) if found else (photo.width, photo.height)
    return (x, y) if x < photo.width and y < photo.height else middle(photo)


def middle(photo: Photo) -> tuple[int, int]:
    """The middle of the main object, or of the photo."""
    if photo.truth is None or not len(photo.truth.boxes):
        return photo.width // 2, photo.height // 2
    x1, y1, x2, y2 = photo.truth.boxes[0].tolist()
    return int(x1 + x2) // 2, int(y1 + y2) // 2


def corner(photo: Photo) -> tuple[int, int, int]:
    """Left, top and width of the patch."""
    return patch_corner(photo, *point(photo), _wide())


def patch(photo: Photo) -> Grid:
    """Its numbers."""
    return tuple(tuple(float(value) for value in row) for row in grey_patch(photo, *point(photo), _wide()).tolist())


def _wide() -> int:
    chosen = st.session_state.get(WIDE)
    return int((chosen if chosen in WIDTHS else STANDARD).removesuffix(" px"))
