"""Which anchor belongs to which object: the textbook's greedy pairs, the thresholds of RPN, the responsible cell of YOLO.

The objects a person marked are called truths. IoU comes as the matrix that `pairwise_iou(anchors, truths)` makes: a row for
each anchor, a column for each truth. All ties go to the lowest index, of the anchor first.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int64
from torch import Tensor

from core.boxes.anchors import lay
from core.boxes.formats import to_cxcywh
from core.boxes.iou import pairwise_iou
from core.boxes.layout import Level, Size, grid_level
from core.errors import SettingError

BACKGROUND = -1
"""An anchor that has no truth: it learns to say that there is nothing."""

IGNORED = -2
"""An anchor that is neither close to a truth nor far from all of them: it learns nothing."""

STRIPS = 32  # the rows of a block are a multiple of it


def match_greedy(iou: Float[Tensor, "n m"], *, threshold: float) -> Int64[Tensor, " n"]:
    """The truth of each anchor, or `BACKGROUND`.

    First the largest entry of the whole matrix is paired and its row and column are struck, until every truth has an
    anchor or no anchor is left. So with at least as many anchors as truths each truth gets one, even where all that is left
    for it is an IoU of 0. Then each remaining anchor takes the truth it overlaps most, if that IoU is at least `threshold`.

    Zhang et al., Dive into Deep Learning, 2023, section 14.4.

    Raises:
        SettingError: `threshold` is outside [0, 1].
    """
    if not 0 <= threshold <= 1:
        raise SettingError(f"threshold must lie in [0, 1], got {threshold}.")
    if iou.numel() == 0:
        return _all_background(iou)
    best, truth = iou.max(dim=1)
    matched = truth.masked_fill(best < threshold, BACKGROUND)
    for anchor, column in _greedy_pairs(iou):
        matched[anchor] = column
    return matched


def match_by_threshold(iou: Float[Tensor, "n m"], *, positive: float, negative: float) -> Int64[Tensor, " n"]:
    """The truth of each anchor, or `BACKGROUND`, or `IGNORED`.

    An anchor's best IoU decides: at least `positive`, it takes that truth; below `negative` it is background; between the two
    it is ignored. Every anchor that no other anchor beats on some truth is positive too, whatever that IoU, and takes the
    truth that is best for itself. Where each truth overlaps some anchor, that is torchvision's Matcher with
    `allow_low_quality_matches`.

    Ren et al., Faster R-CNN, 2015, section 3.1.2.

    Raises:
        SettingError: not 0 <= `negative` <= `positive` <= 1.
    """
    if not 0 <= negative <= positive <= 1:
        raise SettingError(
            f"thresholds must satisfy 0 <= negative <= positive <= 1, got negative {negative} and positive {positive}.",
            "Move one of the two.",
        )
    if iou.numel() == 0:
        return _all_background(iou)
    best, truth = iou.max(dim=1)
    empty_handed = torch.where(best < negative, BACKGROUND, IGNORED)
    return torch.where((best >= positive).logical_or_(_unbeaten(iou)), truth, empty_handed)


@dataclass(frozen=True, slots=True, eq=False)
class Activation:
    """The cell and the anchor that answer for one truth."""

    cell: tuple[int, int]  # row, column
    distance: float  # of the truth's centre to the cell's centre, in pixels: |dx| + |dy|
    distances: Float[Tensor, "rows cols"]  # the same for all cells
    iou: Float[Tensor, " a"]  # of the truth with each anchor of the cell
    anchor: int  # the one with the largest IoU
    flat_index: int  # its row in `grid_anchors`


def activated_anchors(
    truth: Float[Tensor, "n 4"], *, rows: int, cols: int, height: int, width: int, shapes: Sequence[Size]
) -> tuple[Activation, ...]:
    """The anchor of `grid_anchors` that answers for each truth, a box `(x1, y1, x2, y2)` in photo pixels.

    The responsible cell is the one whose centre is closest to the truth's by Manhattan distance, and of its anchors the
    one with the largest IoU is activated. Two truths may get the same anchor: this rule does not look at the others.

    YOLO as the course builds it; after Redmon et al., You Only Look Once, 2016, section 2, where the cell that holds the
    centre is responsible, which is the same cell.
    """
    level = grid_level(rows, cols, height=height, width=width, shapes=shapes)
    anchors = lay(level, device=truth.device, dtype=truth.dtype).view(-1, rows * cols, 4)
    centres = to_cxcywh(anchors[0])[:, :2]
    distances = (to_cxcywh(truth)[:, None, :2] - centres).abs().sum(dim=2)
    return tuple(
        _activate(box, level, apart.view(rows, cols), anchors)
        for box, apart in zip(truth.unsqueeze(1), distances, strict=True)
    )


def _activate(box: Tensor, level: Level, distances: Tensor, anchors: Tensor) -> Activation:
    place = int(distances.argmin())
    row, col = divmod(place, level.cols)
    iou = pairwise_iou(anchors[:, place], box).squeeze(1)
    anchor = int(iou.argmax())
    return Activation(
        cell=(row, col),
        distance=float(distances[row, col]),
        distances=distances,
        iou=iou,
        anchor=anchor,
        flat_index=level.index(row, col, anchor),
    )


def _all_background(iou: Tensor) -> Tensor:
    return torch.full((len(iou),), BACKGROUND, dtype=torch.int64, device=iou.device)


def _block_side(iou: Tensor) -> int:
    return STRIPS * max(1, math.isqrt(len(iou)) // STRIPS)


def _peaks(iou: Tensor) -> Tensor:
    """The largest entry of each column in each block of about sqrt(n) rows, `(blocks, m)`.

    Looking for an entry then means looking at the peaks and into one block, rather than at the whole matrix again.
    """
    side = _block_side(iou)
    blocks = len(iou) // side
    # A block is folded into strips first: comparing whole strips runs over long stretches of memory, which is five to
    # ten times as fast as going down columns that are m numbers apart.
    peaks = iou[: blocks * side].unflatten(0, (blocks, STRIPS, side // STRIPS)).amax(dim=1).amax(dim=1)
    rest = iou[blocks * side :]
    return torch.cat((peaks, rest.amax(dim=0, keepdim=True))) if len(rest) else peaks


def _greedy_pairs(iou: Tensor) -> list[tuple[int, int]]:
    """Row and column of the largest entry, again and again without the rows and columns that were taken."""
    side, peaks = _block_side(iou), _peaks(iou)
    taken_rows = torch.zeros(len(iou), 1, dtype=torch.bool, device=iou.device)
    taken_columns = torch.zeros(iou.shape[1], dtype=torch.bool, device=iou.device)
    pairs: list[tuple[int, int]] = []
    for _ in range(min(iou.shape)):
        number = int(peaks.argmax()) // iou.shape[1]
        rows = slice(number * side, (number + 1) * side)
        block = iou[rows].masked_fill(taken_rows[rows] | taken_columns, -torch.inf)
        row, column = divmod(int(block.argmax()), iou.shape[1])
        pairs.append((rows.start + row, column))
        taken_rows[rows.start + row] = taken_columns[column] = True
        block[row] = -torch.inf
        peaks[number] = block.amax(dim=0)
        peaks[:, taken_columns] = -torch.inf
    return pairs


def _unbeaten(iou: Tensor) -> Tensor:
    """Which anchors have the largest IoU, or one of several equal ones, with some truth: `(n,)` booleans."""
    side, peaks = _block_side(iou), _peaks(iou)
    best = peaks.amax(dim=0)
    # torchvision finds every anchor "best" for a truth that none touches, and turns all of them positive.
    best = best.masked_fill(best <= 0, torch.inf)
    unbeaten = torch.zeros(len(iou), dtype=torch.bool, device=iou.device)
    for number in (peaks == best).any(dim=1).nonzero().flatten().tolist():
        rows = slice(number * side, (number + 1) * side)
        unbeaten[rows] = (iou[rows] == best).any(dim=1)
    return unbeaten
