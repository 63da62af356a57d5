"""How good a detector is, as PASCAL VOC judges it: right or wrong, precision against recall, and the area below.

Each class is judged by itself. The detections of all photos stand in line by falling score (ties by photo, then by index).
Each points at the truth of its class and photo that it overlaps most (ties to the lowest index), and at no other. It is
right if that IoU reaches the threshold and no detection before it was right with that truth, else it is wrong: of several
detections of one object only the first counts. Who points at a difficult truth is neither right nor wrong and leaves the
line, and a difficult truth need not be found.

"Reaches" means >=, as in the development kit; the paper's words are "exceed 50 %". IoU is computed in float64, so that
one of exactly 7/10 reaches 0.7. Two departures from the kit: boxes end before `x2` and `y2`, so areas have no + 1, and the
eleven recalls are compared as whole numbers, so that 3 of 10 objects reach a recall of 0.3 whatever 3 * 0.1 rounds to.

    rules  Everingham et al., The PASCAL Visual Object Classes (VOC) Challenge, 2010, section 4.2
    AP     The PASCAL VOC Challenge 2010 development kit, section 3.4.1 (all points), and the same paper (eleven points)
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64, Int64
from torch import Tensor

from core.boxes.iou import pairwise_iou
from core.errors import SettingError

NO_TRUTH = -1
"""Where a detection overlaps no truth of its class."""


class Interpolation(Enum):
    """Where the envelope of the curve is read to get the average precision."""

    ALL_POINTS = "all points"  # the whole area below it: VOC since 2010
    ELEVEN_POINTS = "eleven points"  # the mean of its heights at recall 0, 0.1, ..., 1: VOC until 2009


@dataclass(frozen=True, slots=True, eq=False)
class Detections:
    """What a detector found on one photo: boxes `(x1, y1, x2, y2)`, a higher score for the surer, a class from 0 on.

    Raises:
        SettingError: the rows do not belong together, or a number is infinite or nan.
    """

    boxes: Float[Tensor, "n 4"]
    scores: Float[Tensor, " n"]
    labels: Int64[Tensor, " n"]

    def __post_init__(self) -> None:
        _check_rows("detections", self.boxes, self.scores, self.labels)
        if not bool(self.scores.isfinite().all()):
            raise SettingError("scores must be finite numbers.", "Leave out the detections without a score.")


@dataclass(frozen=True, slots=True, eq=False)
class Truths:
    """The objects a person marked on one photo, in the same unit; those marked difficult need not be found.

    Raises:
        SettingError: the rows do not belong together, or a number is infinite or nan.
    """

    boxes: Float[Tensor, "m 4"]
    labels: Int64[Tensor, " m"]
    difficult: Bool[Tensor, " m"] | None = None  # none of them

    def __post_init__(self) -> None:
        _check_rows("truths", self.boxes, self.labels, *(() if self.difficult is None else (self.difficult,)))


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """What became of the detections of one photo, in the order they were given, on the CPU."""

    truth: Int64[Tensor, " n"]  # the truth each one points at, or `NO_TRUTH`
    iou: Float64[Tensor, " n"]  # with that truth, 0 without
    right: Bool[Tensor, " n"]
    ignored: Bool[Tensor, " n"]  # its truth is difficult: neither right nor wrong
    duplicate: Bool[Tensor, " n"]  # wrong only because a better detection was right with the same truth
    found: Bool[Tensor, " m"]  # of each truth, whether a detection is right with it


@dataclass(frozen=True, slots=True, eq=False)
class PrecisionRecall:
    """The line of one class by falling score, a row for each detection that counts; `truths` are those to be found."""

    scores: Float64[Tensor, " k"]
    right: Bool[Tensor, " k"]
    truths: int

    @property
    def recall(self) -> Float64[Tensor, " k"]:
        """The share of the truths that are found by the first 1, 2, ... detections; nan where there are none to find."""
        return self.right.cumsum(0).double() / self.truths

    @property
    def precision(self) -> Float64[Tensor, " k"]:
        """The share of the first 1, 2, ... detections that are right."""
        return self.right.cumsum(0).double() / torch.arange(1, len(self.right) + 1)

    @property
    def envelope(self) -> Float64[Tensor, " k"]:
        """The best precision at this recall or a higher one: the curve without its zigzag."""
        # cummax knows no empty tensor.
        return self.precision.flip(0).cummax(0).values.flip(0) if len(self.right) else self.precision

    def average_precision(self, interpolation: Interpolation = Interpolation.ALL_POINTS) -> float | None:
        """AP in [0, 1]; None where there is no truth to find, since recall has no meaning then."""
        if self.truths == 0:
            return None
        if interpolation is Interpolation.ELEVEN_POINTS:
            return self._eleven_points()
        # Recall rises by 1 / truths at every right detection and nowhere else.
        return float(self.envelope[self.right].sum()) / self.truths

    def _eleven_points(self) -> float:
        first = torch.searchsorted(self.right.cumsum(0) * 10, torch.arange(11) * self.truths)
        return float(torch.cat((self.envelope, torch.zeros(1)))[first].sum()) / 11


@dataclass(frozen=True, slots=True, eq=False)
class ClassResult:
    """One class over all photos."""

    label: int
    curve: PrecisionRecall
    difficult: int  # truths that need not be found
    ignored: int  # detections that point at one of them

    @property
    def right(self) -> int:
        """Truths that were found, each by one detection."""
        return int(self.curve.right.sum())

    @property
    def wrong(self) -> int:
        """Detections of nothing, of the wrong place, or of an object that was already found."""
        return len(self.curve.right) - self.right

    @property
    def missed(self) -> int:
        """Truths that no detection is right with."""
        return self.curve.truths - self.right


@dataclass(frozen=True, slots=True, eq=False)
class Evaluation:
    """The judgement at one threshold: a row for each class, and the verdicts of each photo in the order given."""

    threshold: float
    classes: tuple[ClassResult, ...]
    photos: tuple[Verdicts, ...]

    def mean_average_precision(self, interpolation: Interpolation = Interpolation.ALL_POINTS) -> float | None:
        """The mean AP of the classes that have truths to find; None if there is no such class.

        A class without truths does not count, however many detections it has: they are wrong, but no AP shows it.
        """
        every = [row.curve.average_precision(interpolation) for row in self.classes]
        known = [ap for ap in every if ap is not None]
        return sum(known) / len(known) if known else None


def evaluate(
    detections: Sequence[Detections], truths: Sequence[Truths], *, classes: int, threshold: float = 0.5
) -> Evaluation:
    """Judge the detections of every photo by the truths of the same photo; labels run from 0 to `classes` - 1.

    Raises:
        SettingError: the photos of the two do not pair up, a label is no class, or `threshold` is outside (0, 1].
    """
    _check(detections, truths, classes, threshold)
    line = _stand_in_line(detections, truths, threshold)
    labels = _joined([marked.labels for marked in truths], np.int64)
    return Evaluation(
        threshold=threshold,
        classes=tuple(_row(line, label, line.difficult[labels == label]) for label in range(classes)),
        photos=_verdicts(line, [len(found.boxes) for found in detections], [len(marked.boxes) for marked in truths]),
    )


class _Line(NamedTuple):
    """The detections of all photos, one photo after the other: a few operations on long arrays decide all of them."""

    order: np.ndarray  # by falling score
    scores: np.ndarray
    labels: np.ndarray
    truth: np.ndarray  # on its photo
    iou: np.ndarray
    right: np.ndarray
    ignored: np.ndarray
    duplicate: np.ndarray
    found: np.ndarray  # the truths of all photos, one photo after the other
    difficult: np.ndarray


def _stand_in_line(detections: Sequence[Detections], truths: Sequence[Truths], threshold: float) -> _Line:
    closest = [_closest(found, marked) for found, marked in zip(detections, truths, strict=True)]
    truth, iou = _joined([rows for rows, _ in closest], np.int64), _joined([best for _, best in closest], np.float64)
    scores = _joined([found.scores.double() for found in detections], np.float64)
    difficult = _joined([_difficult(marked) for marked in truths], np.bool_)
    starts = np.cumsum([0, *(len(marked.boxes) for marked in truths)])[:-1]
    target = truth + np.repeat(starts, [len(found.boxes) for found in detections])
    reached = iou >= threshold  # so there is a truth, since the threshold is above 0
    ignored = reached.copy()
    ignored[reached] = difficult[target[reached]]
    # Whom a detection points at does not depend on the others, so being right is being the first of those who point there.
    order = np.argsort(-scores, kind="stable")
    claims = order[(reached & ~ignored)[order]]
    _, first = np.unique(target[claims], return_index=True)
    right, found = np.zeros_like(reached), np.zeros_like(difficult)
    right[claims[first]] = True
    found[target[right]] = True
    labels = _joined([found.labels for found in detections], np.int64)
    return _Line(order, scores, labels, truth, iou, right, ignored, reached & ~ignored & ~right, found, difficult)


def _closest(found: Detections, marked: Truths) -> tuple[Tensor, Tensor]:
    """For each detection of a photo the truth of its class that it overlaps most, and the IoU."""
    iou = pairwise_iou(found.boxes.detach().cpu().double(), marked.boxes.detach().cpu().double())
    iou = iou.masked_fill_(found.labels.cpu()[:, None] != marked.labels.cpu(), 0)
    if iou.numel() == 0:
        return torch.full((len(iou),), NO_TRUTH), iou.new_zeros(len(iou))
    # NumPy promises the first of equal ones.
    truth = torch.from_numpy(iou.numpy().argmax(axis=1))
    best = iou.gather(1, truth[:, None]).squeeze(1)
    return truth.masked_fill_(best == 0, NO_TRUTH), best


def _row(line: _Line, label: int, difficult: np.ndarray) -> ClassResult:
    rows = line.order[line.labels[line.order] == label]
    counted = rows[~line.ignored[rows]]
    curve = PrecisionRecall(
        scores=torch.from_numpy(line.scores[counted]),
        right=torch.from_numpy(line.right[counted]),
        truths=int((~difficult).sum()),
    )
    return ClassResult(label=label, curve=curve, difficult=int(difficult.sum()), ignored=len(rows) - len(counted))


def _verdicts(line: _Line, detections: Sequence[int], truths: Sequence[int]) -> tuple[Verdicts, ...]:
    rows = (line.truth, line.iou, line.right, line.ignored, line.duplicate)
    pieces = [torch.from_numpy(row).split(list(detections)) for row in rows]
    return tuple(
        Verdicts(*photo) for photo in zip(*pieces, torch.from_numpy(line.found).split(list(truths)), strict=True)
    )


def _difficult(marked: Truths) -> Tensor:
    return torch.zeros(len(marked.boxes), dtype=torch.bool) if marked.difficult is None else marked.difficult


def _joined(parts: Sequence[Tensor], kind: type[np.generic]) -> np.ndarray:
    """The rows of all photos; of no photo, none."""
    return np.concatenate([np.empty(0, kind), *(part.detach().cpu().numpy() for part in parts)], dtype=kind)


def _check_rows(name: str, boxes: Tensor, *columns: Tensor) -> None:
    shapes = [tuple(column.shape) for column in columns]
    if boxes.ndim != 2 or boxes.shape[1] != 4 or any(shape != (len(boxes),) for shape in shapes):
        raise SettingError(
            f"{name} need boxes of shape (n, 4) and n of everything else, got {tuple(boxes.shape)} and {shapes}.",
            "Give one score and one label for each box.",
        )
    if not bool(boxes.isfinite().all()):
        raise SettingError(f"The boxes of {name} must be finite numbers.", "Leave out boxes without a place.")


def _check(detections: Sequence[Detections], truths: Sequence[Truths], classes: int, threshold: float) -> None:
    if not 0 < threshold <= 1:
        raise SettingError(f"threshold must be above 0 and at most 1, got {threshold}.")
    if len(detections) != len(truths):
        raise SettingError(
            f"detections and truths must be of the same photos, got {len(detections)} and {len(truths)}.",
            "Give empty ones for a photo without any.",
        )
    labels = _joined([photo.labels for photo in (*detections, *truths)], np.int64)
    outside = labels[(labels < 0) | (labels >= classes)]
    if len(outside):
        raise SettingError(
            f"labels must be from 0 to {classes - 1}, got {outside[0]}.",
            "Leave out boxes that only pad a batch, and count the classes again.",
        )
