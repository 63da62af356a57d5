"""How good a class map is: pixels right, IoU of each class, and how close its contours come to the true ones.

A class map holds a class from 0 to `classes` - 1 for every pixel. Where the true map says `ignore` nobody knows the answer:
what is predicted there, be it no class at all, changes no number here. A number without meaning is None and enters no mean.

    IoU        The PASCAL VOC Challenge 2010 development kit, section 5.4
    contours   Csurka et al., What is a good evaluation measure for semantic segmentation?, 2013
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import torch
from jaxtyping import Int64, Integer
from torch import Tensor

from core.errors import SettingError
from core.segmentation.settings import IGNORE

NOWHERE = -1  # neither a class nor a contour


@dataclass(frozen=True, slots=True)
class ClassScore:
    """The pixels of one class: how many are so in truth, are called so, and both."""

    label: int
    true: int
    predicted: int
    both: int

    @property
    def iou(self) -> float | None:
        """Both over either, in [0, 1]; None for a class that neither occurs nor is predicted."""
        return _share(self.both, self.true + self.predicted - self.both)

    @property
    def precision(self) -> float | None:
        """The share of what is called so that is so."""
        return _share(self.both, self.predicted)

    @property
    def recall(self) -> float | None:
        """The share of what is so that is called so: the accuracy of the class."""
        return _share(self.both, self.true)


@dataclass(frozen=True, slots=True, eq=False)
class Confusion:
    """How many pixels of each true class (row) were called each class (column). Those of several photos add up with `+`."""

    counts: Int64[Tensor, "c c"]

    @classmethod
    def empty(cls, classes: int) -> Confusion:
        """Of no photo: `sum(confusions, Confusion.empty(6))`."""
        return cls(torch.zeros(classes, classes, dtype=torch.int64))

    def __add__(self, other: Confusion) -> Confusion:
        if self.counts.shape != other.counts.shape:
            raise SettingError(
                f"Only maps of the same classes add up, got {len(self.counts)} and {len(other.counts)} classes.",
                "Score both with the same number of classes.",
            )
        return Confusion(self.counts + other.counts)

    @property
    def pixels(self) -> int:
        """All that were counted: those that are not ignored."""
        return int(self.counts.sum())

    @property
    def pixel_accuracy(self) -> float | None:
        """The share of the pixels that are called what they are; large classes decide it."""
        return _share(int(self.counts.trace()), self.pixels)

    @property
    def rows(self) -> tuple[ClassScore, ...]:
        """One for each class."""
        numbers = zip(
            *(row.tolist() for row in (self.counts.sum(1), self.counts.sum(0), self.counts.diag())), strict=True
        )
        return tuple(ClassScore(label, *three) for label, three in enumerate(numbers))

    @property
    def mean_iou(self) -> float | None:
        """The mean IoU of the classes that occur or are predicted, each with the same weight."""
        return _mean(row.iou for row in self.rows)


def confusion(
    predicted: Integer[Tensor, "*photos h w"],
    truth: Integer[Tensor, "*photos h w"],
    *,
    classes: int,
    ignore: int = IGNORE,
) -> Confusion:
    """Count the pixels of one map, or of a batch of maps, by what they are and what they are called; on the CPU.

    Raises:
        SettingError: the maps differ in size, or a pixel that is not ignored holds something else than a class.
    """
    ours, theirs = _judged(predicted, truth, classes, ignore)
    pairs = (theirs * classes + ours)[theirs >= 0]
    counts = torch.bincount(pairs, minlength=classes**2)
    return Confusion(counts.view(classes, classes).cpu())


@dataclass(frozen=True, slots=True)
class ContourScore:
    """The contour pixels of one class on one photo: in truth, predicted, and how many of each are near the other's."""

    label: int
    true: int
    true_near: int
    predicted: int
    predicted_near: int

    @property
    def precision(self) -> float | None:
        """The share of the predicted contour that is near the true one; None without a predicted contour."""
        return _share(self.predicted_near, self.predicted)

    @property
    def recall(self) -> float | None:
        """The share of the true contour that is near the predicted one; None without a true contour."""
        return _share(self.true_near, self.true)

    @property
    def f(self) -> float | None:
        """The harmonic mean of precision and recall: 0 where only one map has a contour, None where none has."""
        precision, recall = self.precision, self.recall
        if precision is None and recall is None:
            return None
        return 2 * precision * recall / (precision + recall) if precision and recall else 0.0


@dataclass(frozen=True, slots=True)
class Contours:
    """The boundary F-scores of one photo, a row for each class; `tolerance` in pixels is what counted as near."""

    tolerance: float
    rows: tuple[ContourScore, ...]

    @property
    def mean_f(self) -> float | None:
        """The mean over the classes that have a contour in one of the maps: the score of the photo."""
        return _mean(row.f for row in self.rows)


