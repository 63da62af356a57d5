"""What the view knows of a photo: scores at three depths, twelve class maps of them, and the truth where somebody knows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from core.images.photo import Photo
from core.segmentation.settings import IGNORE, Upsampling
from core.segmentation.truths import BACKGROUND, TruthMask
from ui.cached import mask_grades, resolutions

if TYPE_CHECKING:
    from core.experiments.judging_strides import Grade, Grades
    from core.experiments.strides import Depth, Strides

STRIDES = (32, 16, 8)
Place = tuple[int, Upsampling]
"""A stride and a way to enlarge its scores."""

ALL: tuple[Place, ...] = tuple((stride, way) for way in Upsampling for stride in STRIDES)
_UNKNOWN = IGNORE - 1  # a true class that the network never learned


@dataclass(frozen=True, eq=False)
class Case:
    """A photo, what was found, and how good that is; `truth` and `grades` are None where nobody knows."""

    photo: Photo
    found: Strides
    truth: TruthMask | None
    grades: Grades | None

    @property
    def names(self) -> tuple[str, ...]:
        """The classes of the network."""
        return self.found.names

    def depth(self, stride: int) -> Depth:
        """The scores with one cell for every `stride` pixels."""
        return self.found.depths[STRIDES.index(stride)]

    def classes(self, place: Place) -> np.ndarray:
        """The class map of a depth and a way, a pixel for each of the network's input."""
        return self.depth(place[0]).maps[place[1]]

    def grade(self, place: Place) -> Grade | None:
        """How good that map is; None where nobody knows."""
        return None if self.grades is None else self.grades.of[place]

    def unlike(self, ours: Place, theirs: Place) -> np.ndarray:
        """Where two class maps differ."""
        return self.classes(ours) != self.classes(theirs)

    @cached_property
    def largest(self) -> int:
        """The class with the largest area in the network's own answer, besides the background where there is another."""
        counts = np.bincount(self.classes((8, Upsampling.LEARNED)).ravel(), minlength=len(self.names))
        counts[self.names.index(BACKGROUND)] = 0
        return int(counts.argmax()) if counts.any() else self.names.index(BACKGROUND)

    @cached_property
    def true_classes(self) -> np.ndarray | None:
        """What is true in the middle of each pixel of the input: a place in `names`, or a number that is none."""
        if self.truth is None:
            return None
        places = np.full(IGNORE + 1, IGNORE, np.uint8)
        places[: len(self.truth.names)] = [
            self.names.index(name) if name in self.names else _UNKNOWN for name in self.truth.names
        ]
        side = self.classes(ALL[0]).shape
        down, across = (
            ((np.arange(count) + 0.5) * whole / count).astype(np.intp)
            for count, whole in zip(side, self.truth.numbers.shape, strict=True)
        )
        return places[self.truth.numbers[down[:, None], across]]

    @cached_property
    def true_area(self) -> np.ndarray | None:
        """Where something is in truth: booleans for each pixel of the photo."""
        if self.truth is None:
            return None
        nothing = self.truth.names.index(BACKGROUND) if BACKGROUND in self.truth.names else IGNORE
        return (self.truth.numbers != nothing) & (self.truth.numbers != IGNORE)


def case(photo: Photo) -> Case:
    """All of it, from the caches where it is there.

    Raises:
        WeightsMissingError: the network's weights are not on this machine.
    """
    found, truth = resolutions.strides(photo), mask_grades.known_truth(photo)
    grades = None if truth is None else resolutions.judged_strides(photo, found, truth)
    return Case(photo, found, truth, grades)


def called(place: Place) -> str:
    """A depth and a way in words, such as "8s learned"."""
    stride, way = place
    return f"{stride}s {way.title.lower()}"
