"""From the raw output of a grid head to boxes with a class and a score."""

from __future__ import annotations

import torch
from jaxtyping import Float, Int
from torch import Tensor

from core.boxes.deltas import decode
from core.boxes.evaluation import Detections
from core.detection.grid import Grid
from core.networks.yolo import GridAnswer


def decoded(answer: GridAnswer, grid: Grid, picture: int = 0, *, least: float = 0.01) -> Detections:
    """Every anchor of one picture of a batch that scores at least `least`, the best first, before any suppression.

    The score is the confidence times the probability of the most probable class of the cell. Boxes are in pixels of the
    input and cut at its edges; one that lies outside is left out.

    Redmon et al., You Only Look Once, 2016, equation 1.
    """
    return ranked(answer, grid, picture, least=least)[0]


def ranked(
    answer: GridAnswer, grid: Grid, picture: int = 0, *, least: float = 0.01
) -> tuple[Detections, Int[Tensor, " n"]]:
    """The same, and for each of them the number of its anchor: its place in `class_scores`."""
    scores, label = class_scores(answer, picture).max(dim=1)
    boxes = decode(grid.anchors(scores.device), answer.offsets[picture].permute(0, 2, 3, 1).reshape(-1, 4))
    edge = boxes.new_tensor((grid.width, grid.height, grid.width, grid.height))
    boxes = torch.minimum(boxes.clamp(min=0), edge)
    seen = (boxes[:, 2] > boxes[:, 0]) & (boxes[:, 3] > boxes[:, 1]) & (scores >= least)
    rows = seen.nonzero().flatten()
    rows = rows[scores[rows].argsort(descending=True, stable=True)]
    return Detections(boxes[rows], scores[rows], label[rows]), rows


def class_scores(answer: GridAnswer, picture: int = 0) -> Float[Tensor, "anchors classes"]:
    """Of every anchor of one picture the score of each class: the confidence times the probability of the class in the cell."""
    confidence = answer.confidence[picture].flatten().sigmoid()
    likely = answer.classes[picture].flatten(1).softmax(dim=0)
    return confidence[:, None] * likely.T.repeat(answer.confidence.shape[1], 1)
