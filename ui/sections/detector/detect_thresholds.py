"""The thresholds of the view Detect: what is moved while one watches, read from an answer that is there already."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.nms_settings import Method, NmsSettings
from core.detection.detecting_settings import LEAST, FindSettings
from ui import export, messages

NAME, FOUND = "detections", "detections-found"
"""The closing row, and the fragment of the thresholds, which leaves it alone."""

CONFIDENCE, OVERLAP, SIGMA, ONLY = "confidence", "nms", "decay", "only"
KEYS = (CONFIDENCE, OVERLAP, SIGMA, ONLY)

SHOWN = 8
"""Classes to choose from: those of which the network is surest on this photo."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """How boxes are chosen, but for the thresholds: `limit` is the most that are shown."""

    method: Method
    per_class: bool
    limit: int


def thresholds(rule: Rule, classes: Sequence[str], names: Sequence[str]) -> FindSettings:
    """What is moved while one watches: no network runs for it. `classes` are the likeliest on this photo, of all `names`."""
    cells = st.grid(3, min_column_width=200, gap="medium")
    confidence = cells.cell().slider(
        "Confidence",
        LEAST,
        0.99,
        0.3,
        0.01,
        key=CONFIDENCE,
        bind="query-params",
        help="How much a box has to score to be a candidate at all.",
        on_change=follow,
    )
    nms = _limited(NmsSettings(method=rule.method, per_class=rule.per_class), cells.cell())
    only = _classes(classes, names, cells.cell())
    return FindSettings(confidence=confidence, nms=nms, classes=only, limit=rule.limit)


def follow() -> None:
    """For the callbacks of what chooses boxes: what is open of the closing row follows."""
    export.follow(NAME, FOUND)


def way(settings: FindSettings) -> str:
    """How boxes were chosen, in a few words."""
    nms = settings.nms
    limit = f"NMS threshold {nms.iou_threshold:.2f}" if nms.method.has_threshold else f"σ {nms.sigma:.2f}"
    race = "per class" if nms.per_class else "all together"
    return f"confidence from {settings.confidence:.2f} · {nms.method.title.lower()} suppression, {race}, {limit}"


def _limited(settings: NmsSettings, cell: DeltaGenerator) -> NmsSettings:
    """The same with the slider of what its method goes by."""
    if settings.method.has_threshold:
        threshold = cell.slider(
            "NMS threshold",
            0.0,
            1.0,
            0.5,
            0.01,
            key=OVERLAP,
            bind="query-params",
            help="The IoU above which the better of two boxes removes the other. At 1 every candidate stays.",
            on_change=follow,
        )
        return NmsSettings(method=settings.method, per_class=settings.per_class, iou_threshold=threshold)
    sigma = cell.slider(
        "σ of the decay",
        0.05,
        2.0,
        0.5,
        0.05,
        key=SIGMA,
        bind="query-params",
        help="Smaller is harder: a box keeps exp(−IoU² / σ) of its score, and is removed where that falls below the confidence.",
        on_change=follow,
    )
    return NmsSettings(method=settings.method, per_class=settings.per_class, sigma=sigma)


def _classes(likely: Sequence[str], names: Sequence[str], cell: DeltaGenerator) -> tuple[str, ...]:
    """The classes that are looked for; none are all. What a link names is offered too, if the network knows it."""
    held = st.session_state[ONLY] if ONLY in st.session_state else st.query_params.get_all(ONLY)
    wanted = [name for name in held or [] if name in names]
    if ONLY in st.session_state and wanted != held:
        st.session_state[ONLY] = wanted  # those of another network
    options = list(dict.fromkeys([*likely[:SHOWN], *wanted]))
    if not options:
        cell.caption("Classes  \nThe network finds none on this photo.")
        return ()
    chosen = cell.pills(
        "Classes",
        options,
        format_func=messages.escape,
        selection_mode="multi",
        wrap=True,
        key=ONLY,
        bind="query-params",
        help="None chosen: all. These are the likeliest on this photo.",
        on_change=follow,
    )
    return tuple(name for name in options if name in (chosen or ()))
