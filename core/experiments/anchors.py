"""Two boxes on a photo: how much they overlap by four measures, and how one descends to the other."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from core.boxes.descent import DescentStep, descend
from core.boxes.iou import area, pairwise_ciou, pairwise_diou, pairwise_giou, pairwise_iou, pairwise_parts
from core.boxes.settings import Box, DescentSettings, Measure
from core.errors import SettingError
from core.experiments.cost import Cost, Meter

PAIRWISE: dict[Measure, Callable[[Tensor, Tensor], Tensor]] = {
    Measure.IOU: pairwise_iou,
    Measure.GIOU: pairwise_giou,
    Measure.DIOU: pairwise_diou,
    Measure.CIOU: pairwise_ciou,
}
"""The function that computes each measure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """Every number in the four formulas for boxes a and b. Areas and squared distances are in squared pixels.

    `enclosing` and `diagonal_squared` belong to the smallest box that holds both; `aspect` is v and `alpha` its weight
    in CIoU, so `ciou = iou - centre_distance_squared / diagonal_squared - alpha * aspect`.
    """

    area_a: float
    area_b: float
    intersection: float
    union: float
    enclosing: float
    centre_distance_squared: float
    diagonal_squared: float
    aspect: float
    alpha: float
    iou: float
    giou: float
    diou: float
    ciou: float


@dataclass(frozen=True, slots=True)
class Descent:
    """One box on its way: the untouched start first, then one step for each update."""

    measure: Measure
    steps: tuple[DescentStep, ...]


@dataclass(frozen=True, slots=True)
class Descents:
    """The same start pulled to the same target by each measure in turn, in the order of `Measure`, and what it cost.

    No network takes part, so the cost counts no passes.
    """

    rows: tuple[Descent, ...]
    cost: Cost


def measure(a: Box, b: Box) -> Overlap:
    """Measure two boxes in photo pixels. An inverted box counts as an empty one, which overlaps nothing.

    Raises:
        SettingError: a coordinate is not a finite number.
    """
    for box in (a, b):
        if not all(math.isfinite(side) for side in box):
            raise SettingError(f"Every side of a box must be a number, got {box}.", "Draw the box again.")
    ours, theirs = (torch.tensor([box], dtype=torch.float64) for box in (a, b))
    parts = pairwise_parts(ours, theirs)
    return Overlap(
        area_a=float(area(ours)),
        area_b=float(area(theirs)),
        intersection=float(parts.intersection),
        union=float(parts.union),
        enclosing=float(parts.enclosing),
        centre_distance_squared=float(parts.centre_distance_squared),
        diagonal_squared=float(parts.diagonal_squared),
        aspect=float(parts.aspect),
        alpha=float(parts.alpha),
        iou=float(PAIRWISE[Measure.IOU](ours, theirs)),
        giou=float(PAIRWISE[Measure.GIOU](ours, theirs)),
        diou=float(PAIRWISE[Measure.DIOU](ours, theirs)),
        ciou=float(PAIRWISE[Measure.CIOU](ours, theirs)),
    )


def descents(start: Box, target: Box, settings: DescentSettings) -> Descents:
    """Pull a box from `start` to `target` by each measure, in plain numbers: tensors of four cost more than they compute.

    Raises:
        SettingError: a box has no area or a coordinate that is not a finite number.
    """
    with Meter(torch.device("cpu")) as meter:
        rows = tuple(
            Descent(measure, tuple(descend(start, target, measure=measure, settings=settings))) for measure in Measure
        )
    return Descents(rows, meter.cost)
