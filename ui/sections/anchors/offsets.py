"""What is predicted at an anchor: four numbers, and the way on which they carry it onto its box."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.boxes.layout import AnchorSettings, count
from core.boxes.settings import Box, Labelled, State
from core.images.photo import Photo
from ui import address, cached, messages, parts
from ui.stepper import Fixed, Scene, Track, scrub
from viz.colours import IGNORED, POSITIVE, TRUTH

if TYPE_CHECKING:
    from core.experiments.assignment import Assignment, Matched, Offsets

KEY = "anchor"
TITLE = "What is predicted"


def pick(index: int) -> None:
    """Take the anchor that was clicked, row `index` of all anchors, and open what is predicted there."""
    st.session_state[KEY] = index
    st.session_state["look"] = TITLE
    address.changes(KEY)


def picked(photo: Photo, objects: Sequence[Labelled], settings: AnchorSettings, answer: Assignment) -> Matched | None:
    """The anchor that was clicked or that a link names; else, and for other anchors, the one that learns the first object."""
    if not objects:
        return None
    named = address.changed(KEY)
    if named is not None and named.isdecimal() and len(named) < 9:
        st.session_state[KEY] = int(named)
        st.session_state["anchor_of"] = (photo.digest, settings)
    elif st.session_state.get("anchor_of", (photo.digest, settings)) != (photo.digest, settings):
        st.session_state.pop(KEY, None)
    st.session_state["anchor_of"] = (photo.digest, settings)
    index = st.session_state.get(KEY)
    if index is None or index >= count(answer.levels):
        st.session_state.pop(KEY, None)
        address.show(KEY, None)
        return answer.taught[0] or answer.best[0]
    address.show(KEY, str(index))
    return cached.pick(answer, tuple(one.box for one in objects), index)


def offsets(photo: Photo, objects: Sequence[Labelled], chosen: Matched) -> None:
    """The anchor on its way onto its box, and the four numbers with the formula filled in."""
    truth = objects[chosen.truth]
    st.markdown(
        ":gray[The network never predicts a box: four numbers carry its anchor onto the box. Click another anchor on the "
        "photo above.]",
        width=680,
    )
    if chosen.state is not State.POSITIVE:
        st.caption(
            f"The rule left this anchor {'out of the loss' if chosen.state is State.IGNORED else 'to the background'}, so it "
            f"learns no offsets. These are what it would take to {messages.escape(truth.label)}."
        )
    answer = cached.offsets(chosen.box, truth.box)
    scrub(_scene(photo, truth, chosen, answer), key="offset", opening=60)
    cells = zip(parts.four(130), ("t_x", "t_y", "t_w", "t_h"), answer.numbers, _MEANINGS, strict=True)
    for cell, name, value, meaning in cells:
        cell.metric(name, parts.signed(value), help=meaning)
    for cell, formula in zip(st.columns(2, gap="medium"), _formulas(chosen.box, truth.box, answer), strict=True):
        cell.latex(formula)
    st.caption(
        f"Anchor {chosen.index:,} and {messages.escape(truth.label)}, IoU {chosen.iou:.4f}. Index a: the anchor, b: the box, "
        "each with centre x, y and size w, h in pixels. The divisors 0.1 and 0.2 bring all four numbers to about the same "
        "size; the logarithm makes twice as wide and half as wide equally far. Girshick et al., R-CNN, 2014."
    )


def _scene(photo: Photo, truth: Labelled, chosen: Matched, answer: Offsets) -> Scene:
    track = Track(
        name=f"Anchor {chosen.index:,}, decoded",
        colour=POSITIVE.colour,
        dash=POSITIVE.dash,
        boxes=tuple(_rounded(box) for box in answer.path),
        values=tuple(round(iou, 4) for iou in answer.ious),
    )
    fixed = (
        Fixed(truth.label, TRUTH.colour, TRUTH.dash, truth.box),
        Fixed("The anchor itself", IGNORED.colour, IGNORED.dash, _rounded(chosen.box)),
    )
    curve = f"IoU with {truth.label}, from none of the four numbers to all of them"
    return Scene(cached.backdrop(photo), photo.width, photo.height, fixed, (track,), curve, axis="share", whole=1.0)


def _rounded(box: Box) -> Box:
    x1, y1, x2, y2 = (round(side, 1) for side in box)
    return (x1, y1, x2, y2)


def _formulas(anchor: Box, box: Box, answer: Offsets) -> tuple[str, str]:
    (xa, ya, wa, ha), (xb, yb, wb, hb) = ((*_centre(one), one[2] - one[0], one[3] - one[1]) for one in (anchor, box))
    dx, dy, dw, dh = (f"{value:z.3f}" for value in answer.numbers)
    return (
        r"\begin{aligned}"
        rf"t_x &= \frac{{x_b - x_a}}{{w_a}} \Big/ 0.1 \\ &= \frac{{{xb:.1f} - {xa:.1f}}}{{{wa:.1f}}} \Big/ 0.1 = {dx} \\[0.7em]"
        rf"t_y &= \frac{{y_b - y_a}}{{h_a}} \Big/ 0.1 \\ &= \frac{{{yb:.1f} - {ya:.1f}}}{{{ha:.1f}}} \Big/ 0.1 = {dy}"
        r"\end{aligned}",
        r"\begin{aligned}"
        rf"t_w &= \ln \frac{{w_b}}{{w_a}} \Big/ 0.2 \\ &= \ln \frac{{{wb:.1f}}}{{{wa:.1f}}} \Big/ 0.2 = {dw} \\[0.7em]"
        rf"t_h &= \ln \frac{{h_b}}{{h_a}} \Big/ 0.2 \\ &= \ln \frac{{{hb:.1f}}}{{{ha:.1f}}} \Big/ 0.2 = {dh}"
        r"\end{aligned}",
    )


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2


_MEANINGS = (
    "How far to the right, in tenths of the anchor's width.",
    "How far down, in tenths of the anchor's height.",
    "How much wider: the logarithm, in fifths.",
    "How much higher: the logarithm, in fifths.",
)
