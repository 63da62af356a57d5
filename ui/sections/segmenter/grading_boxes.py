"""The same answer told as boxes: what is left of the errors, and the way to the map of a class."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import messages, parts
from ui.cached import drawings, mask_grades
from ui.sections.segmenter import grading_handing
from ui.sections.segmenter.grading_case import Shown
from viz.boxes import overlap_picture

if TYPE_CHECKING:
    from core.experiments.mask_errors import BoxedMask


def boxes(shown: Shown) -> None:
    """The largest region of the class in both masks as boxes, and all of them as numbers."""
    if shown.label is None:
        return
    parts.section(
        "Told as boxes", "A box keeps only where a region begins and ends: it may flatter a mask, or be stricter."
    )
    rows = mask_grades.boxes_of(shown.answer.found, shown.photo, shown.known.truth, shown.label)
    left, right = st.columns(2, gap="medium")
    with left:
        _picture(shown, rows)
    with right:
        if rows:
            st.markdown(table(rows))
            st.markdown(messages.escape(sentence(rows[0])), width=560)
        grading_handing.to_attribution(shown.answer.found, shown.label, key="judge-why")


def sentence(row: BoxedMask) -> str:
    """What the box makes of the largest region."""
    if row.found is None:
        return "No region that was found overlaps the largest true one, so its box is missed as well."
    told = f"The largest region: IoU {row.box_iou:.3f} by boxes, {row.mask_iou:.3f} by masks."
    gap = row.box_iou - row.mask_iou
    if gap > 0.005:
        return f"{told} The box flatters by {gap:.3f}: it does not see what is wrong within its sides."
    if gap < -0.005:
        return f"{told} The box is stricter by {-gap:.3f}: a piece that sticks out, or is missing, moves a whole side."
    return f"{told} Here both say the same."


def table(rows: tuple[BoxedMask, ...]) -> str:
    """A row for each true region, in Markdown."""
    lines = ["| Region | Pixels | Box IoU | Mask IoU |", "|---|---:|---:|---:|"]
    lines += [
        f"| {place} | {row.truth.pixels:,} | {row.box_iou:.3f} | {row.mask_iou:.3f} |"
        for place, row in enumerate(rows, start=1)
    ]
    return "\n".join(lines)


def _picture(shown: Shown, rows: tuple[BoxedMask, ...]) -> None:
    if not rows:
        st.caption(f"The truth has no region of {messages.escape(str(shown.label))} that is large enough for a box.")
        return
    first, found = rows[0].truth.box, rows[0].found
    if found is None:
        st.caption(f"No region of {messages.escape(str(shown.label))} was found where the largest true one is.")
        return
    a, b = (tuple(float(side) for side in box) for box in (first, found.box))
    key = f"judge boxes {shown.photo.digest} {a} {b}"
    parts.picture(
        drawings.drawn(key, lambda: overlap_picture(shown.photo.pixels, _four(a), _four(b))),
        "Boxes around the largest region",
        f"A is the truth, B the answer; IoU {rows[0].box_iou:.3f}",
        alt=f"The photo with the box of the true region and that of the found one, box IoU {rows[0].box_iou:.3f}",
        tallest=320,
    )


def _four(sides: tuple[float, ...]) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = sides
    return x1, y1, x2, y2
