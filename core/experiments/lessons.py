"""What a grid head learns from one photo, in numbers: lessons of single anchors, their sums, and groups of all anchors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float32, Int8

from core.boxes.deltas import Four
from core.boxes.matching import Activation
from core.boxes.settings import Box, Labelled
from core.detection.grid import Grid
from core.detection.targets import Positives
from core.experiments.cost import Cost
from core.options import Option

HARD = 0.1
"""The confidence from which an anchor over nothing counts as a hard case."""

IGNORED = -1
"""The group of an anchor whose confidence is not judged."""


class Group(Option):
    """What kind of anchor it is for the confidence loss."""

    POSITIVE = ("positive", "Positive anchors", "They learn to find an object.")
    HARD = ("hard", "Hard negatives", "Nothing to find, and yet their confidence is 10 % or more.")
    EASY = ("easy", "Easy negatives", "Nothing to find, and they know it; but there are hundreds of them.")


@dataclass(frozen=True, slots=True)
class Said:
    """What the head says at one anchor. `box` is in pixels of the photo, not cut at its edges."""

    logit: float
    confidence: float  # its sigmoid
    offsets: Four
    box: Box
    logits: tuple[float, ...]  # of the classes, shared by the anchors of the cell
    probabilities: tuple[float, ...]  # their softmax


@dataclass(frozen=True, slots=True)
class Wanted:
    """What it should say there: `confidence` is the IoU of the box it says with the object, `label` a place in the classes."""

    confidence: float
    offsets: Four
    label: int


@dataclass(frozen=True, slots=True)
class LessonTerms:
    """What the difference costs, before it is divided by the number of positive anchors."""

    confidence: float
    offsets: Four
    classes: float


@dataclass(frozen=True, slots=True)
class Lesson:
    """One positive anchor: `anchor` is its place among all, `box` itself in pixels of the photo, not cut at its edges.

    `truth` is the object it learns and `overlap` its own IoU with that.
    """

    anchor: int
    shape: int
    cell: tuple[int, int]  # row, column
    box: Box
    truth: int
    overlap: float
    said: Said
    wanted: Wanted
    terms: LessonTerms


@dataclass(frozen=True, slots=True)
class Sums:
    """The parts of the loss, each divided by the number of positive anchors (at least 1)."""

    positives: float  # confidence where there is an object
    negatives: float  # confidence where there is none
    offsets: Four
    classes: float

    @property
    def confidence(self) -> float:
        """Both parts of it."""
        return self.positives + self.negatives

    def total(self, *, offsets: float = 1.0, classes: float = 1.0) -> float:
        """The weighted sum; confidence counts once."""
        return self.confidence + offsets * math.fsum(self.offsets) + classes * self.classes


@dataclass(frozen=True, slots=True)
class Share:
    """One group of anchors: how many, the sum of their confidence terms, and its share of the sum of all, from 0 to 1."""

    group: Group
    count: int
    loss: float
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Focused:
    """The confidence term of every anchor at one `focus`, 0 where it is ignored, and the share of each group."""

    focus: float
    terms: Float32[np.ndarray, " anchors"]
    shares: tuple[Share, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Learning:
    """All of one look at a photo with its objects.

    `activations` say for each object the responsible cell, the distance of every cell (pixels of the photo) and the IoU
    of the anchors there; where `rule` is ACTIVATED, the activated one learns the object, unless a later object took it.
    `lessons` are all positive anchors. `confidences`, `wanted` and `groups` (place in `Group`, or -1 where ignored) are of
    all anchors, in the order (A, rows, cols). `plain` and `focal` are the confidence loss with focus 0 and 2.
    """

    grid: Grid
    rule: Positives
    classes: tuple[str, ...]
    truths: tuple[Labelled, ...]
    activations: tuple[Activation, ...]
    lessons: tuple[Lesson, ...]
    focus: float
    sums: Sums
    confidences: Float32[np.ndarray, " anchors"]
    wanted: Float32[np.ndarray, " anchors"]
    groups: Int8[np.ndarray, " anchors"]
    plain: Focused
    focal: Focused
    cost: Cost
