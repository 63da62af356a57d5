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
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.boxes.formats import to_cxcywh, to_xyxy
from core.boxes.iou import pairwise_ciou, pairwise_diou, pairwise_giou, pairwise_iou
from core.boxes.settings import Box, DescentSettings, Measure
from core.errors import SettingError
from core.steps import Run, Step

PAIRWISE: dict[Measure, Callable[[Tensor, Tensor], Tensor]] = {
    Measure.IOU: pairwise_iou,
    Measure.GIOU: pairwise_giou,
    Measure.DIOU: pairwise_diou,
    Measure.CIOU: pairwise_ciou,
}
"""The function that computes each measure."""

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
    """Pull `start` towards `target` by gradient descent on 1 - measure, always on the CPU and in float64.

    Yields the untouched start as index 0 and then one step for each update, `settings.steps + 1` in all. Settings sent
    into the run rule from its next step on.

    Raises:
        SettingError: a box has no area or a coordinate that is not a finite number.
    """
    _check("start", start)
    _check("target", target)
    return _descend(start, target, PAIRWISE[measure], settings)


def _descend(
    start: Box, target: Box, pairwise: Callable[[Tensor, Tensor], Tensor], settings: DescentSettings
) -> Run[DescentStep]:
    unit = math.sqrt(_area(target))
    goal = torch.tensor([target], dtype=torch.float64) / unit
    place = to_cxcywh(torch.tensor([start], dtype=torch.float64) / unit)
    pull = torch.zeros_like(place)
    box, index = start, 0
    while True:
        loss, iou, gradient = _slope(place, goal, pairwise)
        length = float(torch.linalg.vector_norm(gradient))
        newer = yield DescentStep(index=index, box=box, loss=loss, iou=iou, gradient=length)
        settings = newer or settings
        if index >= settings.steps:
            return
        pull = MOMENTUM * pull + (1 - MOMENTUM) * (2 - iou) * gradient
        place = place - _rate(index, settings) * pull
        # A long step could invert the box. Descending on log w and log h would rule that out as well, but there a box
        # far away shrinks to nothing under DIoU before it arrives; stopping at a smallest side keeps the paper's paths.
        place[:, 2:].clamp_(min=SMALLEST_SIDE)
        x1, y1, x2, y2 = (to_xyxy(place)[0] * unit).tolist()
        box, index = (x1, y1, x2, y2), index + 1


def _slope(place: Tensor, goal: Tensor, pairwise: Callable[[Tensor, Tensor], Tensor]) -> tuple[float, float, Tensor]:
    """Loss, IoU, and gradient of the loss in `(cx, cy, w, h)`."""
    with torch.enable_grad():
        corners = to_xyxy(place).requires_grad_()
        overlap = pairwise(corners, goal)
        (slope,) = torch.autograd.grad(1 - overlap, corners)
    # Corners are centre -/+ size / 2: the chain rule by hand keeps the graph of a step small.
    first, second = slope.split(2, dim=1)
    gradient = torch.cat((first + second, (second - first) / 2), dim=1)
    iou = overlap if pairwise is pairwise_iou else pairwise_iou(corners.detach(), goal)
    return 1 - overlap.item(), iou.item(), gradient


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
