"""At which thresholds does a box survive non-maximum suppression? Exactly, and for all thresholds at once.

A box lives at a threshold t unless a better box that itself lives at t overlaps it by more than t. So the thresholds at
which a box lives are all of [0, 1] without, for each better box, those at which that one lives and that are below their
overlap. From the best box down, this gives every box its thresholds from those of its betters: no race is run at all.

They are not always one interval: a higher threshold may revive a better box, which then removes this one.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.boxes.candidates import Candidates, overlap
from core.boxes.settings import Measure


@dataclass(frozen=True, slots=True)
class Interval:
    """The thresholds from `start` on that are below `end`; an `end` of 1 belongs to it."""

    start: float
    end: float

    def __contains__(self, threshold: float) -> bool:
        return self.start <= threshold < self.end or threshold == self.end == 1


def survival(candidates: Candidates, measure: Measure, box: int) -> tuple[Interval, ...]:
    """The thresholds at which `box` is kept, from low to high; the last interval reaches 1, where every box is kept."""
    order = candidates.order()
    betters = candidates.classmates(box, order[: int(np.flatnonzero(order == box)[0])])
    sides = candidates.sides[:, np.append(betters, box)]
    sides = sides[:, _who_matters(sides, measure)]
    owners, starts, ends = np.empty(0, np.int64), np.empty(0), np.empty(0)
    for rank in range(sides.shape[1] - 1):
        own_starts, own_ends = _lives(_row(sides, rank, measure)[owners], starts, ends)
        owners = np.append(owners, np.full(len(own_starts), rank))
        starts, ends = np.append(starts, own_starts), np.append(ends, own_ends)
    lives = _lives(_row(sides, -1, measure)[owners], starts, ends)
    return tuple(Interval(start, min(end, 1.0)) for start, end in zip(*(side.tolist() for side in lives), strict=True))


def _row(sides: np.ndarray, rank: int, measure: Measure) -> np.ndarray:
    """The overlaps of a box with its betters, of boxes sorted by falling score."""
    return overlap(sides[:, rank], sides[:, :rank], measure)


def _who_matters(sides: np.ndarray, measure: Measure) -> np.ndarray:
    """Of boxes sorted by falling score the last, those that overlap it, the better ones that overlap those, and so on.

    From the worst to the best, who is in reach of whom is settled before it is asked.
    """
    reached = np.zeros(sides.shape[1], bool)
    reached[-1] = True
    for rank in range(len(reached) - 1, 0, -1):
        if reached[rank]:
            reached[:rank] |= _row(sides, rank, measure) > 0
    return reached


def _lives(overlaps: np.ndarray, starts: np.ndarray, ends: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Starts and ends of what is left of [0, 1], given when each better lives and the overlap with it.

    An end that belongs to its interval is infinite.
    """
    ends = np.minimum(ends, overlaps.astype(np.float64))
    dies = np.flatnonzero(starts < ends)
    dies = dies[np.argsort(starts[dies], kind="stable")]
    # Of deaths sorted by their start, the running maximum of the ends tells how far the dead stretch reaches.
    reach = np.maximum.accumulate(np.append(0.0, ends[dies]))
    following = np.append(starts[dies], np.inf)
    gaps = reach < following
    return reach[gaps], following[gaps]
