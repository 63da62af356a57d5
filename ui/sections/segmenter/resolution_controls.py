"""The controls of the view: how scores are enlarged, which two answers are compared, and whose scores are shown."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.segmentation.settings import Upsampling
from ui.sections.segmenter.resolution_case import STRIDES, Place

WAY, CLASS, SCALE = "res-way", "res-class", "res-scale"
LEFT, LEFT_WAY, RIGHT, RIGHT_WAY = "res-left", "res-left-way", "res-right", "res-right-way"
KEYS = (WAY, LEFT, LEFT_WAY, RIGHT, RIGHT_WAY, CLASS, SCALE)

STAGE, PAIR, SCORES, TAKEN = "res-stage", "res-pair", "res-scores", "res-taken"
"""The fragments of the view, each with its own controls but the last, which gives away what all of them show."""

WAYS = {way.title: way for way in Upsampling}
DEPTHS = {f"{stride}s": stride for stride in STRIDES}
LARGEST = "Largest area"


def way(cell: DeltaGenerator) -> Upsampling:
    """How the scores of all three depths are enlarged."""
    chosen = cell.segmented_control(
        "Enlarged by",
        list(WAYS),
        default=Upsampling.NEAREST.title,
        required=True,
        key=WAY,
        bind="query-params",
        help="How scores of 7 × 7, 14 × 14 or 28 × 28 cells become a class for every pixel.",
        on_change=_again,
        args=(STAGE,),
    )
    return WAYS.get(chosen or "", Upsampling.NEAREST)


def pair(cells: Sequence[DeltaGenerator]) -> tuple[Place, Place]:
    """Two answers to compare: the left one and the right one, each a depth and a way."""
    return (
        _place(cells[0], cells[1], "Left", LEFT, LEFT_WAY, Upsampling.BILINEAR),
        _place(cells[2], cells[3], "Right", RIGHT, RIGHT_WAY, Upsampling.LEARNED),
    )


def shown_class(cell: DeltaGenerator, names: Sequence[str], largest: int) -> int:
    """The class whose scores and kernels are shown."""
    chosen = cell.selectbox(
        "Scores of",
        [LARGEST, *names],
        key=CLASS,
        bind="query-params",
        help="Each class has scores and kernels of its own. At first it is the class with the largest area on this photo.",
        on_change=_again,
        args=(SCORES,),
    )
    return list(names).index(chosen) if chosen in names else largest


def same_scale(cell: DeltaGenerator) -> bool:
    """Whether one colour means one score at all three depths."""
    return cell.toggle(
        "Same scale",
        key=SCALE,
        bind="query-params",
        help="On: one colour means one score at all three depths. Off: each depth has the strongest colour at its own "
        "strongest score.",
        on_change=_again,
        args=(SCORES,),
    )


def _place(
    first: DeltaGenerator, second: DeltaGenerator, side: str, depth_key: str, way_key: str, opening: Upsampling
) -> Place:
    depth = first.segmented_control(
        f"{side}: depth",
        list(DEPTHS),
        default="8s",
        required=True,
        key=depth_key,
        bind="query-params",
        on_change=_again,
        args=(PAIR,),
    )
    chosen = second.selectbox(
        f"{side}: way",
        list(WAYS),
        index=list(WAYS).index(opening.title),
        key=way_key,
        bind="query-params",
        on_change=_again,
        args=(PAIR,),
    )
    return DEPTHS.get(depth or "", 8), WAYS.get(chosen or "", opening)


def _again(part: str) -> None:
    """Draw the part of the view that the control belongs to, and what is taken away."""
    st.rerun(scope=[part, TAKEN])
