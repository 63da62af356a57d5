"""The controls of the view: whose map, how large an input, and the two thresholds that need no network."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.nms_settings import NmsSettings
from core.detection.detecting_settings import LEAST, FindSettings, SeeSettings
from core.zoo.model_card import ModelCard
from ui import export
from ui.sections.detector import detect_controls
from ui.sections.detector.detect_controls import SIZE, SIZES, pixels
from ui.sections.detector.detect_thresholds import CONFIDENCE, OVERLAP

MAP = "map"
KEYS = (MAP, SIZE, CONFIDENCE, OVERLAP)
MAPS = ("Surest anchor", "Picked anchor")

NAME, READ, DECODED = "inside-the-grid", "grid-read", "grid-decoded"
"""The closing row, and the fragments of the view: what a threshold changes, and what only the picked anchor does."""


def network(cell: DeltaGenerator) -> ModelCard:
    """The detector: that of the view Detect, so at first the lab's with the finer grid, whose map shows most."""
    with cell:
        return detect_controls.network()


def looking(cell: DeltaGenerator) -> SeeSettings:
    """How large the photo is shown to the network: another size is another pass."""
    chosen = cell.selectbox(
        "Network's input",
        SIZES,
        key=SIZE,
        bind="query-params",
        help="The longest side of what the network gets. A larger one has more cells, each of as many pixels.",
    )
    return SeeSettings(size=pixels(chosen))


def only_picked(cell: DeltaGenerator) -> bool:
    """Whether the map is that of the picked anchor alone."""
    chosen = cell.segmented_control(
        "The map shows",
        MAPS,
        default=MAPS[0],
        required=True,
        key=MAP,
        bind="query-params",
        help="Of each cell its surest anchor, or the one that is picked in the list.",
        on_change=_read_again,
    )
    return chosen == MAPS[1]


def thresholds(first: DeltaGenerator, second: DeltaGenerator) -> FindSettings:
    """The confidence and the IoU threshold of the suppression, which is greedy and per class here."""
    standard = FindSettings()
    confidence = first.slider(
        "Confidence",
        LEAST,
        0.99,
        standard.confidence,
        0.01,
        key=CONFIDENCE,
        bind="query-params",
        help="An anchor races only if its score is at least this.",
        on_change=_read_again,
    )
    overlap = second.slider(
        "NMS threshold",
        0.0,
        1.0,
        standard.nms.iou_threshold,
        0.01,
        key=OVERLAP,
        bind="query-params",
        help="A box that overlaps a better one of its class by more than this is removed.",
        on_change=_read_again,
    )
    return FindSettings(confidence=confidence, nms=NmsSettings(iou_threshold=overlap))


def _read_again() -> None:
    """What the picked anchor's numbers become is left as it is: no threshold changes it."""
    export.follow(NAME, READ)
    st.rerun(scope=READ)
