"""Anchors: the boxes that a detector starts from, laid over a photo at every pixel, cell or feature map.

Rows `(x1, y1, x2, y2)` in pixels of the photo, `x2` and `y2` exclusive, and not cut at its borders. Which places and
shapes there are is said by `core.boxes.layout`; here they become tensors, in the order that `Level.index` counts. Scales,
ratios, strides and shapes are above 0, as `AnchorSettings` checks; a ratio is width over height.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from core.boxes.layout import Convention, Level, Size, grid_level, pixel_level, pyramid_level


def lay(
    level: Level, *, device: torch.device | None = None, dtype: torch.dtype = torch.float32
) -> Float[Tensor, "k 4"]:
    """All anchors of one level, `(level.count, 4)`. `dtype` is float32 or float64, in which they equal `Level.box`.

    One row of places is made, and every other row is that row moved down: a single pass that writes the result, with
    an inner loop over a whole row. Adding corners to centres would loop over 4 numbers at a time and takes several
    times as long.
    """
    like = {"device": device, "dtype": dtype}
    x = (torch.arange(level.cols, **like) + 0.5) * level.step_x
    y = (torch.arange(level.rows, **like) + 0.5) * level.step_y
    corners = [(-shape.width / 2, -shape.height / 2, shape.width / 2, shape.height / 2) for shape in level.shapes]
    around = torch.tensor(corners, **like).reshape(-1, 4)
    across = x[:, None] * torch.tensor((1, 0, 1, 0), **like)
    row = (around[:, None] + across).flatten(1) if level.shape_major else (around + across[:, None]).view(1, -1)
    down = torch.tensor((0, 1, 0, 1), **like).repeat(row.shape[1] // 4)  # only y moves
    made = _memory((len(row), level.rows, row.shape[1]), like=row)
    return torch.addcmul(row[:, None], y[:, None], down, out=made).view(-1, 4)


def pixel_anchors(
    height: int,
    width: int,
    *,
    scales: Sequence[float],
    ratios: Sequence[float],
    convention: Convention = Convention.TEXTBOOK,
    device: torch.device | None = None,
) -> Float[Tensor, "k 4"]:
    """The textbook's anchors around the middle of every pixel, `height * width * (n + m - 1)` for n scales and m ratios.

    Pixel by pixel, row by row; around each one every scale with the first ratio, then the first scale with every other
    ratio. Scales are shares of the photo's height, and of its width too under `Convention.AREA`.

    Zhang et al., Dive into Deep Learning, 2023, section 14.4, which divides by width and height at the end.
    """
    level = pixel_level(height, width, scales=scales, ratios=ratios, convention=convention)
    return lay(level, device=device)


def grid_anchors(
    rows: int, cols: int, *, height: int, width: int, shapes: Sequence[Size], device: torch.device | None = None
) -> Float[Tensor, "k 4"]:
    """YOLO's anchors: `shapes`, width and height in cells, around the centre of every cell of a grid over the photo.

    Ordered (A, rows, cols), as the output of the network: all cells of the first shape, then of the next.

    Redmon and Farhadi, YOLO9000, 2017, section 2, with the shapes given rather than clustered.
    """
    return lay(grid_level(rows, cols, height=height, width=width, shapes=shapes), device=device)


def pyramid_anchors(
    height: int,
    width: int,
    *,
    strides: Sequence[int],
    scales: Sequence[float],
    ratios: Sequence[float],
    device: torch.device | None = None,
) -> tuple[Float[Tensor, "k 4"], ...]:
    """The anchors of several feature maps, one tensor for each stride (pixels), in the order given.

    A map has `ceil(size / stride)` places, at `(i + 0.5) * stride`. Around each place, row by row: every ratio of the
    first scale, then of the next. A scale is the side of a square anchor in strides; other ratios keep its area.

    Liu et al., SSD, 2016, section 2.2; Ren et al., Faster R-CNN, 2015, section 3.1; Lin et al., RetinaNet, 2017, section 4.
    """
    made = (pyramid_level(height, width, stride=stride, octaves=scales, ratios=ratios) for stride in strides)
    return tuple(lay(level, device=device) for level in made)


def _memory(shape: tuple[int, ...], *, like: Tensor) -> Tensor:
    """An unfilled tensor of the dtype and on the device of `like`.

    On a CPU the memory is NumPy's, which asks Linux for pages of 2 MB where torch gets pages of 4 kB: two million anchors
    touch 8,000 of those for the first time, which takes as long as filling them.
    """
    if like.device.type != "cpu":
        return torch.empty(shape, device=like.device, dtype=like.dtype)
    return torch.from_numpy(np.empty(shape, dtype=np.float64 if like.dtype == torch.float64 else np.float32))
