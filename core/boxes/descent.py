"""Gradient descent on one box: what a box learns when the loss is 1 - IoU, 1 - GIoU, 1 - DIoU or 1 - CIoU.

After algorithm 1, the simulation of Zheng et al., Distance-IoU Loss, 2020: the box is `(cx, cy, w, h)` in coordinates
where the target has area 1, each step is `B - rate * mean of (2 - IoU) * gradient`, and the rate falls to a tenth after 80 % of
the steps and to a hundredth after 90 %.

Where this departs from the paper:

* The gradient is the exact one. The authors' simulation doubles the gradient of w and h in the IoU and GIoU terms, and
  drops the factor 1 / (w^2 + h^2) from that of the aspect term of CIoU, so its curves differ from ours.
* The rate is the visitor's; the paper's is 0.1. With exact gradients GIoU is no slower than DIoU at that rate. At
  the default, from starts two to three target sizes away, it touches first and is the later one to reach an IoU of 0.9
  in about six of ten cases: slower on the whole, though not from everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.boxes.settings import Box, DescentSettings, Measure
from core.boxes.slopes import slope
from core.errors import SettingError
from core.steps import Run, Step

MOMENTUM = 0.85
"""How much of the mean of past gradients is kept in each step."""

SMALLEST_SIDE = 0.01
"""Width and height never fall below this share of the square root of the target's area."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescentStep(Step):
    """Where the box stands after `index` updates: `box` in photo pixels.

    `loss` is 1 - measure and `gradient` the length of its gradient in `(cx, cy, w, h)`, in coordinates where the
    target has area 1; both belong to this box, so they say what the next update will do.
    """

    box: Box
    loss: float
    iou: float
    gradient: float


def descend(start: Box, target: Box, *, measure: Measure, settings: DescentSettings) -> Run[DescentStep]:
    """Pull `start` towards `target` by gradient descent on 1 - measure, in plain numbers of double precision.

    Yields the untouched start as index 0 and then one step for each update, `settings.steps + 1` in all. Settings sent
    into the run rule from its next step on.

    Raises:
        SettingError: a box has no area or a coordinate that is not a finite number.
    """
    _check("start", start)
    _check("target", target)
    return _descend(start, target, measure, settings)


def _descend(start: Box, target: Box, measure: Measure, settings: DescentSettings) -> Run[DescentStep]:
    unit = math.sqrt(_area(target))
    goal, place = _divided(target, unit), _centred(_divided(start, unit))
    pull = (0.0, 0.0, 0.0, 0.0)
    box, index = start, 0
    while True:
        here = slope(_cornered(place), goal, measure)
        x1, y1, x2, y2 = (-side for side in here.corners)  # the loss falls where the measure rises
        gradient = (x1 + x2, y1 + y2, (x2 - x1) / 2, (y2 - y1) / 2)  # corners are centre -/+ size / 2
        step = DescentStep(index=index, box=box, loss=1 - here.value, iou=here.iou, gradient=math.hypot(*gradient))
        newer = yield step
        settings = newer or settings
        if index >= settings.steps:
            return
        weight, rate = (1 - MOMENTUM) * (2 - here.iou), _rate(index, settings)
        pull = tuple(MOMENTUM * held + weight * side for held, side in zip(pull, gradient, strict=True))
        x, y, width, height = (side - rate * moved for side, moved in zip(place, pull, strict=True))
        # A long step could invert the box. Descending on log w and log h would rule that out as well, but there a box
        # far away shrinks to nothing under DIoU before it arrives; stopping at a smallest side keeps the paper's paths.
        place = (x, y, max(width, SMALLEST_SIDE), max(height, SMALLEST_SIDE))
        box, index = _scaled(_cornered(place), unit), index + 1


def _centred(box: Box) -> Box:
    """Corners to `(cx, cy, w, h)`."""
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2] - box[0], box[3] - box[1]


def _cornered(place: Box) -> Box:
    """`(cx, cy, w, h)` to corners."""
    x, y, width, height = place
    return x - width / 2, y - height / 2, x + width / 2, y + height / 2


def _divided(box: Box, unit: float) -> Box:
    return box[0] / unit, box[1] / unit, box[2] / unit, box[3] / unit


def _scaled(box: Box, factor: float) -> Box:
    return box[0] * factor, box[1] * factor, box[2] * factor, box[3] * factor


def _rate(index: int, settings: DescentSettings) -> float:
    if index < 0.8 * settings.steps:
        return settings.learning_rate
    return settings.learning_rate * (0.1 if index < 0.9 * settings.steps else 0.01)


def _area(box: Box) -> float:
    return (box[2] - box[0]) * (box[3] - box[1])


def _check(name: str, box: Box) -> None:
    if not all(math.isfinite(side) for side in box) or not (box[2] > box[0] and box[3] > box[1] and _area(box) > 0):
        raise SettingError(
            f"The {name} box must have a width and a height, got {box}.", f"Draw the {name} box again, a little larger."
        )
