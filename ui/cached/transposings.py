"""Cached doors to transposed convolutions of a few numbers: no network is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.segmentation.transposed_settings import Grid, TransposeSettings
from ui import preload
from ui.cached.queue import needs, through_engine

if TYPE_CHECKING:
    from core.engine import Ticket
    from core.experiments.transposing import Enlarged, Reached, Transposing


def transposing(settings: TransposeSettings) -> Transposing:
    """A transposed convolution of typed numbers, with the other ways to its output."""
    return through_engine(lambda ticket: _transposing(settings, ticket))


@st.cache_resource(max_entries=32, show_spinner=False)  # up to 2 MB each; frozen
def _transposing(settings: TransposeSettings, _ticket: Ticket | None) -> Transposing:
    needs(_ticket)
    from core.experiments import transposing

    return transposing.transposing(settings)


def reached(rows: int, columns: int, stride: int, side: int) -> Reached:
    """How evenly a kernel covers the output. So cheap that it is neither cached nor queued."""
    preload.wait()
    from core.experiments import transposing

    return transposing.reached(rows, columns, stride, side)


def bilinear(size: int) -> Grid:
    """The kernel that interpolates. So cheap that it is neither cached nor queued."""
    preload.wait()
    from core.experiments import transposing

    return transposing.bilinear(size)


def enlarging(patch: Grid, factor: int) -> Enlarged:
    """A patch `factor` times as large, by the bilinear kernel and by interpolation."""
    return through_engine(lambda ticket: _enlarging(patch, factor, ticket))


@st.cache_resource(max_entries=64, show_spinner=False)  # up to 70 KB each; frozen
def _enlarging(patch: Grid, factor: int, _ticket: Ticket | None) -> Enlarged:
    needs(_ticket)
    from core.experiments import transposing

    return transposing.enlarging(patch, factor)
