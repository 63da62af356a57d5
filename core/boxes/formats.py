"""Two ways to write a box: by its corners `(x1, y1, x2, y2)`, or by its centre and size `(cx, cy, w, h)`."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def to_cxcywh(boxes: Float[Tensor, "n 4"]) -> Float[Tensor, "n 4"]:
    """Corners `(x1, y1, x2, y2)` to centre and size `(cx, cy, w, h)`, in the same unit. Undoes `to_xyxy`.

    The corners are taken as they are: an inverted box gets a negative size.
    """
    first, second = boxes.split(2, dim=1)
    return torch.cat(((first + second) / 2, second - first), dim=1)


def to_xyxy(boxes: Float[Tensor, "n 4"]) -> Float[Tensor, "n 4"]:
    """Centre and size `(cx, cy, w, h)` to corners `(x1, y1, x2, y2)`, in the same unit. Undoes `to_cxcywh`."""
    centre, size = boxes.split(2, dim=1)
    return torch.cat((centre - size / 2, centre + size / 2), dim=1)
