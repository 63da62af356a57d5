"""The anchors of a grid head, and where each of them stands in the output."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from core.boxes.anchors import grid_anchors
from core.boxes.layout import COURSE_SHAPES, Size


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """A grid of `rows` x `cols` cells over an input of `height` x `width` pixels, `shapes` (in cells) in each cell."""

    rows: int = 7
    cols: int = 7
    height: int = 224
    width: int = 224
    shapes: tuple[Size, ...] = COURSE_SHAPES

    @property
    def count(self) -> int:
        """How many anchors there are in all."""
        return len(self.shapes) * self.rows * self.cols

    def anchors(self, device: torch.device | None = None) -> Float[Tensor, "k 4"]:
        """The anchors `(x1, y1, x2, y2)` in pixels of the input, ordered (A, rows, cols) as the output is."""
        return grid_anchors(
            self.rows, self.cols, height=self.height, width=self.width, shapes=self.shapes, device=device
        )


COURSE = Grid()
"""The course's: 7 x 7 cells, nine anchors each."""

FINER = Grid(rows=14, cols=14, shapes=tuple((2 * width, 2 * height) for width, height in COURSE_SHAPES))
"""The same anchors in pixels, on twice as many cells a side."""
