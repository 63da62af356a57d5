"""The IoU lab: two boxes on the photo, four measures live, and the same numbers from torch when a box is let go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from ui import box_field, cached, controls, export, formats, parts
from ui.components.two_boxes import Release, two_boxes
from ui.sections.anchors import boxes, snippet
from ui.sections.anchors.boxes import Pair
from viz.boxes import overlap_picture

if TYPE_CHECKING:
    from core.experiments.anchors import Overlap


def place(photo: Photo, preset: str) -> Pair:
    """The photo with both boxes, and the typed coordinates under it. Returns the boxes as they stand."""
    start = boxes.open_pair(photo, preset)
    stage = st.container()
    with parts.hideable("coordinates"):
        first, second = st.columns(2, gap="medium")
        with first:
            a = box_field.box("Box A", key=boxes.KEY_A, default=start.a, width=photo.width, height=photo.height)
        with second:
            b = box_field.box("Box B", key=boxes.KEY_B, default=start.b, width=photo.width, height=photo.height)
    with stage:
        two_boxes("two-boxes", cached.backdrop(photo), (photo.width, photo.height), a, b, _released)
    return Pair(a, b)


def check(pair: Pair, overlap: Overlap) -> None:
    """The four numbers again, by torch, with the verdict each one allows."""
    first, second, third, fourth = parts.four(130)
    match = overlap.iou > 0.5
    first.metric(
        "IoU",
        f"{overlap.iou:.3f}",
        delta="a match at 0.5" if match else "no match at 0.5",
        delta_color="green" if match else "orange",
        delta_arrow="off",
    )
    second.metric(
        "GIoU",
        parts.signed(overlap.giou),
        delta=f"{parts.percent(max(0.0, 1 - overlap.union / overlap.enclosing), 0)} of C empty",
        delta_color="gray",
        delta_arrow="off",
    )
    third.metric(
        "DIoU",
        parts.signed(overlap.diou),
        delta=f"centres {overlap.centre_distance_squared**0.5:,.0f} px apart",
        delta_color="gray",
        delta_arrow="off",
    )
    fourth.metric(
        "CIoU", parts.signed(overlap.ciou), delta=f"aspect {_aspect(pair)}", delta_color="gray", delta_arrow="off"
    )
    _agreement(pair, overlap)


def formulas(overlap: Overlap) -> None:
    """The four formulas with the numbers of this moment."""
    o = overlap
    rows = (
        (
            r"\mathrm{IoU} &= \frac{|A \cap B|}{|A \cup B|}",
            rf"\frac{{{o.intersection:,.0f}}}{{{o.union:,.0f}}} = {o.iou:.3f}",
            "What both cover, over what either covers, in px². Everingham et al., 2010.",
        ),
        (
            r"\mathrm{GIoU} &= \mathrm{IoU} - \frac{|C| - |A \cup B|}{|C|}",
            rf"{o.iou:.3f} - \frac{{{o.enclosing - o.union:,.0f}}}{{{o.enclosing:,.0f}}} = {o.giou:z.3f}",
            "C is the smallest box around both. Rezatofighi et al., 2019.",
        ),
        (
            r"\mathrm{DIoU} &= \mathrm{IoU} - \frac{d^2}{c^2}",
            rf"{o.iou:.3f} - \frac{{{o.centre_distance_squared:,.0f}}}{{{o.diagonal_squared:,.0f}}} = {o.diou:z.3f}",
            "d between the centres, c the diagonal of C, in px. Zheng et al., 2020.",
        ),
        (
            r"\mathrm{CIoU} &= \mathrm{DIoU} - \alpha v",
            rf"{o.diou:z.3f} - {o.alpha:.3f} \cdot {o.aspect:.3f} = {o.ciou:z.3f}",
            "v compares the angles of the two diagonals, α = v / (1 − IoU + v). Zheng et al., 2020.",
        ),
    )
    grid = st.grid(2, min_column_width=370, gap="medium")
    for formula, numbers, words in rows:
        with grid.cell(), st.container(gap="xxsmall"):
            st.latex(rf"\begin{{aligned}} {formula} \\[0.7em] &= {numbers} \end{{aligned}}".replace(",", "{,}"))
            st.caption(words)


def take_away(photo: Photo, pair: Pair, rows: formats.Rows) -> None:
    """The closing row: the photo with both boxes, the four numbers, the link, the lines of PyTorch."""
    export.take_away(
        "iou",
        picture=lambda: overlap_picture(photo.pixels, pair.a, pair.b),
        rows=lambda: rows,
        settings=lambda: {"photo": photo.name, "a": pair.a, "b": pair.b},
        link=lambda: controls.link(boxes.PRESET, boxes.KEY_A, boxes.KEY_B, "from", "steps", "rate", "step"),
        snippet=lambda: snippet.overlap(pair),
    )


def rows(pair: Pair, overlap: Overlap) -> list[dict[str, str | float | int]]:
    """The table of numbers to take away."""
    named = {"IoU": overlap.iou, "GIoU": overlap.giou, "DIoU": overlap.diou, "CIoU": overlap.ciou}
    corners = {
        f"{box}_{side}": value
        for box, values in (("a", pair.a), ("b", pair.b))
        for side, value in zip(("x1", "y1", "x2", "y2"), values, strict=True)
    }
    return [{"measure": name, "value": value, **corners} for name, value in named.items()]


def _released(release: Release) -> None:
    boxes.keep(release.a, release.b)


def _agreement(pair: Pair, overlap: Overlap) -> None:
    sent = st.session_state.get("two-boxes", {}).get("release")
    words = "Computed by torch on the server when a box is let go."
    if sent and [list(pair.a), list(pair.b)] == sent["boxes"]:
        gap = max(abs(sent[name] - getattr(overlap, name)) for name in ("iou", "giou", "diou", "ciou"))
        words += (
            f" The browser's numbers differ by at most {gap:.0e}." if gap else " The browser's numbers are the same."
        )
    st.caption(words)


def _aspect(pair: Pair) -> str:
    ratios = ((box[2] - box[0]) / (box[3] - box[1]) for box in (pair.a, pair.b))
    return " and ".join(f"{ratio:.2f}" for ratio in ratios)
