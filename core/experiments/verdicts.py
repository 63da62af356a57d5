"""A verdict on each detection of a photo: right, or what kind of mistake it is, with the numbers that decided; and their counts.

Kinds of mistakes: Bolya et al., TIDE: A General Toolbox for Identifying Object Detection Errors, 2020, section 2.2; here a
box that covers another class well is wrong in its class, whatever it covers of its own.

Torch-free: the page speaks of them before torch is loaded.
"""

from __future__ import annotations

from dataclasses import dataclass

from core.boxes.settings import Box
from core.options import Option

LEAST_OVERLAP = 0.1
"""Below it a box has nothing to do with an object: TIDE's threshold of the background."""


class Verdict(Option):
    """What became of a detection."""

    RIGHT = ("right", "right", "It overlaps an object of its class enough, and is the surest that does.")
    DOUBLE = ("double", "double", "It overlaps an object that a surer box has found already.")
    CLASS = ("class", "wrong class", "It overlaps an object enough, but calls it by another name.")
    OVERLAP = ("overlap", "too little overlap", "It lies on an object of its class, but not well enough.")
    NOTHING = ("nothing", "nothing there", "It overlaps no object of its class by even a tenth.")
    IGNORED = ("ignored", "does not count", "Its object is marked difficult: finding it is neither right nor wrong.")


@dataclass(frozen=True, slots=True)
class Marked:
    """An object that somebody marked on the photo: its name, its box in pixels, and whether it need not be found."""

    label: str
    box: Box
    difficult: bool = False


@dataclass(frozen=True, slots=True)
class Ruling:
    """The verdict on a detection: the truth concerned, by its place, and the IoU with it; None and 0 where there is none."""

    verdict: Verdict
    truth: int | None
    iou: float


@dataclass(frozen=True, slots=True)
class Operating:
    """What counts at one confidence: true positives, false positives, and false negatives. A share of nothing is None."""

    confidence: float
    right: int
    wrong: int
    missed: int

    @property
    def precision(self) -> float | None:
        """The share of the detections that are right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """The share of the objects that are found."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None

    @property
    def f1(self) -> float | None:
        """The harmonic mean of both: 2 TP / (2 TP + FP + FN)."""
        total = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / total if total else None
