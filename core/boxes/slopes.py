"""The slope of each measure of overlap in the corners of one box, in closed form and in plain numbers.

`core.boxes.iou` compares many boxes at once and autograd differentiates it; that takes some fifty small tensor operations
for a single pair, a millisecond in which ten numbers change. A descent asks for hundreds of such slopes, so they are
written out here, with every operation in the order of `core.boxes.iou`: the values are the same to the last digit.

Where two edges lie on one line the measures have a corner, and any slope between those of both sides is as good. As in
autograd, the larger and the smaller of two equal numbers share their slope evenly, and no slope comes from sides that only
touch.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.boxes.settings import Box, Measure

Ends = tuple[float, float]
"""What a length gains from the two ends of our side: its derivative in the first coordinate and in the second."""

LENGTH: Ends = (-1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Slope:
    """A measure of two boxes, their IoU, and the derivative of the measure in `(x1, y1, x2, y2)` of the first."""

    value: float
    iou: float
    corners: Box


def slope(ours: Box, theirs: Box, measure: Measure) -> Slope:
    """How `measure` changes when the corners of `ours` move. Both boxes have a width and a height above 0, in any unit.

    The trade-off parameter of CIoU counts as a constant, as in its paper.
    """
    x, y = (_Axis.of(ours[k], ours[k + 2], theirs[k], theirs[k + 2]) for k in (0, 1))
    iou, gain = _iou(x, y)
    if measure is Measure.IOU:
        value, change = iou, gain
    elif measure is Measure.GIOU:
        less, change = _unfilled(x, y)
        value, change = iou - less, _less(gain, change)
    else:
        less, change = _far(x, y)
        value, change = iou - less, _less(gain, change)
        if measure is Measure.CIOU:
            less, bent = _bent(x, y, iou)
            value, change = value - less, _less(change, bent)
    return Slope(value, iou, change)


@dataclass(frozen=True, slots=True)
class _Axis:
    """Our side and theirs on one axis: lengths, and what the shared one and the spanned one gain from our ends."""

    ours: float
    theirs: float
    shared: float  # 0 where the sides are apart
    spanned: float  # from the first end to the last
    between: float  # from their middle to ours
    shared_ends: Ends
    spanned_ends: Ends

    @classmethod
    def of(cls, a1: float, a2: float, b1: float, b2: float) -> _Axis:
        """From our ends `a1` and `a2` and theirs."""
        shared = min(a2, b2) - max(a1, b1)
        return cls(
            ours=a2 - a1,
            theirs=b2 - b1,
            shared=max(shared, 0.0),
            spanned=max(a2, b2) - min(a1, b1),
            between=(a1 + a2) / 2 - (b1 + b2) / 2,
            shared_ends=(-_before(b1, a1), _before(a2, b2)) if shared > 0 else (0.0, 0.0),
            spanned_ends=(-_before(a1, b1), _before(b2, a2)),
        )


def _before(first: float, second: float) -> float:
    """1 where `first` is the smaller, 0 where it is the larger, and half of it where both are equal."""
    return 1.0 if first < second else 0.5 if first == second else 0.0


def _product(x: float, y: float, x_ends: Ends, y_ends: Ends) -> Box:
    """The change of an area of `x` by `y` in our four corners."""
    return x_ends[0] * y, y_ends[0] * x, x_ends[1] * y, y_ends[1] * x


def _less(change: Box, other: Box) -> Box:
    return change[0] - other[0], change[1] - other[1], change[2] - other[2], change[3] - other[3]


def _scaled(change: Box, factor: float) -> Box:
    return change[0] * factor, change[1] * factor, change[2] * factor, change[3] * factor


def _quotient(part: float, change: Box, whole: float, whole_change: Box) -> tuple[float, Box]:
    """`part / whole`, and how it changes."""
    share = part / whole
    return share, _scaled(_less(change, _scaled(whole_change, share)), 1 / whole)


def _iou(x: _Axis, y: _Axis) -> tuple[float, Box]:
    intersection = x.shared * y.shared
    gain = _product(x.shared, y.shared, x.shared_ends, y.shared_ends)
    union = (x.ours * y.ours + x.theirs * y.theirs) - intersection
    return _quotient(intersection, gain, union, _less(_area(x, y), gain))


def _area(x: _Axis, y: _Axis) -> Box:
    """How our area changes."""
    return _product(x.ours, y.ours, LENGTH, LENGTH)


def _unfilled(x: _Axis, y: _Axis) -> tuple[float, Box]:
    """The share of the enclosing box that neither box fills."""
    enclosing = x.spanned * y.spanned
    grown = _product(x.spanned, y.spanned, x.spanned_ends, y.spanned_ends)
    intersection = x.shared * y.shared
    unfilled = enclosing - ((x.ours * y.ours + x.theirs * y.theirs) - intersection)
    if unfilled <= 0:  # one box holds the other
        return 0.0, (0.0, 0.0, 0.0, 0.0)
    gain = _product(x.shared, y.shared, x.shared_ends, y.shared_ends)
    return _quotient(unfilled, _less(grown, _less(_area(x, y), gain)), enclosing, grown)


def _far(x: _Axis, y: _Axis) -> tuple[float, Box]:
    """The squared distance of the centres over the squared diagonal of the enclosing box."""
    apart = (x.between, y.between, x.between, y.between)  # 2 times the distance, of which an end has a half
    ends = (x.spanned_ends[0], y.spanned_ends[0], x.spanned_ends[1], y.spanned_ends[1])
    longer = (2 * x.spanned * ends[0], 2 * y.spanned * ends[1], 2 * x.spanned * ends[2], 2 * y.spanned * ends[3])
    return _quotient(x.between**2 + y.between**2, apart, x.spanned**2 + y.spanned**2, longer)


def _bent(x: _Axis, y: _Axis, iou: float) -> tuple[float, Box]:
    """`alpha * v` of CIoU: how far the aspect ratios differ, times its trade-off parameter."""
    angle = math.atan2(x.ours, y.ours) - math.atan2(x.theirs, y.theirs)
    aspect = angle**2 * (4 / math.pi**2)
    whole = (1 - iou) + aspect
    alpha = aspect / whole if whole else 0.0
    turn = alpha * 8 / math.pi**2 * angle / (x.ours**2 + y.ours**2)
    return alpha * aspect, (-turn * y.ours, turn * x.ours, turn * y.ours, -turn * x.ours)
