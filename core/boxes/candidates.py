"""The boxes that enter a race of non-maximum suppression: checked once, then plain NumPy arrays on the CPU.

Suppression decides one box after the other, and NumPy is many times faster than torch at that. Overlaps are computed
in the precision of the boxes (float16 and bfloat16 as float32) and in the order of torchvision's own operations, so that
a pair just above a threshold there is just above it here.

A box without area overlaps nothing, also not itself, and an inverted box counts as one without area (see `core.boxes.iou`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from core.boxes.settings import Measure
from core.errors import SettingError

FURTHEST = 1e18
"""The largest coordinate: areas and squared diagonals of such boxes still fit into a float32."""


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Boxes, scores and classes as read-only arrays; `labels` is None where classes do not matter."""

    sides: Float[np.ndarray, "5 n"]  # x1, y1, x2, y2, and the area, which is 1 where the box has none
    scores: Float[np.ndarray, " n"]
    labels: Int64[np.ndarray, " n"] | None

    def __len__(self) -> int:
        return len(self.scores)

    def order(self) -> Int64[np.ndarray, " n"]:
        """All boxes by falling score, ties by index."""
        return np.argsort(-self.scores, kind="stable")

    def lines(self) -> list[Int64[np.ndarray, " m"]]:
        """Who races against whom: all boxes, or those of each class, by falling score."""
        order = self.order()
        if self.labels is None:
            return [order]
        return [order[self.labels[order] == label] for label in np.unique(self.labels)]

    def check(self, box: int) -> None:
        """Refuse a box that is not here.

        Raises:
            SettingError: there is no such box.
        """
        if not 0 <= box < len(self):
            raise SettingError(
                f"box must be from 0 to {len(self) - 1}, got {box}.", "Choose one of the boxes of this race."
            )

    def classmates(self, index: int, others: Int64[np.ndarray, " m"]) -> Int64[np.ndarray, " k"]:
        """Those of `others` that box `index` competes with: itself left out, and all boxes of another class."""
        others = others[others != index]
        return others if self.labels is None else others[self.labels[others] == self.labels[index]]

    def overlap(
        self, index: int, others: Int64[np.ndarray, " m"], measure: Measure = Measure.IOU
    ) -> Float[np.ndarray, " m"]:
        """The overlap of box `index` with each of `others`."""
        return overlap(self.sides[:, index], self.sides[:, others], measure)


def candidates(
    boxes: Float[Tensor, "n 4"], scores: Float[Tensor, " n"], labels: Int64[Tensor, " n"] | None
) -> Candidates:
    """Check what a caller gives, and copy it.

    Raises:
        SettingError: the rows do not belong together, a number is infinite or nan, or a coordinate is beyond 1e18.
    """
    if boxes.ndim != 2 or boxes.shape[1] != 4:
        raise SettingError(
            f"boxes must be rows of 4 numbers, got a shape of {tuple(boxes.shape)}.", "Give x1, y1, x2, y2."
        )
    for name, column in (("scores", scores), ("labels", labels)):
        if column is not None and column.shape != boxes.shape[:1]:
            raise SettingError(
                f"{name} must be {len(boxes)} in a row, got a shape of {tuple(column.shape)}.",
                f"Give one of the {name} for each box.",
            )
    if not bool(scores.isfinite().all()):
        raise SettingError("scores must be finite numbers.", "Leave out the boxes without a score.")
    if not bool((boxes.abs() <= FURTHEST).all()):
        raise SettingError(
            f"Coordinates must be finite numbers of at most {FURTHEST:g}.", "Leave out boxes without a place."
        )
    return Candidates(
        sides=read_only(_sides(_array(boxes))),
        scores=read_only(_array(scores)),
        labels=None if labels is None else read_only(labels.detach().cpu().numpy().copy()),
    )


def not_negative(racers: Candidates) -> Candidates:
    """The same candidates.

    Raises:
        SettingError: a score is negative: decay would raise it.
    """
    if len(racers) and racers.scores.min() < 0:
        raise SettingError(
            f"Scores that decay must not be negative, got {racers.scores.min():g}.",
            "Give probabilities, for instance the sigmoid of the logits.",
        )
    return racers


def overlap(winner: np.ndarray, others: np.ndarray, measure: Measure = Measure.IOU) -> np.ndarray:
    """IoU or DIoU of the box `winner`, `(5,)`, with each of `others`, `(5, m)`, both as in `Candidates.sides`.

    Winners `(5, k, 1)` and others `(5, 1, m)` give a row for each winner.

    DIoU as in `core.boxes.iou`: IoU minus the squared distance of the centres over the squared diagonal of the hull.
    """
    x1, y1, x2, y2, area = winner
    width = np.maximum(np.minimum(x2, others[2]) - np.maximum(x1, others[0]), 0)
    height = np.maximum(np.minimum(y2, others[3]) - np.maximum(y1, others[1]), 0)
    shared = width * height
    iou = shared / (area + others[4] - shared)
    return iou if measure is Measure.IOU else iou - _distance_term(winner, others)


def read_only(array: np.ndarray) -> np.ndarray:
    """The same array, which nobody can change by accident any more."""
    array.setflags(write=False)
    return array


def _distance_term(winner: np.ndarray, others: np.ndarray) -> np.ndarray:
    x1, y1, x2, y2 = winner[:4]
    distance = ((x1 + x2) / 2 - (others[0] + others[2]) / 2) ** 2 + ((y1 + y2) / 2 - (others[1] + others[3]) / 2) ** 2
    hull_width = np.maximum(x2, others[2]) - np.minimum(x1, others[0])
    hull_height = np.maximum(y2, others[3]) - np.minimum(y1, others[1])
    diagonal = hull_width**2 + hull_height**2
    return distance / np.where(diagonal == 0, 1, diagonal)


def _sides(boxes: np.ndarray) -> np.ndarray:
    """Four coordinates and the area. Where that is 0 it counts as 1: the intersection is 0, and so the IoU, not 0/0."""
    x1, y1, x2, y2 = boxes.T
    x2, y2 = np.maximum(x1, x2), np.maximum(y1, y2)
    area = (x2 - x1) * (y2 - y1)
    return np.stack((x1, y1, x2, y2, np.where(area == 0, 1, area).astype(area.dtype)))


def _array(tensor: Tensor) -> np.ndarray:
    tensor = tensor.detach()
    return (tensor if tensor.dtype in (torch.float32, torch.float64) else tensor.float()).cpu().numpy().copy()
