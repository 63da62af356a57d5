"""What the threshold decides: how many boxes are kept at each, and where objects are known how good that is."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import streamlit as st

from core.boxes.nms_settings import NmsSettings
from ui import cached, parts
from ui.sections.nms.candidates import Racers
from viz.colours import POSITIVE, SERIES, TRUTH, Stroke
from viz.threshold_curves import Line, threshold_curves, value_at

if TYPE_CHECKING:
    from core.experiments.nms import Point


def curves(racers: Racers, settings: NmsSettings) -> None:
    """The curves of one way to suppress, with a mark at what is set."""
    by_iou = settings.method.has_threshold
    name = "IoU threshold" if by_iou else "σ of the decay"
    parts.section(f"What does the {name} decide?", "The race again at every value; the dot is the one that is set.")
    points = cached.nms_curve(racers.table, settings, racers.truths)
    at, most = (settings.iou_threshold, 1.0) if by_iou else (settings.sigma, 2.0)
    left, right = st.columns(2, gap="medium")
    with left:
        kept = Line("kept", POSITIVE, tuple((point.at, float(point.kept)) for point in points))
        count = len(racers.table.labels)
        picture = threshold_curves([kept], at=at, x_name=name, x_most=most, y_most=count, y_name="boxes kept")
        st.image(picture, width="stretch", alt=f"Boxes kept over the {name}")
        st.caption(f"**{value_at(kept, at) or 0:,.0f} of {count:,}** kept at {at:.2f}. {_falls(points, name)}")
    with right:
        if not racers.truths:
            st.caption(
                "Nobody has said what is on this photo, so nobody can say which of these boxes are right. Boxes from a "
                "crowd know their objects; so do the sample photos."
            )
            return
        _quality(points, racers, name, at, most)


def _quality(points: tuple[Point, ...], racers: Racers, name: str, at: float, most: float) -> None:
    measures = {
        "precision": (SERIES[1], [point.precision for point in points]),
        "recall": (TRUTH, [point.recall for point in points]),
        "AP": (POSITIVE, [point.average_precision for point in points]),
    }
    lines = [
        Line(words, Stroke(stroke.colour, stroke.dash), tuple(zip((point.at for point in points), values, strict=True)))
        for words, (stroke, values) in measures.items()
    ]
    picture = threshold_curves(lines, at=at, x_name=name, x_most=most, y_most=1.0, y_name="")
    st.image(picture, width="stretch", alt=f"Precision, recall and average precision over the {name}")
    told = ", ".join(
        f":{colour}[**{line.name}**] {_number(value_at(line, at))}"
        for line, colour in zip(lines, ("orange", "green", "blue"), strict=True)
    )
    st.caption(
        f"{told} at {at:.2f}, with {len(racers.truths)} known object{'s' if len(racers.truths) > 1 else ''} and an IoU of "
        "at least 0.5 with each. AP looks at the order of the scores, so doubles behind the first hurt it little."
    )


def _falls(points: tuple[Point, ...], name: str) -> str:
    """Where the curve falls though the threshold rises, in words."""
    drop = next(((a, b) for a, b in pairwise(points) if b.kept < a.kept), None)
    if drop is None:
        return ""
    first, second = drop
    return f"It does not only rise: {first.kept:,} at {first.at:.2f}, but {second.kept:,} at {second.at:.2f}."


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
