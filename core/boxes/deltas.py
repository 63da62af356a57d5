"""Offsets: where a box lies as seen from an anchor, the four numbers that a detector is trained to predict.

For an anchor with centre (x_a, y_a) and size (w_a, h_a), and a box B:

    ( ((x_b - x_a) / w_a - mean_x) / std_x,  ((y_b - y_a) / h_a - mean_y) / std_y,
      (log(w_b / w_a) - mean_w) / std_w,     (log(h_b / h_a) - mean_h) / std_h )

Girshick et al., R-CNN, 2014, appendix C; `mean` and `std` bring all four to about the same size. Boxes and anchors are rows
`(x1, y1, x2, y2)` in the same unit, float32 or float64.
"""

from __future__ import annotations

import math
from typing import TypeAlias

import torch
from jaxtyping import Float
from torch import Tensor

from core.boxes.formats import to_cxcywh, to_xyxy
from core.errors import SettingError

Four: TypeAlias = tuple[float, float, float, float]
"""One number for each of x, y, width and height."""

MEAN: Four = (0.0, 0.0, 0.0, 0.0)
STD: Four = (0.1, 0.1, 0.2, 0.2)


def encode(
    anchors: Float[Tensor, "n 4"], boxes: Float[Tensor, "n 4"], *, mean: Four = MEAN, std: Four = STD
) -> Float[Tensor, "n 4"]:
    """The offsets of each box from the anchor in the same row. Undone by `decode`.

    Raises:
        SettingError: an anchor or a box has no width or no height (its logarithm would be infinite, and one such
            offset makes a whole loss infinite), or a number of `std` is not above 0.
    """
    _check_std(std)
    here, there = to_cxcywh(anchors), to_cxcywh(boxes)
    _check_sizes("Anchor", here[:, 2:])
    _check_sizes("Box", there[:, 2:])
    shift = (there[:, :2] - here[:, :2]) / here[:, 2:]
    growth = (there[:, 2:] / here[:, 2:]).log()
    return (torch.cat((shift, growth), dim=1) - here.new_tensor(mean)) / here.new_tensor(std)


def decode(
    anchors: Float[Tensor, "n 4"], deltas: Float[Tensor, "n 4"], *, mean: Four = MEAN, std: Four = STD
) -> Float[Tensor, "n 4"]:
    """The box that each row of offsets names, seen from the anchor in the same row. Undoes `encode`.

    An untrained network may ask for anything, and exp overflows float32 at 88.7. So a box moves and grows by at most
    the square root of the largest number of its dtype, 1.8e19 anchor sides in float32: its corners stay finite. torchvision stops
    growth at 1000 / 16 = 62.5 times, which a large object beside a small anchor does reach; there its
    decoding no longer undoes its encoding, and ours does.

    An anchor without area stays the point or line it is.

    Raises:
        SettingError: a number of `std` is not above 0.
    """
    _check_std(std)
    here = to_cxcywh(anchors)
    shift, growth = (deltas * here.new_tensor(std) + here.new_tensor(mean)).split(2, dim=1)
    reach = math.sqrt(torch.finfo(here.dtype).max)
    centre = here[:, :2] + shift.clamp(-reach, reach) * here[:, 2:]
    size = growth.clamp(max=math.log(reach)).exp() * here[:, 2:]
    return to_xyxy(torch.cat((centre, size), dim=1))


def _check_std(std: Four) -> None:
    if not all(number > 0 for number in std):
        raise SettingError(f"std must be four numbers above 0, got {std}.", "Choose numbers above 0.")


def _check_sizes(name: str, sizes: Tensor) -> None:
    empty = (~(sizes > 0)).any(dim=1)
    if bool(empty.any()):
        index = int(empty.nonzero()[0])
        width, height = sizes[index].tolist()
        raise SettingError(
            f"{name} {index} is {width:g} wide and {height:g} high, and an offset needs a width and a height above 0.",
            "Draw it larger, or leave it out.",
        )
