"""What one pass of a detector says, whatever its family: every anchor with its box, its scores and where it comes from.

Nothing is left out and nothing is cut, so every threshold can be moved afterwards without another pass.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from jaxtyping import Float, Float32, Int64
from torch import Tensor

from core.boxes.evaluation import Detections
from core.detection.detecting_settings import LEAST, Labels
from core.images.resize import Placement
from core.images.tiles import Tile
from core.options import Option


class Family(Option):
    """How the numbers of a head become a box. In all, (c_x, c_y) is the corner or the middle of a cell, (p_w, p_h) the anchor."""

    YOLO = (
        "yolo",
        "YOLO",
        "The centre lies in its cell, by a sigmoid; exp stretches the anchor: b_x = (s·σ(t_x) − (s−1)/2 + c_x)·stride, "
        "b_w = p_w·exp(t_w).",
    )
    OFFSETS = (
        "offsets",
        "Offsets from the anchor",
        "The centre moves by parts of the anchor, and exp stretches it: b_x = a_x + 0.1·t_x·p_w, b_w = p_w·exp(0.2·t_w), "
        "where a_x is the middle of the cell.",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class HeadGrid:
    """One grid of a network: `rows` x `columns` cells, each `stride` pixels of the input wide and high.

    `anchors` are the width and height of each shape in pixels of the input. `family` says what the decode formula is, and
    `scale_x_y` is its s (1 where there is none). `softmax` tells whether classes compete.
    """

    rows: int
    columns: int
    stride: float
    anchors: tuple[tuple[float, float], ...]
    family: Family
    scale_x_y: float = 1.0
    softmax: bool = False

    @property
    def count(self) -> int:
        """How many boxes it speaks of."""
        return self.rows * self.columns * len(self.anchors)


@dataclass(frozen=True, eq=False, kw_only=True)
class Looked:
    """One pass: the whole photo, or the part of it that is `tile`. `size` is (height, width) of the input in pixels.

    `placement` says where the whole photo lies on the input, also where only a tile of it was seen.

    `boxes` `(x1, y1, x2, y2)` are those of all anchors, in pixels of the input, not cut at its edges. `objectness` and the
    probabilities `classes` are in [0, 1], and a score is one times the other:

        Darknet       sigmoid of the objectness, sigmoid of each class by itself
        lab           sigmoid of the confidence, softmax over the classes of the cell, which its anchors share
        SSD           1, softmax over the classes and the background
        Faster R-CNN  1, likewise. Each class of a proposal moves it differently and so is a box of its own, of one class

    `raw` are the numbers of the head before all that: four offsets (tx, ty, tw, th), the logit of objectness, and one of
    each class. For SSD the fifth is that of the background (with the classes without a name). `cells` are the head, row,
    column and anchor of each box. Without a grid both are None and there are no `heads`.
    """

    placement: Placement
    size: tuple[int, int]
    tile: Tile | None
    boxes: Float32[Tensor, "k 4"]
    objectness: Float32[Tensor, " k"]
    classes: Float32[Tensor, "k c"]
    raw: Float32[Tensor, "k 5+c"] | None
    cells: Int64[Tensor, "k 4"] | None
    heads: tuple[HeadGrid, ...]

    @property
    def bytes(self) -> int:
        """What it takes of the memory."""
        every = (self.boxes, self.objectness, self.classes, self.raw, self.cells)
        return sum(one.nbytes for one in every if one is not None)

    def on_photo(self, boxes: Float[Tensor, "n 4"]) -> Float[Tensor, "n 4"]:
        """Boxes of the input in pixels of the photo, cut at its edges, or at those of the tile that was seen."""
        there = self.placement.back_boxes(boxes, clip=True)
        if self.tile is None:
            return there
        corner = there.new_tensor((self.tile.x, self.tile.y) * 2)
        return there.clamp(min=corner, max=corner + there.new_tensor((self.tile.width, self.tile.height) * 2))

    def candidates(self, labels: Labels = Labels.BEST) -> tuple[Detections, Int64[Tensor, " n"]]:
        """What scores at least `LEAST`, best first, in pixels of the photo and cut there; and the anchor of each.

        A box of which nothing is on the photo is no candidate.
        """
        return self._best if labels is Labels.BEST else self._candidates(labels)

    @cached_property
    def _best(self) -> tuple[Detections, Int64[Tensor, " n"]]:
        return self._candidates(Labels.BEST)

    def _candidates(self, labels: Labels) -> tuple[Detections, Int64[Tensor, " n"]]:
        raw, anchors = surest(self.boxes, self.objectness, self.classes, least=LEAST, labels=labels)
        boxes = self.on_photo(raw.boxes)
        there = (boxes[:, :2] < boxes[:, 2:]).all(dim=1)
        return Detections(boxes[there], raw.scores[there], raw.labels[there]), anchors[there]


def surest(
    boxes: Float[Tensor, "k 4"],
    objectness: Float[Tensor, " k"],
    classes: Float[Tensor, "k c"],
    *,
    least: float,
    labels: Labels = Labels.BEST,
) -> tuple[Detections, Int64[Tensor, " n"]]:
    """What scores at least `least`, the best first; and the row of each.

    A box that is no number, such as broken weights give, is left out.
    """
    # A score is never above its objectness, so most boxes need no other look.
    sure = ((objectness >= least) & boxes.isfinite().all(dim=1)).nonzero().flatten()
    scores = objectness[sure, None] * classes[sure]
    if labels is Labels.BEST:
        best, label = scores.max(dim=1)
        kept = (best >= least).nonzero().flatten()
        found, label = best[kept], label[kept]
    else:
        kept, label = (scores >= least).nonzero().unbind(dim=1)
        found = scores[kept, label]
    rows = sure[kept]
    order = found.argsort(descending=True, stable=True)
    rows = rows[order]
    return Detections(boxes[rows], found[order], label[order]), rows
