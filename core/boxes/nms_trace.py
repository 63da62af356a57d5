"""What a race of non-maximum suppression leaves behind: every decision, and the answers that follow from them.

A trace keeps the boxes and, for each box, the winner that decided it: five numbers a box and no more. Who was still in
the race at a step, and how much the winner overlapped each of them, is derived when somebody asks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from jaxtyping import Float, Int64
from torch import Tensor

from core.boxes.candidates import Candidates, read_only
from core.boxes.settings import Measure
from core.errors import SettingError

NOBODY = -1
"""The winner of a box that never raced."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One step: `winner` is kept, and every box in `suppressed` leaves the race."""

    step: int
    winner: int
    score: float  # of the winner, when it won
    suppressed: tuple[int, ...]  # by the scores they came with, best first
    overlaps: tuple[float, ...]  # of `suppressed`, with the winner


@dataclass(frozen=True, slots=True, eq=False)
class Rivals:
    """Every box that raced against the winner of a step, best first, and what the step did to its score.

    Boxes of other classes do not race against it. A score of 0 after the step is that of a suppressed box, as Bodla et
    al. (2017) write it.
    """

    index: Int64[np.ndarray, " m"]
    overlap: Float[np.ndarray, " m"]
    before: Float[np.ndarray, " m"]
    after: Float[np.ndarray, " m"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why one box was kept or removed.

    A box is removed by `winner` at `step`: either their `overlap` is above `threshold`, or, where suppression is soft,
    `overlap` let its `score` fall below `score_threshold`. If it was below from the beginning there is no winner and no step.

    A box is kept at the `step` at which it wins; then `winner` is the earlier winner that it overlaps most, of all that did
    not remove it, and None where it overlaps no earlier one.
    """

    box: int
    kept: bool
    step: int | None
    winner: int | None
    overlap: float | None  # with `winner`
    score: float  # when it was decided
    threshold: float | None  # None where overlap has none, in soft Gaussian suppression
    score_threshold: float | None  # None where suppression is not soft


@dataclass(frozen=True, eq=False, kw_only=True)
class NmsTrace:
    """A whole race: `kept` is its answer, and every other question is answered from the same decisions."""

    candidates: Candidates
    measure: Measure
    threshold: float | None
    score_threshold: float | None = None
    winners: Int64[np.ndarray, " k"]  # in the order in which they won
    winner: Int64[np.ndarray, " n"]  # of each box, who decided it: itself where it is kept, or `NOBODY`
    overlap: Float[np.ndarray, " n"]  # of each box with that winner, 0 where it is kept

    def __len__(self) -> int:
        """How many decisions there are: one for each box that is kept."""
        return len(self.winners)

    @cached_property
    def kept(self) -> Int64[Tensor, " k"]:
        """The boxes that are left, best first, on the CPU: what `torchvision.ops.nms` returns."""
        return torch.from_numpy(self.winners.copy())

    @property
    def kept_scores(self) -> Float[Tensor, " k"]:
        """The scores with which the boxes of `kept` won, in the precision in which they were given."""
        return torch.from_numpy(self.scores_when_decided[self.winners].astype(self.candidates.scores.dtype))

    @property
    def scores_when_decided(self) -> Float[np.ndarray, " n"]:
        """For each box its score when it was decided: the one it came with, unless suppression is soft."""
        return self.candidates.scores

    @cached_property
    def step(self) -> Int64[np.ndarray, " n"]:
        """For each box the step at which it was decided, -1 where it never raced."""
        number = np.empty(len(self.candidates), np.int64)
        number[self.winners] = np.arange(len(self.winners))
        raced = self.winner != NOBODY
        return read_only(np.where(raced, number[np.where(raced, self.winner, 0)], -1))

    @cached_property
    def decisions(self) -> tuple[Decision, ...]:
        """All decisions, in order."""
        return tuple(self._decisions())

    def racing(self, step: int) -> Int64[np.ndarray, " m"]:
        """The boxes that are still in the race when decision `step` is taken, best first; none after the last decision.

        Raises:
            SettingError: there is no such step.
        """
        self._check_step(step, len(self))
        return self._order[self.step[self._order] >= step]

    def rivals(self, step: int) -> Rivals:
        """The winner's row of overlaps at decision `step`, with all that raced against it.

        Raises:
            SettingError: there is no such decision.
        """
        self._check_step(step, len(self) - 1)
        winner = int(self.winners[step])
        others = self.candidates.classmates(winner, self.racing(step))
        before = self.candidates.scores[others]
        return Rivals(
            index=others,
            overlap=self.candidates.overlap(winner, others, self.measure),
            before=before,
            after=np.where(self.step[others] == step, 0, before).astype(before.dtype),
        )

    def why(self, box: int) -> Verdict:
        """The verdict on one box.

        Raises:
            SettingError: there is no such box.
        """
        self.candidates.check(box)
        step, winner = int(self.step[box]), int(self.winner[box])
        kept, raced = winner == box, winner != NOBODY
        rival, overlap = self._closest(box, step) if kept else (winner, float(self.overlap[box]))
        return Verdict(
            box=box,
            kept=kept,
            step=step if raced else None,
            winner=rival if raced else None,
            overlap=overlap if raced else None,
            score=float(self.scores_when_decided[box]),
            threshold=self.threshold,
            score_threshold=self.score_threshold,
        )

    @cached_property
    def _order(self) -> np.ndarray:
        return read_only(self.candidates.order())

    def _decisions(self) -> Iterator[Decision]:
        """Losers stand together by step once they are sorted by it, and stay sorted by score."""
        decided_by = self.winner[self._order]
        losers = self._order[(decided_by != self._order) & (decided_by != NOBODY)]
        losers = losers[np.argsort(self.step[losers], kind="stable")]
        ends = np.searchsorted(self.step[losers], np.arange(len(self)), side="right").tolist()
        indices, overlaps = losers.tolist(), self.overlap[losers].tolist()
        scores = self.scores_when_decided[self.winners].tolist()
        start = 0
        for step, (winner, score, end) in enumerate(zip(self.winners.tolist(), scores, ends, strict=True)):
            yield Decision(step, winner, score, tuple(indices[start:end]), tuple(overlaps[start:end]))
            start = end

    def _closest(self, box: int, step: int) -> tuple[int | None, float | None]:
        earlier = self.candidates.classmates(box, self.winners[:step])
        overlaps = self.candidates.overlap(box, earlier, self.measure)
        if not len(overlaps) or overlaps.max() <= 0:
            return None, None
        return int(earlier[overlaps.argmax()]), float(overlaps.max())

    def _check_step(self, step: int, last: int) -> None:
        if not 0 <= step <= last:
            raise SettingError(f"step must be from 0 to {last}, got {step}.")
