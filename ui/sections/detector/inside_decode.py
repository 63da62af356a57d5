"""From four raw numbers to a box: every step as the network's head takes it, with the numbers of one anchor put in.

YOLO     Redmon and Farhadi, YOLO9000, 2017, section 2; s from Bochkovskiy et al., YOLOv4, 2020
offsets  Girshick et al., R-CNN, 2014, appendix C, with divisors as in SSD: the lab's own heads
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ui.sections.detector.inside_grid import Grids, Place

if TYPE_CHECKING:
    from core.experiments.detecting import HeadGrid

SHIFT, GROWTH = 0.1, 0.2
"""What the offsets of a head that moves its anchors are divided by in training, so that all four are about as large."""

MOST_GROWTH = 43.0
"""exp ends where the corners of a box would no longer be finite, as in core."""


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis of the way: the raw `shift` and `growth`, the side of the anchor, and the centre and the side they give.

    `cell` is the column or the row, `start` the middle of the cell. In pixels of the input.
    """

    shift: float
    growth: float
    anchor: float
    cell: int
    start: float
    centre: float
    side: float


@dataclass(frozen=True, slots=True)
class Way:
    """The way of one anchor to its box `(x1, y1, x2, y2)` in pixels of the input; `corner` where a centre lies in its cell."""

    corner: bool
    stride: float
    grow: float
    x: Axis
    y: Axis

    @property
    def box(self) -> tuple[float, float, float, float]:
        """The decoded box."""
        x, y = self.x, self.y
        return x.centre - x.side / 2, y.centre - y.side / 2, x.centre + x.side / 2, y.centre + y.side / 2


def way(grids: Grids, place: Place) -> Way:
    """How the raw numbers of an anchor become its box."""
    head = grids.look.heads[place.head]
    tx, ty, tw, th = grids.raw(place)[:4]
    wide, high = head.anchors[place.anchor]
    return Way(
        corner=in_cell(head),
        stride=head.stride,
        grow=head.scale_x_y,
        x=_axis(head, tx, tw, wide, place.column),
        y=_axis(head, ty, th, high, place.row),
    )


def in_cell(head: HeadGrid) -> bool:
    """Whether a sigmoid keeps the centres of this head in their cells; else they move by parts of the anchor."""
    from core.experiments.detecting import Family

    return head.family is Family.YOLO


def sigmoid(logit: float) -> float:
    """1 / (1 + exp(-logit)), for logits of any size."""
    return 1 / (1 + math.exp(-logit)) if logit >= 0 else math.exp(logit) / (1 + math.exp(logit))


def position(one: Way) -> str:
    """The centre of the box in LaTeX, for both axes."""
    rule = _in_cell if one.corner else _from_middle
    return _aligned(rule(one, "x", one.x), rule(one, "y", one.y))


def growth(one: Way) -> str:
    """The sides of the box in LaTeX."""
    return _aligned(_side(one, "w", one.x), _side(one, "h", one.y))


def meanings(one: Way) -> tuple[str, ...]:
    """What each of the first five raw numbers is for."""
    if one.corner:
        shift = "A sigmoid makes it the place {} in the cell, so the centre never leaves its cell."
        side = "exp of it is how many times the anchor's {} the box is {}."
    else:
        shift = "A tenth of it is how many anchor sides the centre moves {} from the middle of the cell."
        side = "exp of a fifth of it is how many times the anchor's {} the box is {}."
    return (
        shift.format("from left to right" if one.corner else "to the right"),
        shift.format("from top to bottom" if one.corner else "down"),
        side.format("width", "wide"),
        side.format("height", "high"),
        "A sigmoid makes it the objectness: how sure the anchor is that there is a thing.",
    )


def source(one: Way) -> str:
    """What the letters are, and which kind of head this is."""
    letters = (
        f"c: column and row of the cell, from 0. Stride: {one.stride:g} px of the input for each cell. p: width and height of "
        "the anchor. b: centre and size of the box. "
    )
    if one.corner:
        grow = f"s = {one.grow:g} lets a centre reach the border of its cell. " if one.grow != 1 else ""
        return f"{letters}{grow}This is the head of YOLOv3 and its family: Redmon and Farhadi, 2018."
    return (
        f"{letters}This head moves its anchors as R-CNN and SSD do (Girshick et al., 2014; Liu et al., 2016), so a centre may "
        "leave its cell. YOLO since its second version has a sigmoid there, which keeps it inside."
    )


def _axis(head: HeadGrid, shift: float, growth: float, anchor: float, cell: int) -> Axis:
    start = (cell + 0.5) * head.stride
    if in_cell(head):
        centre = (sigmoid(shift) * head.scale_x_y - (head.scale_x_y - 1) / 2 + cell) * head.stride
        side = anchor * math.exp(min(growth, MOST_GROWTH))
    else:
        centre = start + SHIFT * shift * anchor
        side = anchor * math.exp(min(GROWTH * growth, MOST_GROWTH))
    return Axis(shift, growth, anchor, cell, start, centre, side)


def _in_cell(one: Way, axis: str, at: Axis) -> str:
    inside = sigmoid(at.shift)
    if one.grow == 1:
        words, numbers = rf"\sigma(t_{axis}) + c_{axis}", f"{inside:.3f} + {at.cell}"
    else:
        less = (one.grow - 1) / 2
        words = rf"s\,\sigma(t_{axis}) - \tfrac{{s-1}}{{2}} + c_{axis}"
        numbers = rf"{one.grow:g} \cdot {inside:.3f} - {less:.3f} + {at.cell}"
    return (
        rf"b_{axis} &= \left({words}\right) \cdot \text{{stride}} \\"
        rf"&= \left({numbers}\right) \cdot {one.stride:g} \\ &= {at.centre:.1f}"
    )


def _from_middle(one: Way, axis: str, at: Axis) -> str:
    side = "w" if axis == "x" else "h"
    return (
        rf"b_{axis} &= \left(c_{axis} + \tfrac12\right) \cdot \text{{stride}} + {SHIFT}\, t_{axis}\, p_{side} \\"
        rf"&= {at.cell + 0.5:g} \cdot {one.stride:g} + {SHIFT} \cdot {_signed(at.shift)} \cdot {at.anchor:.1f} \\"
        rf"&= {at.centre:.1f}"
    )


def _side(one: Way, side: str, at: Axis) -> str:
    power, symbol = f"{at.growth:.3f}", ""
    if not one.corner:
        power, symbol = rf"{GROWTH} \cdot {_signed(at.growth)}", rf"{GROWTH}\, "
    return (
        rf"b_{side} &= p_{side}\, e^{{{symbol}t_{side}}} \\"
        rf"&= {at.anchor:.1f} \cdot e^{{{power}}} = {at.side:.1f}"
    )


def _signed(value: float) -> str:
    """Three decimals; a negative one in brackets where it is multiplied."""
    return f"{value:.3f}" if value >= 0 else f"({value:.3f})"


def _aligned(first: str, second: str) -> str:
    return rf"\begin{{aligned}} {first} \\[0.8em] {second} \end{{aligned}}"
