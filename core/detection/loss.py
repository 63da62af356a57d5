"""How wrong a grid head is: confidence, offsets and classes, kept apart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor
from torch.nn import functional

from core.boxes.deltas import decode, encode
from core.boxes.iou import paired_iou
from core.detection.grid import Grid
from core.detection.targets import Targets
from core.networks.yolo import GridAnswer

FOCUS = 2.0


@dataclass(frozen=True, slots=True)
class Objects:
    """What a person marked on one picture: boxes `(x1, y1, x2, y2)` in pixels of the input, and their classes."""

    boxes: Float[Tensor, "m 4"]
    classes: Int64[Tensor, " m"]


@dataclass(frozen=True, slots=True)
class Terms:
    """The three parts of the loss. Each is a sum divided by the number of positive anchors of the batch (at least 1)."""

    confidence: Float[Tensor, ""]
    offsets: Float[Tensor, ""]
    classes: Float[Tensor, ""]

    def total(self, *, offsets: float = 1.0, classes: float = 1.0) -> Float[Tensor, ""]:
        """The weighted sum; confidence counts once."""
        return self.confidence + offsets * self.offsets + classes * self.classes


def grid_loss(
    answer: GridAnswer, objects: Sequence[Objects], targets: Sequence[Targets], grid: Grid, *, focus: float = FOCUS
) -> Terms:
    """The loss of a batch. Offsets and classes are judged at positive anchors alone.

    *Confidence*: binary cross-entropy against the IoU of the predicted box with its object at positive anchors, and
    against 0 at all others, but for those that are ignored. Each is weighted by |target - sigmoid| to the power of `focus`,
    so that hundreds of easy anchors do not drown the few that matter (Li et al., Generalized Focal Loss, 2020, equation
    4); with `focus` 0 it is the plain cross-entropy. *Offsets*: smooth L1 of the four numbers, summed. *Classes*:
    cross-entropy of the class scores of the anchor's cell.
    """
    anchors = grid.anchors(answer.confidence.device)
    confidence, offsets, classes = _flat(answer)
    parts = [
        _picture(confidence[row], offsets[row], classes[row], objects[row], targets[row], anchors, focus)
        for row in range(len(objects))
    ]
    count = max(1, sum(len(one.positive) for one in targets))
    sums = [torch.stack(terms).sum() / count for terms in zip(*parts, strict=True)]
    return Terms(*sums)


def _flat(answer: GridAnswer) -> tuple[Tensor, Tensor, Tensor]:
    """Confidence (n, k), offsets (n, k, 4) and classes (n, cells, C), with k in the order of the anchors."""
    return (
        answer.confidence.flatten(1),
        answer.offsets.permute(0, 1, 3, 4, 2).flatten(1, 3),
        answer.classes.flatten(2).transpose(1, 2),
    )


def _picture(
    confidence: Tensor,
    offsets: Tensor,
    classes: Tensor,
    objects: Objects,
    targets: Targets,
    anchors: Tensor,
    focus: float,
) -> tuple[Tensor, Tensor, Tensor]:
    ours, boxes = offsets[targets.positive], objects.boxes[targets.truth]
    here = anchors[targets.positive]
    wanted = torch.zeros_like(confidence)
    if len(boxes):
        with torch.no_grad():
            wanted[targets.positive] = paired_iou(decode(here, ours), boxes).to(wanted)
    judged = torch.ones_like(confidence)
    judged[targets.ignored] = 0
    wrong = functional.binary_cross_entropy_with_logits(confidence, wanted, reduction="none")
    sure = (wrong * judged * (wanted - confidence.sigmoid()).abs() ** focus).sum()
    if not len(boxes):
        return sure, ours.sum(), ours.sum()  # zeros that keep the graph
    moved = functional.smooth_l1_loss(ours, encode(here, boxes).to(ours), reduction="sum")
    cell = targets.positive % len(classes)
    named = functional.cross_entropy(classes[cell], objects.classes[targets.truth], reduction="sum")
    return sure, moved, named
