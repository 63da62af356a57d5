"""The view *Transposed convolution*: every product of a transposed convolution, laid down one after the other."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from core.segmentation.transposed_settings import TransposeSettings
from ui import controls, frame, messages, parts
from ui.cached import transposings
from ui.sections.segmenter import (
    transposed_away,
    transposed_bilinear,
    transposed_controls,
    transposed_even,
    transposed_matrix,
    transposed_patch,
    transposed_presets,
    transposed_stage,
)

if TYPE_CHECKING:
    from core.experiments.transposing import Enlarged, Transposing


@dataclass(slots=True, eq=False)
class Shown:
    """The patch that was enlarged last, for the cost line."""

    enlarged: Enlarged | None = None


def transposed(photo: Photo) -> None:
    """Every product of a transposed convolution, laid down one after the other."""
    controls.presets(transposed_presets.KEY, transposed_presets.presets(), default=transposed_presets.FIRST)
    _worked(photo)


@st.fragment
def _worked(photo: Photo) -> None:
    """All that follows from the four controls. No network is asked."""
    hidden = controls.hidden(transposed_presets.KEY)
    with messages.guard("The transposed convolution"):
        with parts.hideable("controls"):
            settings = transposed_controls.controls(photo)
        found = transposings.transposing(settings)
        _laid(settings, hidden)
        with parts.hideable("numbers"):
            transposed_stage.figures(found, hidden=hidden)
        with parts.hideable("formulas"):
            transposed_stage.law(settings, hidden=hidden)
        with parts.hideable("checkerboard"):
            transposed_even.even(settings)
        with parts.hideable("matrix"):
            _turned(found, hidden)
        shown = Shown()
        _enlarged(photo, shown)
        parts.caveat(
            "Four ways to one output are four ways to add the same products. That says nothing about which kernel a network "
            "should have: what it learns is in the part Resolution."
        )
        _taken(found, shown)


@st.fragment(key=transposed_stage.STAGE)
def _laid(settings: TransposeSettings, hidden: bool) -> None:
    """The products, which move in the browser."""
    with messages.guard("The products"), parts.hideable("stage"):
        transposed_stage.show(settings, veiled=hidden)


def _turned(found: Transposing, hidden: bool) -> None:
    """The matrix, once it gives no answer away."""
    with st.container():
        if hidden:
            st.caption("The matrix of the convolution stands here once the answer is revealed.")
        else:
            transposed_matrix.matrix(found)


@st.fragment(key=transposed_bilinear.ENLARGED)
def _enlarged(photo: Photo, shown: Shown) -> None:
    """The bilinear kernel on a patch of the photo. What was made is left in `shown`."""
    with messages.guard("The patch"), parts.hideable("bilinear"):
        transposed_patch.follow(photo)
        shown.enlarged = transposed_bilinear.bilinear(photo)


@st.fragment(key=transposed_stage.TAKEN)
def _taken(found: Transposing, shown: Shown) -> None:
    """The closing row, where to go on, and what it cost."""
    with messages.guard("Take it away"):
        with parts.hideable("export"):
            transposed_away.take_away(found)
        frame.send_to("pages/attribution.py", "pages/detector.py", "pages/models.py")
        parts.cost(*(one.cost for one in (found, shown.enlarged) if one is not None))
