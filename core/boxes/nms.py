"""Greedy non-maximum suppression that tells what it did: the best box wins, and removes whoever overlaps it too much.

Boxes are rows `(x1, y1, x2, y2)` in any unit. The race is one of falling scores, ties by index; a box is removed where its
overlap with a winner is above the threshold (exactly the threshold is not). With labels only boxes of one class race
against each other, and the steps of all classes are told as one story, by falling score.

    NMS       Girshick et al., Rich Feature Hierarchies (R-CNN), 2014, section 2.2; torchvision.ops.nms
    DIoU-NMS  Zheng et al., Distance-IoU Loss, 2020, section "Non-Maximum Suppression using DIoU"
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int64
from torch import Tensor

from core.boxes.candidates import Candidates, candidates, overlap, read_only
from core.boxes.nms_survival import Interval, survival
from core.boxes.nms_trace import NmsTrace
from core.boxes.settings import Measure
from core.errors import SettingError

TILE = 65_536  # overlaps computed at a time, which stay in the cache of one core
SMALLEST, LARGEST = 8, 64  # boxes in a block


@dataclass(frozen=True, eq=False, kw_only=True)
class GreedyTrace(NmsTrace):
    """A race with a threshold, which can also be asked about all other thresholds."""

    def survives_at(self, box: int) -> tuple[Interval, ...]:
        """The thresholds at which `box` would be kept, exactly: intervals in [0, 1], from low to high.

        A higher threshold can also revive a better box that then removes this one, so there may be gaps.

        Raises:
            SettingError: there is no such box.
        """
        self.candidates.check(box)
        return survival(self.candidates, self.measure, box)


def trace_nms(
    boxes: Float[Tensor, "n 4"],
    scores: Float[Tensor, " n"],
    *,
    iou_threshold: float,
    labels: Int64[Tensor, " n"] | None = None,
) -> GreedyTrace:
    """Keep the boxes that `torchvision.ops.nms` keeps, with the reasons; with `labels`, those that it keeps of each class.

    Raises:
        SettingError: `iou_threshold` is outside [0, 1], scores or labels do not belong to the boxes, or a number is
            infinite or nan.
    """
    return _trace(candidates(boxes, scores, labels), Measure.IOU, iou_threshold)


def trace_diou_nms(
    boxes: Float[Tensor, "n 4"],
    scores: Float[Tensor, " n"],
    *,
    iou_threshold: float,
    labels: Int64[Tensor, " n"] | None = None,
) -> GreedyTrace:
    """The same with DIoU in place of IoU: two boxes with centres apart may overlap more before one removes the other.

    The paper removes from the threshold on, here it takes more than the threshold, as with IoU: so a threshold of 1
    keeps all boxes.

    Raises:
        SettingError: as for `trace_nms`.
    """
    return _trace(candidates(boxes, scores, labels), Measure.DIOU, iou_threshold)


def _trace(racers: Candidates, measure: Measure, threshold: float) -> GreedyTrace:
    if not 0 <= threshold <= 1:
        raise SettingError(f"iou_threshold must lie in [0, 1], got {threshold}.")
    order = racers.order()
    winner = np.arange(len(racers))
    overlaps = np.zeros(len(racers), racers.sides.dtype)
    for line in racers.lines():
        best, overlaps[line] = _race(racers.sides[:, line], measure, _limit(threshold, racers.sides.dtype))
        winner[line] = line[best]
    return GreedyTrace(
        candidates=racers,
        measure=measure,
        threshold=float(threshold),
        winners=read_only(order[winner[order] == order]),
        winner=read_only(winner),
        overlap=read_only(overlaps),
    )


def _limit(threshold: float, dtype: np.dtype) -> np.floating:
    """The largest number of this type that is not above the threshold.

    torchvision compares a float32 overlap with a float64 threshold. A threshold of 0.7 lies between two float32s, and
    rounding it to the upper one would spare an overlap that is exactly that.
    """
    limit = dtype.type(threshold)
    return limit if float(limit) <= threshold else np.nextafter(limit, dtype.type(0))


def _race(sides: np.ndarray, measure: Measure, limit: np.floating) -> tuple[np.ndarray, np.ndarray]:
    """For each place of a line sorted by score, the place of the winner that decided it, and their overlap.

    The race is run in blocks of the best that are left: first among themselves, then their winners against everybody else
    at once. Of several winners that would remove a box the first one does, as if they had come one by one.
    """
    count = sides.shape[1]
    winner, overlaps = np.arange(count), np.zeros(count, sides.dtype)
    places = np.arange(count)
    while len(places):
        wins = _winners(sides[:, : min(LARGEST, max(SMALLEST, TILE // len(places)))], measure, limit)
        rows = overlap(sides[:, wins, None], sides[:, None], measure)
        hits = rows > limit
        hits[np.arange(len(wins)), wins] = False
        dies = np.flatnonzero(hits.any(axis=0))
        first = hits.argmax(axis=0)[dies]
        winner[places[dies]], overlaps[places[dies]] = places[wins[first]], rows[first, dies]
        left = np.ones(len(places), bool)
        left[dies] = left[wins] = False
        places, sides = places[left], sides[:, left]
    return winner, overlaps


def _winners(sides: np.ndarray, measure: Measure, limit: np.floating) -> np.ndarray:
    """The places of the winners of a race among few."""
    lets_live = overlap(sides[:, :, None], sides[:, None], measure) <= limit
    racing = np.ones(len(lets_live), bool)
    for place in range(len(racing)):
        if racing[place]:
            racing[place + 1 :] &= lets_live[place, place + 1 :]
    return np.flatnonzero(racing)
