"""What the judgement says beyond one confidence: F1 at each, AP at each IoU, and the classes one by one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.boxes.nms_settings import LEAST_SCORE
from ui import controls, messages, parts
from ui.sections.detector.grading_presets import KEY
from viz.colours import POSITIVE, SERIES, TRUTH, Stroke
from viz.threshold_curves import Line, threshold_curves

if TYPE_CHECKING:
    from core.experiments.grading import Grade
    from ui.sections.detector.grading_stage import Shown

_LINES = (
    ("precision", SERIES[1], ":orange[–·–]"),
    ("recall", TRUTH, ":green[——]"),
    ("f1", Stroke(POSITIVE.colour, "7 7"), ":blue[– –]"),
)


def over_confidence(shown: Shown, at: float) -> None:
    """Precision, recall and F1 at every confidence."""
    st.caption(f"**At every confidence**: {', '.join(f'{mark} {_title(name)}' for name, _, mark in _LINES)}")
    values = [LEAST_SCORE + step / 100 for step in range(round(100 * (1 - LEAST_SCORE)) + 1)]
    every = shown.graded.over([round(value, 2) for value in values], shown.label)
    lines = [
        Line(_title(name), stroke, tuple((point.confidence, getattr(point, name)) for point in every))
        for name, stroke, _ in _LINES
    ]
    picture = threshold_curves(lines, at=at, x_name="confidence", x_most=1.0, y_most=1.0, y_name="share")
    st.image(picture, width="stretch", alt="Precision, recall and F1 over the confidence")
    best = max(reversed(every), key=lambda point: point.f1 or 0.0)  # of what the slider can be set to, the highest
    if best.f1:
        st.caption(f"F1 is best at **{best.confidence:.2f}**: **{best.f1:.2f}**, on this one photo.")
    else:
        st.caption("F1 is 0 at every confidence: nothing is found.")


def over_iou(graded: Grade) -> None:
    """Mean AP at each of COCO's ten thresholds, and their mean."""
    st.caption("**At every IoU**: the mean AP when a box must overlap its object by so much")
    from core.experiments.grading import COCO_THRESHOLDS

    line = Line("mAP", POSITIVE, tuple(zip(COCO_THRESHOLDS, graded.coco, strict=True)))
    picture = threshold_curves(
        [line], at=graded.threshold, x_name="IoU threshold", x_most=1.0, y_most=1.0, y_name="mAP"
    )
    st.image(picture, width="stretch", alt="Mean AP over the IoU threshold")
    if graded.coco_ap is None:
        st.caption("There is nothing to find, so there is no AP.")
        return
    half, strict = graded.coco[0] or 0.0, graded.coco[5] or 0.0
    st.caption(
        f"{half:.3f} at 0.50, {strict:.3f} at 0.75. COCO's **AP is the mean of the ten: {graded.coco_ap:.3f}**, with the area "
        "read at 101 recalls."
    )


def classes(graded: Grade, at: float) -> str:
    """A row for each class, in Markdown."""
    head = "| Class | To find | Found | False | Missed | AP | AP, 11 points |\n|:--|--:|--:|--:|--:|--:|--:|\n"
    lines = []
    for curve in graded.classes:
        point = graded.at(at, curve.label)
        cells = (str(point.right + point.missed), str(point.right), str(point.wrong), str(point.missed))
        numbers = ("–" if ap is None else f"{ap:.3f}" for ap in (curve.ap, curve.ap_11))
        lines.append(f"| {messages.escape(curve.label or '')} | {' | '.join((*cells, *numbers))} |")
    return head + "\n".join(lines)


def more(shown: Shown, at: float) -> None:
    """Both charts, and the classes where there are several."""
    parts.section(
        "What do the thresholds decide?", "The confidence is yours to choose; the IoU belongs to the benchmark."
    )
    if controls.hidden(KEY):
        st.caption("The curves wait until you reveal the answer.")
        return
    if not any(shown.graded.counts):
        st.caption("There is nothing to find, so every box is false at every threshold, and no curve has an area.")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        over_confidence(shown, at)
    with right:
        over_iou(shown.graded)
    if len(shown.graded.classes) > 1:
        st.markdown(classes(shown.graded, at))


def _title(name: str) -> str:
    return "F1" if name == "f1" else name
