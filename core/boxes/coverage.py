"""How densely a set of anchors covers a photo."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from core.boxes.layout import Level


def anchors_over(levels: Sequence[Level], x: Float[Tensor, " w"], y: Float[Tensor, " h"]) -> Float[Tensor, "h w"]:
    """How many anchors lie over each of the points `(x, y)`, in photo pixels; an anchor's border counts as outside.

    All anchors of one shape stand on a grid, so their number over a point is that of the columns that reach it times
    that of the rows: millions of anchors cost a few hundred numbers, and none of them is made.
    """
    total = torch.zeros(len(y), len(x), dtype=torch.float64, device=x.device)
    for level in levels:
        for shape in level.shapes:
            across = _reached(x, level.cols, level.step_x, shape.width)
            down = _reached(y, level.rows, level.step_y, shape.height)
            total.addr_(down, across)
    return total.to(x.dtype)


def _reached(points: Tensor, count: int, step: float, side: float) -> Tensor:
    """For each point, how many of the `count` intervals of length `side` around (i + 0.5) * step hold it inside."""
    # Point p is inside interval i if |p - (i + 0.5) step| < side / 2: i lies strictly between two numbers.
    # The side comes off before the division: that way a point on a border is on it after rounding too.
    first = torch.floor((points.double() - side / 2) / step - 0.5) + 1
    last = torch.ceil((points.double() + side / 2) / step - 0.5) - 1
    return (last.clamp(max=count - 1) - first.clamp(min=0) + 1).clamp(min=0)