def contours(
    predicted: Integer[Tensor, "h w"],
    truth: Integer[Tensor, "h w"],
    *,
    classes: int,
    tolerance: float = 0.0075,
    ignore: int = IGNORE,
) -> Contours:
    """Compare where the classes of two maps end; `tolerance` is a share of the picture's diagonal.

    The contour of a class are its pixels above, below or beside a pixel of another class. The edge of the picture and
    ignored pixels bound nothing, so a truth with an ignored band around each object has next to no contours to find. A
    contour pixel is near if one of the same class lies in the other map at most the tolerance away, from centre to centre:
    0 asks for the very same pixels. These scores are averaged over photos, not added up like the counts of `confusion`.

    Raises:
        SettingError: `tolerance` is outside [0, 1], the maps differ in size, or a pixel that is not ignored holds
            something else than a class.
    """
    if not 0 <= tolerance <= 1:
        raise SettingError(f"tolerance must lie in [0, 1], got {tolerance}.")
    radius = tolerance * math.hypot(*truth.shape)
    ours, theirs = (_contour(labels) for labels in _judged(predicted, truth, classes, ignore))
    counted = (theirs[theirs >= 0], _near(theirs, ours, radius), ours[ours >= 0], _near(ours, theirs, radius))
    columns = [torch.bincount(labels, minlength=classes).tolist() for labels in counted]
    rows = tuple(ContourScore(label, *numbers) for label, numbers in enumerate(zip(*columns, strict=True)))
    return Contours(tolerance=radius, rows=rows)


def _contour(labels: Int64[Tensor, "h w"]) -> Int64[Tensor, "h w"]:
    """The class of each contour pixel, `NOWHERE` elsewhere."""
    bounds = torch.zeros_like(labels, dtype=torch.bool)
    for ours, theirs in ((slice(1, None), slice(None, -1)), (slice(None, -1), slice(1, None))):
        bounds[ours] |= (labels[ours] != labels[theirs]) & (labels[theirs] != NOWHERE)
        bounds[:, ours] |= (labels[:, ours] != labels[:, theirs]) & (labels[:, theirs] != NOWHERE)
    return labels.masked_fill(~bounds, NOWHERE)


def _near(ours: Int64[Tensor, "h w"], theirs: Int64[Tensor, "h w"], radius: float) -> Int64[Tensor, " k"]:
    """The classes of those contour pixels of ours that have one of their class in theirs at most `radius` away.

    Contour pixels are numbered by class, row and column, with an empty margin before each row and each class in which the
    discs of the one before can end. Each of ours then looks for the first of theirs that is not left of the disc around it,
    one row of the disc after the other until something is found. That needs no plane for each class, and few operations.
    """
    squared = int(radius**2)  # distances between pixels are roots of whole numbers
    reach = math.isqrt(squared)
    height, width = ours.shape[0] + reach, ours.shape[1] + reach
    numbers, others = (
        (labels[y, x] * height + y + reach) * width + x + reach
        for labels in (ours, theirs)
        for y, x in [(labels >= 0).nonzero().unbind(1)]
    )
    others = torch.cat((others.sort().values, others.new_full((1,), torch.iinfo(torch.int64).max)))
    missing = numbers
    found = [numbers[:0]]
    for down in sorted(range(-reach, reach + 1), key=abs):
        half = math.isqrt(squared - down**2)
        row = missing + down * width
        hit = others[torch.searchsorted(others, row - half)] <= row + half
        found.append(missing[hit])
        missing = missing[~hit]
    return torch.cat(found) // (height * width)


def _judged(predicted: Tensor, truth: Tensor, classes: int, ignore: int) -> list[Tensor]:
    """Both maps with `NOWHERE` at the pixels to ignore, checked."""
    if predicted.shape != truth.shape:
        raise SettingError(
            f"Both maps must be of one size, got {tuple(predicted.shape)} and {tuple(truth.shape)}.",
            "Resize the scores of the prediction before it becomes a map.",
        )
    ignored = truth.long() == ignore  # a byte has no room for every number that it may be compared with
    maps = [labels.long().masked_fill(ignored, NOWHERE) for labels in (predicted, truth)]
    for name, labels in zip(("prediction", "truth"), maps, strict=True):
        outside = labels[~ignored & ((labels < 0) | (labels >= classes))]
        if len(outside):
            raise SettingError(
                f"The classes of the {name} must be from 0 to {classes - 1}, got {int(outside[0])}.",
                "Count the classes again, or name the value of the pixels to ignore.",
            )
    return maps


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None
