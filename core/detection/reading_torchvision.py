"""The answers of torchvision's detectors as `Looked`, in the 80 classes of COCO that have a name."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from core.boxes.deltas import decode
from core.boxes.formats import to_cxcywh
from core.detection.detecting_settings import LEAST
from core.detection.looked import Family, HeadGrid, Looked
from core.images.resize import Placed
from core.images.tiles import Tile
from core.networks.coco_classes import CATEGORIES
from core.networks.detector_answers import RcnnAnswer, SsdAnswer


def read_ssd(answer: SsdAnswer, placed: Placed, tile: Tile | None = None) -> Looked:
    """Every default box. torchvision lets none grow to more than 62.5 times its size, which is more than any photo."""
    height, width = placed.image.shape[2:]
    logits, offsets = answer.logits[0], answer.offsets[0]
    named = logits[:, CATEGORIES]
    heads, cells = _grids(answer, height, width)
    return Looked(
        placement=placed.placement,
        size=(height, width),
        tile=tile,
        boxes=decode(answer.anchors, offsets),
        objectness=torch.ones(len(logits)),
        classes=logits.softmax(dim=1)[:, CATEGORIES],
        raw=torch.cat((offsets, _nothing(logits)[:, None], named), dim=1),
        cells=cells,
        heads=heads,
    )


def read_rcnn(answer: RcnnAnswer, placed: Placed, tile: Tile | None = None) -> Looked:
    """Every class of every proposal that scores at least `LEAST`, as a box of its own; there are thousands of others."""
    height, width = placed.image.shape[2:]
    likely = answer.logits.softmax(dim=1)[:, CATEGORIES]
    proposal, label = (likely >= LEAST).nonzero().unbind(dim=1)
    classes = torch.zeros(len(label), len(CATEGORIES))
    classes[torch.arange(len(label)), label] = likely[proposal, label]
    return Looked(
        placement=placed.placement,
        size=(height, width),
        tile=tile,
        boxes=answer.boxes[:, CATEGORIES][proposal, label],
        objectness=torch.ones(len(label)),
        classes=classes,
        raw=None,
        cells=None,
        heads=(),
    )


def _nothing(logits: Float[Tensor, "k categories"]) -> Float[Tensor, " k"]:
    """One logit for the background and every number without a thing: softmax over it and the classes is the same."""
    named = set(CATEGORIES)
    return logits[:, [number for number in range(logits.shape[1]) if number not in named]].logsumexp(dim=1)


def _grids(answer: SsdAnswer, height: int, width: int) -> tuple[tuple[HeadGrid, ...], Tensor]:
    """The grids, and of each default box the head, row, column and anchor."""
    each = len(answer.anchors) // sum(rows * columns for rows, columns in answer.grids)
    sizes = to_cxcywh(answer.anchors)[:, 2:]
    heads, cells, start = [], [], 0
    for number, (rows, columns) in enumerate(answer.grids):
        heads.append(
            HeadGrid(
                rows=rows,
                columns=columns,
                stride=height / rows,
                anchors=tuple((wide, high) for wide, high in sizes[start : start + each].tolist()),
                family=Family.OFFSETS,
                softmax=True,
            )
        )
        counts = (torch.tensor([number]), torch.arange(rows), torch.arange(columns), torch.arange(each))
        cells.append(torch.cartesian_prod(*counts))
        start += rows * columns * each
    return tuple(heads), torch.cat(cells)
