"""The controls of the view: two typed grids, stride and padding, and what fills the grids with one click."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import SettingError
from core.images.photo import Photo
from core.segmentation.settings import MOST_INPUT, MOST_KERNEL, MOST_STRIDE
from core.segmentation.transposed_settings import Grid, TransposeSettings
from ui import address, messages
from ui.cached import transposings
from ui.sections.segmenter.transposed_patch import patch
from ui.sections.segmenter.transposed_typed import LONGEST, read, written

INPUT, KERNEL, STRIDE, PADDING = "lay-input", "lay-kernel", "lay-stride", "lay-padding"
STEP = "lay-step"
"""How many products are laid down, in the session and in the URL."""

COURSE: Grid = ((0.0, 1.0), (2.0, 3.0))
STANDARD = TransposeSettings(input=COURSE, kernel=COURSE)
MOST_PADDING = 16

_LAST, _ROWS, _SIZE = "lay-last", "lay-rows", "lay-size"


def controls(photo: Photo) -> TransposeSettings:
    """The four of them. What makes no transposed convolution is explained, and the last one that did is kept.

    A patch of `photo` may become the input.
    """
    with st.container(horizontal=True, vertical_alignment="bottom"):
        typed = [
            st.text_input(
                label,
                value=written(COURSE),
                key=key,
                bind="query-params",
                max_chars=LONGEST,
                width=236,
                help=f"Up to {most} × {most} numbers: spaces between them, a semicolon before the next row.",
            )
            for label, key, most in (("Input", INPUT, MOST_INPUT), ("Kernel", KERNEL, MOST_KERNEL))
        ]
        spread = st.number_input(
            "Stride",
            1,
            MOST_STRIDE,
            STANDARD.stride,
            key=STRIDE,
            bind="query-params",
            width=120,
            help="How far apart the products of neighbours are laid: the stride spreads them.",
        )
        cut = st.number_input(
            "Padding",
            0,
            MOST_PADDING,
            STANDARD.padding,
            key=PADDING,
            bind="query-params",
            width=120,
            help="How many rows and columns are taken away at each edge of the output.",
        )
        _fill(st.popover("Fill in", icon=":material/edit_note:", width="content"), photo)
    with st.container():
        try:
            st.session_state[_LAST] = TransposeSettings(
                input=read(typed[0] or "", "input"),
                kernel=read(typed[1] or "", "kernel"),
                stride=int(spread),
                padding=int(cut),
            )
        except SettingError as error:
            messages.explain(error)
            st.caption("Until then, the last numbers that worked are shown.")
    kept: TransposeSettings = st.session_state.get(_LAST, STANDARD)
    return kept


def counting(rows: int, columns: int) -> Grid:
    """0, 1, 2 and so on, row by row."""
    return tuple(tuple(float(row * columns + column) for column in range(columns)) for row in range(rows))


def ones(rows: int, columns: int) -> Grid:
    """The same number everywhere."""
    return ((1.0,) * columns,) * rows


def _fill(far: DeltaGenerator, photo: Photo) -> None:
    rows = far.number_input("Input: rows and columns", 1, MOST_INPUT, 3, key=_ROWS)
    with far.container(horizontal=True):
        _button("Count up", "lay-count-input", INPUT, counting(rows, rows))
        _button("All ones", "lay-ones-input", INPUT, ones(rows, rows))
        st.button("Patch of the photo", key="lay-patch-input", on_click=_patch, args=(photo,))
    size = far.number_input("Kernel: rows and columns", 1, MOST_KERNEL, 3, key=_SIZE)
    with far.container(horizontal=True):
        _button("Count up", "lay-count-kernel", KERNEL, counting(size, size))
        _button("All ones", "lay-ones-kernel", KERNEL, ones(size, size))
        st.button("Bilinear", key="lay-bilinear-kernel", on_click=_bilinear, args=(size,))


def _button(label: str, key: str, into: str, grid: Grid) -> None:
    st.button(label, key=key, on_click=_put, args=(into, grid))


def _put(into: str, grid: Grid) -> None:
    st.session_state[into] = written(grid)
    address.keep(STEP, None)


def _patch(photo: Photo) -> None:
    _put(INPUT, patch(photo))


def _bilinear(size: int) -> None:
    _put(KERNEL, tuple(tuple(round(value, 8) for value in row) for row in transposings.bilinear(size)))
