"""What the threshold decides: how many boxes are kept at each, and where objects are known how good that is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import streamlit as st

from core.boxes.nms_settings import NmsSettings
from ui import cached, growing, parts
from ui.sections.nms import method
from ui.sections.nms.candidates import Racers
from viz.colours import POSITIVE, SERIES, TRUTH, Stroke
from viz.threshold_curves import Line, threshold_curves, value_at

if TYPE_CHECKING:
    from core.experiments.nms import Point


MEASURES = (
    ("precision", SERIES[1], ":orange[–·–]"),
    ("recall", TRUTH, ":green[——]"),
    ("AP", Stroke(POSITIVE.colour, "7 7"), ":blue[– –]"),
)
"""What quality is told by: its name, its stroke, and that in the caption. The last lies on top, and its gaps show the others."""

BOXES = 400
"""For every so many boxes the curve is computed in one part more, and between two parts every control is heard."""

NAME = "nms-curves"


def curves(racers: Racers, settings: NmsSettings, *, known: bool, hidden: bool) -> None:
    """The curves of one way to suppress, with a mark at what is set: from coarse to fine where they take long.

    `known` says that somebody has said what is on the photo; `hidden` that the curves would give an answer away.
    """
    name = "IoU threshold" if settings.method.has_threshold else "σ of the decay"
    parts.section(
        f"What does the {name} decide?",
        f"{method.title(settings)}: raced again at every value. The dot is the one that is set.",
    )
    if hidden:
        st.caption("The curves wait until you reveal the answer.")
        return
    count = max(1, len(racers.table.labels) // BOXES)
    mine = f"{racers.table.digest} {replace(settings, iou_threshold=0.5, sigma=0.5)} {racers.truths}"

    def draw(done: int) -> None:
        _draw(racers, settings, points(racers, settings, done, count), known=known, whole=done == count)

    growing.filled(NAME, mine, count, draw)


def points(racers: Racers, settings: NmsSettings, done: int, count: int) -> list[Point]:
    """The points of the first `done` of `count` parts: each has every so-manieth value."""
    found = [cached.nms_curve(racers.table, settings, racers.truths, part, count) for part in range(done)]
    return sorted((point for part in found for point in part), key=lambda point: point.at)


def _draw(racers: Racers, settings: NmsSettings, found: Sequence[Point], *, known: bool, whole: bool) -> None:
    by_iou = settings.method.has_threshold
    name = "IoU threshold" if by_iou else "σ of the decay"
    at, most = (settings.iou_threshold, 1.0) if by_iou else (settings.sigma, 2.0)
    left, right = st.columns(2, gap="medium")
    with left:
        _kept(found, racers, name, at, most, whole=whole)
    with right:
        _quality(found, racers, name, at, most, known=known)


def _kept(points: Sequence[Point], racers: Racers, name: str, at: float, most: float, *, whole: bool) -> None:
    kept = Line("kept", POSITIVE, tuple((point.at, float(point.kept)) for point in points))
    count = len(racers.table.labels)
    picture = threshold_curves([kept], at=at, x_name=name, x_most=most, y_most=count, y_name="boxes kept")
    st.image(picture, width="stretch", alt=f"Boxes kept over the {name}")
    if whole:
        st.caption(f"**{value_at(kept, at) or 0:,.0f} of {count:,}** kept at {at:.2f}. {_falls(points, name)}")
    else:
        st.caption(f"{len(points)} values so far; the others follow.")


def _quality(points: Sequence[Point], racers: Racers, name: str, at: float, most: float, *, known: bool) -> None:
    if not racers.truths:
        why = (
            "No box here bears the name of an object on this photo"
            if known
            else "Nobody has said what is on this photo"
        )
        st.caption(f"{why}, so nobody can say which boxes are right. Boxes from a crowd know their objects.")
        return
    columns = ([point.precision for point in points], [point.recall for point in points])
    average = [point.average_precision for point in points]
    places = [point.at for point in points]
    lines = [
        Line(words, stroke, tuple(zip(places, values, strict=True)))
        for (words, stroke, _), values in zip(MEASURES, (*columns, average), strict=True)
    ]
    picture = threshold_curves(lines, at=at, x_name=name, x_most=most, y_most=1.0, y_name="share")
    st.image(picture, width="stretch", alt=f"Precision, recall and average precision over the {name}")
    told = ", ".join(
        f"{legend} **{line.name}** {_number(value_at(line, at))}"
        for line, (_, _, legend) in zip(lines, MEASURES, strict=True)
    )
    st.caption(
        f"{told} at {at:.2f}, with {len(racers.truths)} known object{'s' if len(racers.truths) > 1 else ''} and an IoU of "
        "at least 0.5 with each. AP looks at the order of the scores, so doubles behind the first hurt it little."
    )


def _falls(points: Sequence[Point], name: str) -> str:
    """Where the curve falls though the threshold rises, in words."""
    drop = next(((a, b) for a, b in pairwise(points) if b.kept < a.kept), None)
    if drop is None:
        return ""
    first, second = drop
    return f"It does not only rise: {first.kept:,} at {first.at:.2f}, but {second.kept:,} at {second.at:.2f}."


def _number(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"
