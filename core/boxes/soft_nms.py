"""Soft suppression: who overlaps a winner is not removed but loses score, and may still win later.

The box with the highest score wins; the scores of all others fall by how much they overlap it; and so on. A box leaves the
race without winning where its score falls below a threshold. As its score falls with every winner that it overlaps, the last
of them is the one that removed it.

    Bodla et al., Soft-NMS: Improving Object Detection With One Line of Code, 2017, figure 2 and section 3
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from jaxtyping import Float, Float64, Int64
from torch import Tensor

from core.boxes.candidates import candidates, not_negative, overlap, read_only
from core.boxes.decay import Decay, DecaySettings
from core.boxes.nms_trace import NOBODY, NmsTrace, Rivals
from core.boxes.settings import Measure

STRIDE = 32
"""Scores are noted down at every step of this many, and replayed from there to the steps in between."""


@dataclass(frozen=True, eq=False, kw_only=True)
class SoftTrace(NmsTrace):
    """A race in which scores fall. `final` holds the score that each box had when it was decided."""

    settings: DecaySettings
    final: Float64[np.ndarray, " n"]

    @property
    def scores_when_decided(self) -> Float64[np.ndarray, " n"]:
        """`final`."""
        return self.final

    def racing(self, step: int) -> Int64[np.ndarray, " m"]:
        """The boxes that are still in the race when decision `step` is taken, best first by their scores at that moment.

        Raises:
            SettingError: there is no such step.
        """
        left = np.sort(super().racing(step))
        return left[np.argsort(-self.scores_at(step)[left], kind="stable")]

    def scores_at(self, step: int) -> Float64[np.ndarray, " n"]:
        """The score of every box before decision `step`; that of a box decided before is its last one.

        Raises:
            SettingError: there is no such step.
        """
        self._check_step(step, len(self))
        scores = self._noted[step // STRIDE].copy()
        for earlier in range(step - step % STRIDE, step):
            self._decay(scores, earlier)
        return scores

    def rivals(self, step: int) -> Rivals:
        """The winner's row of overlaps at decision `step`, and the scores of all that raced against it, before and after.

        Raises:
            SettingError: there is no such decision.
        """
        self._check_step(step, len(self) - 1)
        winner = int(self.winners[step])
        others = self.candidates.classmates(winner, self.racing(step))
        return Rivals(
            index=others,
            overlap=self.candidates.overlap(winner, others),
            before=self.scores_at(step)[others],
            after=self.scores_at(step + 1)[others],
        )

    def falls(self) -> Iterator[tuple[Int64[np.ndarray, " m"], Float64[np.ndarray, " m"], Float64[np.ndarray, " m"]]]:
        """For each decision the boxes whose scores fall in it, and these scores before and after: the race run once more."""
        scores = self.candidates.scores.astype(np.float64)
        for step in range(len(self)):
            before = scores.copy()
            self._decay(scores, step)
            index = np.flatnonzero(scores < before)
            yield index, before[index], scores[index]

    @cached_property
    def _noted(self) -> np.ndarray:
        """The scores at every step that is a multiple of `STRIDE`: all of them would be many megabytes."""
        scores = self.candidates.scores.astype(np.float64)
        noted = [scores.copy()]
        for step in range(len(self)):
            self._decay(scores, step)
            if (step + 1) % STRIDE == 0:
                noted.append(scores.copy())
        return np.stack(noted)

    def _decay(self, scores: np.ndarray, step: int) -> None:
        winner = int(self.winners[step])
        others = self.candidates.classmates(winner, np.flatnonzero(self.step >= step))
        scores[others] *= _share(self.candidates.overlap(winner, others), self.settings)


def trace_soft_nms(
    boxes: Float[Tensor, "n 4"],
    scores: Float[Tensor, " n"],
    *,
    decay: Decay = Decay.GAUSSIAN,
    sigma: float = 0.5,
    iou_threshold: float = 0.3,
    score_threshold: float = 0.001,
    labels: Int64[Tensor, " n"] | None = None,
) -> SoftTrace:
    """Let scores fall with overlap: by 1 - IoU from `iou_threshold` on (linear), or by exp(-IoU² / `sigma`) (Gaussian).

    Boxes whose score is below `score_threshold` are removed, also before the first step: then nobody's overlap decided.
    The paper's pseudo-code keeps all boxes to the end, as a `score_threshold` of 0 does.

    Raises:
        SettingError: a setting has no meaning, scores or labels do not belong to the boxes, a number is infinite or nan,
            or a score is negative.
    """
    settings = DecaySettings(decay=decay, sigma=sigma, iou_threshold=iou_threshold, score_threshold=score_threshold)
    racers = not_negative(candidates(boxes, scores, labels))
    winner = np.full(len(racers), NOBODY)
    overlaps = np.zeros(len(racers), racers.sides.dtype)
    final = racers.scores.astype(np.float64)
    for line in racers.lines():
        line = np.sort(line[final[line] >= score_threshold])
        places, overlaps[line], final[line] = _race(racers.sides[:, line], final[line], settings)
        winner[line] = line[places]
    winners = np.flatnonzero(winner == np.arange(len(racers)))
    return SoftTrace(
        candidates=racers,
        measure=Measure.IOU,
        threshold=settings.iou_threshold if decay is Decay.LINEAR else None,
        score_threshold=settings.score_threshold,
        winners=read_only(winners[np.argsort(-final[winners], kind="stable")]),
        winner=read_only(winner),
        overlap=read_only(overlaps),
        settings=settings,
        final=read_only(final),
    )


def _race(sides: np.ndarray, scores: np.ndarray, settings: DecaySettings) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """For each place of a line sorted by index: the place of the winner that decided it, their overlap, its last score."""
    places = np.arange(len(scores))
    winner, overlaps, final = places.copy(), np.zeros(len(scores), sides.dtype), scores.copy()
    while len(places):
        best = scores.argmax()
        final[places[best]] = scores[best]
        rest = np.ones(len(places), bool)
        rest[best] = False
        first, here = places[best], sides[:, best]
        places, sides, scores = places[rest], sides[:, rest], scores[rest]
        row = overlap(here, sides)
        scores *= _share(row, settings)
        lives = scores >= settings.score_threshold
        gone = places[~lives]
        winner[gone], overlaps[gone], final[gone] = first, row[~lives], scores[~lives]
        places, sides, scores = places[lives], sides[:, lives], scores[lives]
    return winner, overlaps, final


def _share(overlaps: np.ndarray, settings: DecaySettings) -> np.ndarray:
    """What each box keeps of its score."""
    iou = overlaps.astype(np.float64)
    if settings.decay is Decay.GAUSSIAN:
        return np.exp(-(iou**2) / settings.sigma)
    return np.where(iou >= settings.iou_threshold, 1 - iou, 1.0)
