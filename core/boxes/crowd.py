"""A crowd of candidates around every truth, as a detector gives them before suppression.

A candidate strays from its truth by chance; its score is its IoU with the truth plus noise. The chances of a truth
hang on the seed and on its place among the truths alone. So no truth changes the crowd of one before it, and more
candidates are added to those that are there. The jitter and the noise only scale the chances: as they grow, the same
candidates stray farther along the same way. NumPy draws on the CPU, so that a crowd is the same on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from core.boxes.crowd_settings import CrowdSettings
from core.boxes.evaluation import Detections, Truths
from core.boxes.iou import paired_iou
from core.errors import SettingError

LEAST_SCORE = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class Crowd:
    """The candidates of all truths, in float64 on the CPU, truth by truth; `truth` is the one each came from."""

    detections: Detections
    truth: Int64[Tensor, " n"]


def crowd(
    truths: Float[Tensor, "m 4"],
    labels: Int64[Tensor, " m"],
    settings: CrowdSettings,
    *,
    height: int,
    width: int,
    classes: int,
) -> Crowd:
    """`settings.count` candidates for each truth, inside a photo of `height` x `width` pixels and never empty.

    A box may end outside the photo if part of it is inside; its candidates end at the border. Labels run from 0 to
    `classes` - 1. Scores lie in [0.01, 1]. Of `confusion` times `count` the nearest whole number is confused.

    Raises:
        SettingError: the rows do not belong together, a truth is empty or outside the photo, a label is no class, or
            names are to be confused where there is only one.
    """
    _check(Truths(truths, labels), settings, height, width, classes)
    marked, count = truths.detach().cpu().double(), settings.count
    chances = [np.random.default_rng((settings.seed, place)) for place in range(len(marked))]
    # The names are drawn first: what they take from the stream does not depend on the settings, what follows does.
    steps = [int(chance.integers(1, max(2, classes))) for chance in chances]
    draws = [chance.standard_normal((count, 6)) for chance in chances]
    drawn = torch.from_numpy(np.stack(draws) if draws else np.empty((0, count, 6))).flatten(0, 1)
    truth = torch.arange(len(marked)).repeat_interleave(count)
    boxes = _strayed(marked[truth], settings.jitter * drawn[:, :4], height, width)
    scores = paired_iou(boxes, marked[truth]) + settings.noise * drawn[:, 4]
    confused = _lowest(drawn[:, 5].view(len(marked), count), round(settings.confusion * count)).flatten()
    names = labels.detach().cpu()[truth] + torch.tensor(steps, dtype=torch.int64)[truth] * confused
    return Crowd(Detections(boxes, scores.clamp(LEAST_SCORE, 1), names % classes), truth)


def _strayed(
    truths: Float64[Tensor, "n 4"], drawn: Float64[Tensor, "n 4"], height: int, width: int
) -> Float64[Tensor, "n 4"]:
    """The truths moved by the first two columns, in sides, and scaled by the exponential of the last two.

    Each corner is moved by itself rather than made from centre and size, so that no move at all is exactly none.
    """
    first, second = truths.split(2, dim=1)
    sides = second - first
    move, growth = sides * drawn[:, :2], sides * drawn[:, 2:].expm1() / 2
    most = truths.new_tensor([width, height])
    # A candidate that strays out of the photo keeps a strip at its border. Half the truth would do no harm to the truth.
    strip = ((second.minimum(most) - first.clamp(min=0)) / 2).clamp(max=1)
    first = (first + move - growth).clamp(min=0).minimum(most - strip)
    return torch.cat((first, (second + move + growth).minimum(most).maximum(first + strip)), dim=1)


def _lowest(drawn: Float64[Tensor, "m n"], count: int) -> Int64[Tensor, "m n"]:
    """1 for the `count` lowest of each row, 0 for the others: with a higher count, more of them and the same."""
    return (drawn.argsort(dim=1).argsort(dim=1) < count).long()


def _check(truths: Truths, settings: CrowdSettings, height: int, width: int, classes: int) -> None:
    boxes, labels = truths.boxes.detach().cpu().double(), truths.labels.cpu()
    inside = boxes.clamp(min=0).minimum(boxes.new_tensor([width, height, width, height]))
    empty = (inside[:, :2] >= inside[:, 2:]).any(dim=1).nonzero()
    if len(empty):
        place = int(empty[0])
        raise SettingError(
            f"truths must have an area inside the photo of {width} × {height} px, got {boxes[place].tolist()}.",
            "Draw the box larger, or inside the photo.",
        )
    outside = labels[(labels < 0) | (labels >= classes)]
    if len(outside):
        raise SettingError(
            f"labels must be from 0 to {classes - 1}, got {int(outside[0])}.", "Count the classes again."
        )
    if settings.confusion > 0 and classes < 2:
        raise SettingError("confusion needs two names, got one class.", "Add a class, or set confusion to 0.")
