"""Non-maximum suppression: every decision of a race, why a box vanished, and what a threshold does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple, TypeAlias

import numpy as np
import torch
from jaxtyping import Float64, Int64

from core.boxes.evaluation import Detections, Truths, evaluate
from core.boxes.files import BoxTable
from core.boxes.matrix_nms import MatrixNms, matrix_nms
from core.boxes.nms import GreedyTrace, trace_diou_nms, trace_nms
from core.boxes.nms_settings import MOST_BOXES, Method, NmsSettings
from core.boxes.nms_trace import NOBODY
from core.boxes.settings import Labelled
from core.boxes.soft_nms import SoftTrace, trace_soft_nms
from core.errors import SettingError
from core.experiments.cost import Cost, Meter

MOST_CHANGES = 40_000
"""Changes of scores that are told one by one; above it only the larger ones are."""

THRESHOLDS = tuple(place / 100 for place in range(101))
SIGMAS = tuple(place / 40 for place in range(1, 81))
"""The values of a curve: those that the sliders can take are among them."""

Result: TypeAlias = GreedyTrace | SoftTrace | MatrixNms


@dataclass(frozen=True, slots=True, eq=False)
class Race:
    """A whole race. Decision d, counted from 0, has the winner `winners[d]`.

    Of each box: `winner` decided it (itself where it is kept, -1 where its score was too low from the start), at decision
    `step`, by `overlap`; `final` is its score in the end. `changes[d]` holds each box whose score fell in decision d,
    and its score after it; of many, those that fell by little are left out. Where all scores fall at once, that is in
    decision 0.
    """

    settings: NmsSettings
    winners: Int64[np.ndarray, " k"]
    winner: Int64[np.ndarray, " n"]
    step: Int64[np.ndarray, " n"]
    overlap: Float64[np.ndarray, " n"]
    final: Float64[np.ndarray, " n"]
    changes: tuple[tuple[tuple[int, float], ...], ...]
    result: Result
    cost: Cost

    @property
    def kept(self) -> tuple[int, ...]:
        """The boxes that are left, best first."""
        return tuple(self.result.kept.tolist())


@dataclass(frozen=True, slots=True)
class Why:
    """What became of one box, and the numbers that decided.

    `step` and `winner` are None where its score was too low from the start. `lives` are the IoU thresholds at which it
    would be kept, as intervals from start to below end, where the method has such a threshold and no decay; else None.
    `rival_overlap` is how far a rival of matrix suppression is itself overlapped.
    """

    box: int
    kept: bool
    step: int | None
    winner: int | None
    overlap: float | None
    before: float
    after: float
    lives: tuple[tuple[float, float], ...] | None = None
    rival_overlap: float | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """What is left at one value of the threshold (or of sigma), and how good that is where truths are known."""

    at: float
    kept: int
    precision: float | None = None
    recall: float | None = None
    average_precision: float | None = None


def race(table: BoxTable, settings: NmsSettings) -> Race:
    """Suppress, and tell every decision.

    Raises:
        SettingError: there are too many boxes.
    """
    if len(table.labels) > MOST_BOXES:
        raise SettingError(
            f"There are {len(table.labels):,} boxes; the most that race here are {MOST_BOXES:,}.",
            "Keep the surest ones.",
        )
    with Meter(torch.device("cpu")) as meter:
        result = suppress(table.detections(), settings)
        told = _at_once(result) if isinstance(result, MatrixNms) else _one_by_one(result)
    return Race(settings=settings, final=_final(result), result=result, cost=meter.cost, **told._asdict())


def suppress(found: Detections, settings: NmsSettings) -> Result:
    """Suppress by whatever method, with the reasons, and without a bill.

    Raises:
        SettingError: a box or a score is no number.
    """
    labels = found.labels if settings.per_class else None
    decay = settings.decay_settings()
    match settings.method:
        case Method.GREEDY:
            return trace_nms(found.boxes, found.scores, iou_threshold=settings.iou_threshold, labels=labels)
        case Method.DIOU:
            return trace_diou_nms(found.boxes, found.scores, iou_threshold=settings.iou_threshold, labels=labels)
        case Method.MATRIX:
            return matrix_nms(
                found.boxes,
                found.scores,
                decay=decay.decay,
                sigma=decay.sigma,
                score_threshold=decay.score_threshold,
                labels=labels,
            )
    return trace_soft_nms(
        found.boxes,
        found.scores,
        decay=decay.decay,
        sigma=decay.sigma,
        iou_threshold=decay.iou_threshold,
        score_threshold=decay.score_threshold,
        labels=labels,
    )


def why(found: Race, box: int) -> Why:
    """What became of one box.

    Raises:
        SettingError: there is no such box.
    """
    result = found.result
    if isinstance(result, MatrixNms):
        verdict = result.why(box)
        raced = verdict.before >= verdict.score_threshold
        return Why(
            box=box,
            kept=verdict.kept,
            step=int(found.step[box]) if raced else None,
            winner=verdict.rival if raced else None,
            overlap=verdict.overlap if raced else None,
            before=verdict.before,
            after=verdict.after,
            rival_overlap=verdict.rival_overlap if raced else None,
        )
    verdict = result.why(box)
    lives = tuple((one.start, one.end) for one in result.survives_at(box)) if isinstance(result, GreedyTrace) else None
    return Why(
        box=box,
        kept=verdict.kept,
        step=verdict.step,
        winner=verdict.winner,
        overlap=verdict.overlap,
        before=float(result.candidates.scores[box]),
        after=float(found.final[box]),
        lives=lives,
    )


def swept(settings: NmsSettings) -> tuple[float, ...]:
    """All values of a curve: `THRESHOLDS`, or for Gaussian decay and matrix suppression `SIGMAS`."""
    return THRESHOLDS if settings.method.has_threshold else SIGMAS


def curve(
    table: BoxTable, settings: NmsSettings, truths: Sequence[Labelled], values: Sequence[float] | None = None
) -> tuple[Point, ...]:
    """What is left at `values` of what is `swept`: at all of them, if none are named.

    Precision, recall and AP are those of what is left, at an IoU of 0.5 with the truths. One of a class that no box has is
    missed like any other.
    """
    names = tuple(dict.fromkeys((*table.classes, *(one.label for one in truths))))
    known = Truths(
        torch.tensor([one.box for one in truths], dtype=torch.float64).reshape(-1, 4),
        torch.tensor([names.index(one.label) for one in truths], dtype=torch.int64),
    )
    every, setting = table.detections(), "iou_threshold" if settings.method.has_threshold else "sigma"
    return tuple(
        _point(every, replace(settings, **{setting: value}), value, known)
        for value in (swept(settings) if values is None else values)
    )


def _final(result: Result) -> Float64[np.ndarray, " n"]:
    scores = result.scores if isinstance(result, MatrixNms) else result.scores_when_decided
    return scores.astype(np.float64)


class _Told(NamedTuple):
    """The columns of a `Race` that tell who decided what."""

    winners: np.ndarray
    winner: np.ndarray
    step: np.ndarray
    overlap: np.ndarray
    changes: tuple[tuple[tuple[int, float], ...], ...]


def _one_by_one(trace: GreedyTrace | SoftTrace) -> _Told:
    changes = _changes(trace) if isinstance(trace, SoftTrace) else ()
    return _Told(trace.winners, trace.winner, trace.step, trace.overlap.astype(np.float64), changes)


def _changes(trace: SoftTrace) -> tuple[tuple[tuple[int, float], ...], ...]:
    falls = list(trace.falls())
    every = np.concatenate([np.zeros(0), *(before - after for _, before, after in falls)])
    least = np.partition(every, -MOST_CHANGES)[-MOST_CHANGES] if len(every) > MOST_CHANGES else 0.0
    told = []
    for index, before, after in falls:
        seen = before - after >= least
        told.append(tuple(zip(index[seen].tolist(), after[seen].tolist(), strict=True)))
    return tuple(told)


def _at_once(result: MatrixNms) -> _Told:
    """All at once: every box that is removed leaves in decision 0, and those that are kept come best first.

    A box below the threshold from the start is nobody's loss, though its score falls like the others.
    """
    kept = result.kept.numpy()
    count = len(result.scores)
    winner, step = np.full(count, NOBODY), np.zeros(count, np.int64)
    winner[:] = result.rival
    winner[kept], step[kept] = kept, np.arange(len(kept))
    before = result.candidates.scores.astype(np.float64)
    low = before < result.score_threshold
    winner[low] = step[low] = NOBODY
    fell = np.flatnonzero(result.scores < before)
    first = tuple(zip(fell.tolist(), result.scores[fell].tolist(), strict=True))
    overlap = np.where(low | (winner == np.arange(count)), 0.0, result.overlap.astype(np.float64))
    changes = (first, *[() for _ in kept[1:]]) if len(kept) else ()
    return _Told(kept, winner, step, overlap, changes)


def _point(every: Detections, settings: NmsSettings, at: float, known: Truths) -> Point:
    result = suppress(every, settings)
    kept = result.kept
    if not len(known.boxes):
        return Point(at, len(kept))
    scores = torch.from_numpy(_final(result))[kept]
    classes = 1 + int(torch.cat([every.labels, known.labels]).max())
    judged = evaluate([Detections(every.boxes[kept], scores, every.labels[kept])], [known], classes=classes)
    right = sum(row.right for row in judged.classes)
    return Point(
        at,
        len(kept),
        precision=right / len(kept) if len(kept) else None,
        recall=right / len(known.boxes),
        average_precision=judged.mean_average_precision(),
    )
