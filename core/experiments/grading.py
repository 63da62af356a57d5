"""How good the boxes of one photo are: a verdict on each, and what any confidence makes of them, all from one judgement.

Everything is judged once, down to the least score, and a confidence only cuts the line of detections. That gives the same
as judging anew, twice over:

    suppression  A box is decided by boxes of its class with higher scores alone. Greedy suppression therefore keeps the
                 same ones of those above the confidence, whether lower boxes raced or not. Methods that decay scores do so
                 too, where the score that counts is the one after the decay: boxes leave the race in its order.
    verdicts     Whom a detection points at depends on nobody, and it is a double only of a better one.

Precision, recall and AP: `core.boxes.evaluation`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float64
from torch import Tensor

from core.boxes.evaluation import (
    ClassResult,
    Detections,
    Evaluation,
    Interpolation,
    PrecisionRecall,
    Truths,
    Verdicts,
    evaluate,
)
from core.boxes.iou import pairwise_iou
from core.boxes.settings import Box
from core.errors import SettingError
from core.experiments.models import Found
from core.experiments.verdicts import LEAST_OVERLAP, Marked, Operating, Ruling, Verdict

COCO_THRESHOLDS = tuple(hundredth / 100 for hundredth in range(50, 100, 5))
"""IoU 0.50, 0.55, ..., 0.95: COCO's AP is the mean over them."""


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """Precision against recall of one class, or of `label` None: all classes in one line."""

    label: str | None
    line: PrecisionRecall

    @property
    def ap(self) -> float | None:
        """The whole area below the envelope, in [0, 1]; None where there is nothing to find."""
        return self.line.average_precision(Interpolation.ALL_POINTS)

    @property
    def ap_11(self) -> float | None:
        """The mean height of the envelope at recall 0, 0.1, ..., 1."""
        return self.line.average_precision(Interpolation.ELEVEN_POINTS)


@dataclass(frozen=True, slots=True, eq=False)
class Grade:
    """Every detection and every truth judged at one IoU `threshold`, down to the least score of `found` (best first).

    `rulings` belong to `found`. `counts` tells of each truth whether it is to be found: it is not difficult, and the
    detector knows its class. `finder` is the detection that is right with it, None where none is at any confidence.
    `coco` is the mean AP, at COCO's 101 recalls, for each of `COCO_THRESHOLDS`.
    """

    threshold: float
    found: tuple[Found, ...]
    truths: tuple[Marked, ...]
    rulings: tuple[Ruling, ...]
    counts: tuple[bool, ...]
    finder: tuple[int | None, ...]
    classes: tuple[Curve, ...]
    pooled: Curve
    coco: tuple[float | None, ...]

    @property
    def mean_ap(self) -> float | None:
        """The mean AP of the classes that have something to find."""
        return _mean([curve.ap for curve in self.classes])

    @property
    def mean_ap_11(self) -> float | None:
        """The same with eleven points."""
        return _mean([curve.ap_11 for curve in self.classes])

    @property
    def coco_ap(self) -> float | None:
        """The mean AP over classes and over IoU 0.50 to 0.95, as COCO tells it; matched as everywhere here."""
        return _mean(self.coco)

    def curve(self, label: str | None = None) -> Curve:
        """The curve of a class; of all of them in one line by default.

        Raises:
            SettingError: there is neither a detection nor a truth of this class.
        """
        found = next((one for one in (self.pooled, *self.classes) if one.label == label), None)
        if found is None:
            raise SettingError(f"Nothing here is called “{label}”.", "Choose one of the classes.")
        return found

    def at(self, confidence: float, label: str | None = None) -> Operating:
        """What counts when only detections with a score of at least `confidence` are shown."""
        return self.over((confidence,), label)[0]

    def over(self, confidences: Sequence[float], label: str | None = None) -> tuple[Operating, ...]:
        """The same at each of these confidences."""
        line = self.curve(label).line
        above = torch.searchsorted(-line.scores, -torch.tensor(confidences, dtype=torch.float64), right=True).tolist()
        right = [0, *line.right.cumsum(0).tolist()]
        return tuple(
            Operating(at, right[count], count - right[count], line.truths - right[count])
            for at, count in zip(confidences, above, strict=True)
        )

    def missed(self, confidence: float, label: str | None = None) -> tuple[int, ...]:
        """The truths that are to be found and are not, at this confidence."""
        return tuple(
            place
            for place, (truth, finder) in enumerate(zip(self.truths, self.finder, strict=True))
            if self.counts[place] and label in (None, truth.label)
            if finder is None or self.found[finder].score < confidence
        )


