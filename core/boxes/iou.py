"""How much two boxes overlap: IoU and its three children that also say something when the boxes do not touch.

Boxes are rows `(x1, y1, x2, y2)`, `x2` and `y2` exclusive, in any unit: none of the measures changes when both boxes
are moved or scaled together. Every `pairwise_` function compares each of n boxes with each of m boxes, on the device
the boxes are on. float16 and bfloat16 are computed and returned as float32, since areas overflow a half.

A box without area (a point or a line) overlaps nothing: its IoU is 0, also with itself, never 0/0. A box with `x2 < x1`
is read as one whose width is 0 at `x1`, and likewise for the height, so an inverted box is an empty one.

    IoU   Everingham et al., The PASCAL Visual Object Classes (VOC) Challenge, 2010, section 4.2
    GIoU  Rezatofighi et al., Generalized Intersection over Union, 2019, algorithm 1
    DIoU  Zheng et al., Distance-IoU Loss, 2020, section "Distance-IoU Loss"
    CIoU  the same paper, section "Complete IoU Loss"
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

HALVES = (torch.float16, torch.bfloat16)
TILE = 32_000  # pairs; torch runs elementwise operations on fewer than 32,768 numbers in the calling thread


def area(boxes: Float[Tensor, "n 4"]) -> Float[Tensor, " n"]:
    """Width times height of every box, in squared units; 0 for an empty or inverted box."""
    return _area(_sides(boxes))


def pairwise_iou(ours: Float[Tensor, "n 4"], theirs: Float[Tensor, "m 4"]) -> Float[Tensor, "n m"]:
    """Intersection over union, from 0 (apart, or touching at an edge) to 1 (equal)."""
    return _tiled(lambda a, b: _iou(a, b, _intersection(a, b)), ours, theirs)


def paired_iou(ours: Float[Tensor, "n 4"], theirs: Float[Tensor, "n 4"]) -> Float[Tensor, " n"]:
    """IoU of each box in `ours` with the box in the same row of `theirs`: the diagonal of `pairwise_iou`."""
    a, b = _sides(ours), _sides(theirs)
    return _iou(a, b, _intersection(a, b))


def pairwise_giou(ours: Float[Tensor, "n 4"], theirs: Float[Tensor, "m 4"]) -> Float[Tensor, "n m"]:
    """IoU minus the share of the enclosing box that neither box fills: in (-1, 1], at most the IoU.

    Two empty boxes far apart reach -1. An enclosing box without area (two points or lines on one line) has no share
    to take away.
    """
    return _tiled(_giou, ours, theirs)


def pairwise_diou(ours: Float[Tensor, "n 4"], theirs: Float[Tensor, "m 4"]) -> Float[Tensor, "n m"]:
    """IoU minus the squared distance of the centres over the squared diagonal of the enclosing box: in (-1, 1].

    At most the IoU. Two points apart reach -1; two boxes that are the same point have distance 0 of diagonal 0, which
    counts as 0.
    """
    return _tiled(lambda a, b: _diou(a, b, _iou(a, b, _intersection(a, b))), ours, theirs)


def pairwise_ciou(ours: Float[Tensor, "n 4"], theirs: Float[Tensor, "m 4"]) -> Float[Tensor, "n m"]:
    """DIoU minus `alpha * v`, where v compares the aspect ratios: in (-1.5, 1], at most the DIoU.

    No gradient flows through alpha, the trade-off parameter, which counts as a constant. Empty boxes can reach -1.5.
    """
    return _tiled(_ciou, ours, theirs)


@dataclass(frozen=True, slots=True)
class Parts:
    """What the four measures are made of, for every pair. Areas and distances are in squared units."""

    intersection: Float[Tensor, "n m"]
    union: Float[Tensor, "n m"]
    enclosing: Float[Tensor, "n m"]  # area of the smallest box that holds both
    centre_distance_squared: Float[Tensor, "n m"]
    diagonal_squared: Float[Tensor, "n m"]  # of the enclosing box
    aspect: Float[Tensor, "n m"]  # v of CIoU, in [0, 1]
    alpha: Float[Tensor, "n m"]  # of CIoU, in [0, 1]


def pairwise_parts(ours: Float[Tensor, "n 4"], theirs: Float[Tensor, "m 4"]) -> Parts:
    """The terms of the four formulas, from the same code that computes the measures."""
    a, b = _columns(ours), _sides(theirs)
    intersection = _intersection(a, b)
    aspect = _aspect(a, b)
    return Parts(
        intersection=intersection,
        union=_union(a, b, intersection),
        enclosing=_enclosing(a, b),
        centre_distance_squared=_centre_distance_squared(a, b),
        diagonal_squared=_diagonal_squared(a, b),
        aspect=aspect,
        alpha=_trade_off(aspect, _iou(a, b, intersection)),
    )


class _Sides(NamedTuple):
    """The coordinates of boxes as four planes: whole (n, m) planes are several times faster than (n, m, 2) corners."""

    x1: Tensor
    y1: Tensor
    x2: Tensor
    y2: Tensor


def _sides(boxes: Tensor) -> _Sides:
    """Four rows `(n,)`, with the second corner moved to the first where the box is inverted."""
    x1, y1, x2, y2 = (boxes.float() if boxes.dtype in HALVES else boxes).T.contiguous().unbind(0)
    return _Sides(x1, y1, torch.maximum(x1, x2), torch.maximum(y1, y2))


def _columns(boxes: Tensor) -> _Sides:
    """The same as columns `(n, 1)`, which meet the rows of other boxes in an `(n, m)` plane."""
    return _Sides(*(side.unsqueeze(1) for side in _sides(boxes)))


def _tiled(measure: Callable[[_Sides, _Sides], Tensor], ours: Tensor, theirs: Tensor) -> Tensor:
    """The whole `(n, m)` matrix, on a CPU a few rows at a time.

    A tile stays in the cache of one core, below the size at which torch hands an operation to all threads and waits
    for the slowest: on a busy machine that wait takes ten times as long as the work.
    """
    a, b = _columns(ours), _sides(theirs)
    rows = max(1, TILE // max(1, len(theirs)))
    if ours.device.type != "cpu" or len(ours) <= rows:
        return measure(a, b)
    tiles = zip(*(side.split(rows) for side in a), strict=True)
    return torch.cat([measure(_Sides(*tile), b) for tile in tiles])


# The planes below are fresh, so they are changed in place, except where autograd needs the value that would be lost.


def _area(a: _Sides) -> Tensor:
    return (a.x2 - a.x1) * (a.y2 - a.y1)


def _intersection(a: _Sides, b: _Sides) -> Tensor:
    width = torch.minimum(a.x2, b.x2).sub_(torch.maximum(a.x1, b.x1)).relu_()
    height = torch.minimum(a.y2, b.y2).sub_(torch.maximum(a.y1, b.y1)).relu_()
    return width * height


def _union(a: _Sides, b: _Sides, intersection: Tensor) -> Tensor:
    return (_area(a) + _area(b)).sub_(intersection)


def _iou(a: _Sides, b: _Sides, intersection: Tensor) -> Tensor:
    ours = _area(a)
    # The intersection is at most our area, also after rounding: where that is 0, any union gives the right answer, 0.
    ours = ours.masked_fill(ours == 0, 1)
    return intersection / (ours + _area(b)).sub_(intersection)


def _hull(a: _Sides, b: _Sides) -> tuple[Tensor, Tensor]:
    width = torch.maximum(a.x2, b.x2).sub_(torch.minimum(a.x1, b.x1))
    height = torch.maximum(a.y2, b.y2).sub_(torch.minimum(a.y1, b.y1))
    return width, height


def _enclosing(a: _Sides, b: _Sides) -> Tensor:
    width, height = _hull(a, b)
    return width * height


def _diagonal_squared(a: _Sides, b: _Sides) -> Tensor:
    width, height = _hull(a, b)
    return width.square_().add_(height.square_())


def _centre_distance_squared(a: _Sides, b: _Sides) -> Tensor:
    dx = (a.x1 + a.x2) / 2 - (b.x1 + b.x2) / 2
    dy = (a.y1 + a.y2) / 2 - (b.y1 + b.y2) / 2
    return dx.square_().add_(dy.square_())


def _giou(a: _Sides, b: _Sides) -> Tensor:
    intersection = _intersection(a, b)
    enclosing = _enclosing(a, b)
    # The union of two boxes of which one holds the other can round to a little more than the enclosing box.
    unfilled = (enclosing - _union(a, b, intersection)).relu_()
    return _iou(a, b, intersection).sub_(_share(unfilled, enclosing))


def _diou(a: _Sides, b: _Sides, iou: Tensor) -> Tensor:
    return iou - _share(_centre_distance_squared(a, b), _diagonal_squared(a, b))


def _ciou(a: _Sides, b: _Sides) -> Tensor:
    iou = _iou(a, b, _intersection(a, b))
    aspect = _aspect(a, b)
    return _diou(a, b, iou).sub_(_trade_off(aspect, iou) * aspect)


def _aspect(a: _Sides, b: _Sides) -> Tensor:
    # atan2 is the paper's arctan(w / h) for boxes with height, and stays finite for those without.
    ours = torch.atan2(a.x2 - a.x1, a.y2 - a.y1)
    theirs = torch.atan2(b.x2 - b.x1, b.y2 - b.y1)
    return (ours - theirs).square_().mul_(4 / math.pi**2)


def _trade_off(aspect: Tensor, iou: Tensor) -> Tensor:
    with torch.no_grad():
        return _share(aspect, (1 - iou).add_(aspect))


def _share(part: Tensor, whole: Tensor) -> Tensor:
    """`part / whole`, and 0 where both are 0."""
    return part / whole.masked_fill(whole == 0, 1)
