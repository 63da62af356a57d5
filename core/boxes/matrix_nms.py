"""Matrix suppression: the scores of all boxes fall at once, without a race.

How much of its score a box keeps is what its worst rival leaves it: of all better boxes i, the least of f(overlap with i),
made up for by how far i itself is suppressed, which is f(the largest overlap of i with a box better than i). A rival that
is itself overlapped as much as it overlaps takes nothing.

    Wang et al., SOLOv2: Dynamic and Fast Instance Segmentation, 2020, section 3.3, equations 4 and 5, there for masks
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from core.boxes.candidates import Candidates, candidates, not_negative, overlap, read_only
from core.boxes.decay import Decay, DecaySettings
from core.boxes.nms_trace import NOBODY

TILE = 65_536  # overlaps computed at a time, which stay in the cache of one core


@dataclass(frozen=True, slots=True)
class MatrixVerdict:
    """What became of the score of one box, and the better box that left it least."""

    box: int
    kept: bool
    before: float
    after: float
    score_threshold: float
    rival: int | None  # None where no better box takes anything
    overlap: float | None  # with the rival
    rival_overlap: float | None  # the largest that the rival itself has with a box better than it


@dataclass(frozen=True, eq=False, kw_only=True)
class MatrixNms:
    """All scores after suppression, and for each box the rival that decided, on the CPU."""

    candidates: Candidates
    score_threshold: float
    scores: Float64[np.ndarray, " n"]
    rival: Int64[np.ndarray, " n"]  # `NOBODY` where no better box takes anything
    overlap: Float[np.ndarray, " n"]  # with the rival
    worst: Float[np.ndarray, " n"]  # the largest overlap of each box with a better one

    @cached_property
    def kept(self) -> Int64[Tensor, " k"]:
        """The boxes whose score is not below the threshold, by falling score, ties by index, on the CPU."""
        order = np.argsort(-self.scores, kind="stable")
        return torch.from_numpy(order[self.scores[order] >= self.score_threshold])

    @property
    def kept_scores(self) -> Float[Tensor, " k"]:
        """The scores of `kept` after suppression, in the precision in which they were given."""
        return torch.from_numpy(self.scores[self.kept.numpy()].astype(self.candidates.scores.dtype))

    def why(self, box: int) -> MatrixVerdict:
        """The verdict on one box.

        Raises:
            SettingError: there is no such box.
        """
        self.candidates.check(box)
        rival = int(self.rival[box])
        return MatrixVerdict(
            box=box,
            kept=bool(self.scores[box] >= self.score_threshold),
            before=float(self.candidates.scores[box]),
            after=float(self.scores[box]),
            score_threshold=self.score_threshold,
            rival=None if rival == NOBODY else rival,
            overlap=None if rival == NOBODY else float(self.overlap[box]),
            rival_overlap=None if rival == NOBODY else float(self.worst[rival]),
        )


def matrix_nms(
    boxes: Float[Tensor, "n 4"],
    scores: Float[Tensor, " n"],
    *,
    decay: Decay = Decay.GAUSSIAN,
    sigma: float = 0.5,
    score_threshold: float = 0.001,
    labels: Int64[Tensor, " n"] | None = None,
) -> MatrixNms:
    """Let all scores fall at once: f is 1 - IoU (linear) or exp(-IoU² / `sigma`) (Gaussian).

    Raises:
        SettingError: a setting has no meaning, scores or labels do not belong to the boxes, a number is infinite or nan,
            or a score is negative.
    """
    settings = DecaySettings(decay=decay, sigma=sigma, score_threshold=score_threshold)
    racers = not_negative(candidates(boxes, scores, labels))
    share = np.ones(len(racers))
    overlaps, worst = (np.zeros(len(racers), racers.sides.dtype) for _ in range(2))
    rival = np.full(len(racers), NOBODY)
    for line in racers.lines():
        share[line], places, overlaps[line], worst[line] = _suppress(racers.sides[:, line], settings)
        rival[line] = np.where(places == NOBODY, NOBODY, line[places])
    return MatrixNms(
        candidates=racers,
        score_threshold=settings.score_threshold,
        scores=read_only(racers.scores * share),
        rival=read_only(rival),
        overlap=read_only(overlaps),
        worst=read_only(worst),
    )


def _suppress(sides: np.ndarray, settings: DecaySettings) -> tuple[np.ndarray, ...]:
    """Of a line by falling score: the share that each box keeps, the place of its rival, their overlap, and its worst.

    Some columns at a time: a box needs to know the worst overlap of its betters, which stand in earlier columns.
    """
    count = sides.shape[1]
    share, place = np.ones(count), np.full(count, NOBODY)
    with_rival, worst = (np.zeros(count, sides.dtype) for _ in range(2))
    width = max(1, TILE // max(1, count))
    for start in range(0, count, width):
        columns = np.arange(start, min(start + width, count))
        iou = overlap(sides[:, : columns[-1] + 1, None], sides[:, None, columns])
        iou[np.arange(len(iou))[:, None] >= columns] = 0
        worst[columns] = iou.max(axis=0)
        left = _share(iou.astype(np.float64), worst[: len(iou), None].astype(np.float64), settings)
        least = left.argmin(axis=0)
        share[columns] = left[least, columns - start]
        takes = share[columns] < 1
        place[columns[takes]] = least[takes]
        with_rival[columns[takes]] = iou[least[takes], np.flatnonzero(takes)]
    return share, place, with_rival, worst


def _share(iou: np.ndarray, worst: np.ndarray, settings: DecaySettings) -> np.ndarray:
    """f(iou) / f(worst), and 1 where that is above 1: the least of a column is never above, for the best box has no better.

    So the paper's 0 / 0, of a rival that is itself a copy, is never asked for.
    """
    if settings.decay is Decay.GAUSSIAN:
        return np.exp(np.minimum(worst**2 - iou**2, 0) / settings.sigma)
    return np.divide(1 - iou, 1 - worst, out=np.ones_like(iou), where=iou > worst)
