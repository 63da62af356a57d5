"""What torchvision's two detectors say before anything is left out, apart from them: who reads it needs no torchvision."""

from __future__ import annotations

from typing import NamedTuple

from jaxtyping import Float
from torch import Tensor


class SsdAnswer(NamedTuple):
    """Of every default box its offsets, its logits, and itself in pixels of the input; and the (rows, columns) of the grids.

    They stand grid by grid, row by row, cell by cell.
    """

    offsets: Float[Tensor, "1 k 4"]
    logits: Float[Tensor, "1 k categories"]
    anchors: Float[Tensor, "k 4"]
    grids: tuple[tuple[int, int], ...]


class RcnnAnswer(NamedTuple):
    """Of every proposal a box for each category, in pixels of the input, and its logits.

    `objectness` are the logits of every anchor from which the proposals were chosen.
    """

    boxes: Float[Tensor, "p categories 4"]
    logits: Float[Tensor, "p categories"]
    objectness: Float[Tensor, "1 k"]
