"""Which anchors learn from which object of a picture, as numbers for the loss."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from core.boxes.formats import to_cxcywh
from core.boxes.iou import paired_iou, pairwise_iou
from core.boxes.matching import IGNORED, match_by_threshold
from core.detection.grid import Grid


class Positives(Enum):
    """Which anchors learn to find an object."""

    ACTIVATED = (
        "activated"  # one for each object: the best anchor of the cell nearest to its centre (the course's YOLO)
    )
    OVERLAPPING = "overlapping"  # every anchor that overlaps it enough, and the best one (RPN's rule)


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """For one picture: the `positive` anchors (places in (A, rows, cols)) and the row of `boxes` each should find.

    The confidence of `ignored` anchors is not judged.
    """

    positive: Int64[Tensor, " p"]
    truth: Int64[Tensor, " p"]
    ignored: Int64[Tensor, " i"]


def assign(
    boxes: Float[Tensor, "m 4"],
    grid: Grid,
    rule: Positives,
    *,
    positive: float = 0.5,
    negative: float = 0.4,
) -> Targets:
    """The targets of a picture with objects `boxes`, `(x1, y1, x2, y2)` in pixels of the input.

    Under ACTIVATED the later of two objects that activate one anchor gets it. `positive` and `negative` are IoU, for
    OVERLAPPING alone. Without objects every anchor is background.
    """
    anchors = grid.anchors(boxes.device)
    if len(boxes) == 0:
        none = torch.zeros(0, dtype=torch.int64, device=boxes.device)
        return Targets(none, none, none)
    if rule is Positives.ACTIVATED:
        return _activated(boxes, anchors, grid)
    matched = match_by_threshold(pairwise_iou(anchors, boxes), positive=positive, negative=negative)
    found = (matched >= 0).nonzero().flatten()
    return Targets(found, matched[found], (matched == IGNORED).nonzero().flatten())


def _activated(boxes: Tensor, anchors: Tensor, grid: Grid) -> Targets:
    """As `core.boxes.matching.activated_anchors`, for all objects at once and without what only people look at."""
    by_shape = anchors.view(len(grid.shapes), -1, 4)
    centres = to_cxcywh(by_shape[0])[:, :2]
    cell = (to_cxcywh(boxes)[:, None, :2] - centres).abs().sum(dim=2).argmin(dim=1)
    rivals = by_shape[:, cell].transpose(0, 1)  # (m, A, 4)
    overlaps = paired_iou(rivals.reshape(-1, 4), boxes.repeat_interleave(len(by_shape), dim=0)).view(len(boxes), -1)
    place = overlaps.argmax(dim=1) * (grid.rows * grid.cols) + cell
    taken = {int(anchor): row for row, anchor in enumerate(place.tolist())}
    like = {"dtype": torch.int64, "device": boxes.device}
    none = torch.zeros(0, **like)
    return Targets(torch.tensor(list(taken), **like), torch.tensor(list(taken.values()), **like), none)