def grade(found: Sequence[Found], truths: Sequence[Marked], names: Sequence[str], *, threshold: float = 0.5) -> Grade:
    """Judge what a detector that knows the classes `names` found on a photo, by what somebody marked there.

    Truths of other classes are not to be found, but a box that lies on one is told so.

    Raises:
        SettingError: `threshold` is outside (0, 1].
    """
    ranked = tuple(sorted(found, key=lambda one: -one.score))  # stable: of equal scores the first given
    every = tuple(dict.fromkeys((*names, *(one.label for one in ranked))))
    counts = [one.label in every for one in truths]
    asked = [place for place, known in enumerate(counts) if known]
    detections, marked = _tensors(ranked, [truths[place] for place in asked], every)
    judged = [
        evaluate([detections], [marked], classes=len(every), threshold=one) for one in (threshold, *COCO_THRESHOLDS)
    ]
    (verdicts,) = judged[0].photos
    ruled = _rulings(ranked, truths, asked, verdicts, threshold)
    finder: list[int | None] = [None] * len(truths)
    for place, one in enumerate(ruled):
        if one.verdict is Verdict.RIGHT and one.truth is not None:
            finder[one.truth] = place
    curves = _curves(judged[0], every)
    return Grade(
        threshold=threshold,
        found=ranked,
        truths=tuple(truths),
        rulings=ruled,
        counts=tuple(known and not one.difficult for known, one in zip(counts, truths, strict=True)),
        finder=tuple(finder),
        classes=curves,
        pooled=Curve(None, _joined([curve.line for curve in curves])),
        coco=tuple(_mean([_at_101(row) for row in one.classes]) for one in judged[1:]),
    )


def _tensors(found: Sequence[Found], truths: Sequence[Marked], names: Sequence[str]) -> tuple[Detections, Truths]:
    place = {name: number for number, name in enumerate(names)}
    detections = Detections(
        _corners([one.box for one in found]),
        torch.tensor([one.score for one in found], dtype=torch.float64),
        torch.tensor([place[one.label] for one in found], dtype=torch.int64),
    )
    marked = Truths(
        _corners([one.box for one in truths]),
        torch.tensor([place[one.label] for one in truths], dtype=torch.int64),
        torch.tensor([one.difficult for one in truths], dtype=torch.bool),
    )
    return detections, marked


def _rulings(
    found: Sequence[Found], truths: Sequence[Marked], asked: Sequence[int], verdicts: Verdicts, threshold: float
) -> tuple[Ruling, ...]:
    """The verdict on each detection. `asked` are the places of the truths that `verdicts` knows, among all."""
    overlaps = pairwise_iou(_corners([one.box for one in found]), _corners([one.box for one in truths])).tolist()
    columns = (verdicts.truth, verdicts.iou, verdicts.right, verdicts.ignored, verdicts.duplicate)
    rows = zip(found, overlaps, *(column.tolist() for column in columns), strict=True)
    ruled = []
    for one, row, truth, iou, right, ignored, duplicate in rows:
        own = asked[truth] if truth >= 0 else None
        strange = [(overlap, -place) for place, overlap in enumerate(row) if truths[place].label != one.label]
        best, other = max(strange, default=(0.0, 0))
        if right or ignored or duplicate:
            kind = Verdict.RIGHT if right else Verdict.IGNORED if ignored else Verdict.DOUBLE
            ruled.append(Ruling(kind, own, iou))
        elif best >= threshold:
            ruled.append(Ruling(Verdict.CLASS, -other, best))
        else:
            kind = Verdict.OVERLAP if iou >= LEAST_OVERLAP else Verdict.NOTHING
            ruled.append(Ruling(kind, own, iou))
    return tuple(ruled)


def _corners(rows: Sequence[Box]) -> Float64[Tensor, "n 4"]:
    """Boxes in one tensor, also where there are none."""
    return torch.tensor(rows, dtype=torch.float64).reshape(-1, 4)


def _curves(judged: Evaluation, names: Sequence[str]) -> tuple[Curve, ...]:
    """Of the classes that occur, those with something to find first, then by name."""
    some = [row for row in judged.classes if row.curve.truths or len(row.curve.scores)]
    rows = sorted(some, key=lambda row: (row.curve.truths == 0, names[row.label]))
    return tuple(Curve(names[row.label], row.curve) for row in rows)


def _joined(lines: Sequence[PrecisionRecall]) -> PrecisionRecall:
    """The detections of all classes in one line by falling score."""
    scores = torch.cat([torch.zeros(0, dtype=torch.float64), *(line.scores for line in lines)])
    right = torch.cat([torch.zeros(0, dtype=torch.bool), *(line.right for line in lines)])
    order = scores.argsort(descending=True, stable=True)
    return PrecisionRecall(scores[order], right[order], sum(line.truths for line in lines))


def _at_101(row: ClassResult) -> float | None:
    """The mean height of the envelope at recall 0, 0.01, ..., 1, in whole numbers as `PrecisionRecall` has its eleven."""
    line = row.curve
    if line.truths == 0:
        return None
    first = torch.searchsorted(line.right.cumsum(0) * 100, torch.arange(101) * line.truths)
    return float(torch.cat((line.envelope, torch.zeros(1)))[first].sum()) / 101


def _mean(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
