"""What is judged and looked at: a photo, its truth, and the answers of one network or two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from core.images.photo import Photo
from core.segmentation.truths import BACKGROUND, TruthMask
from viz.masks import palette

if TYPE_CHECKING:
    from core.experiments.judging_masks import Judged, JudgedClass
    from core.experiments.segmented import Segmented

PHOTO, PAINTED, FILE = SOURCES = ("Photo", "Painted", "File")
"""Who says what is true."""


@dataclass(frozen=True, slots=True)
class Known:
    """The true class of each pixel, and where that comes from."""

    source: str
    truth: TruthMask


@dataclass(frozen=True, slots=True, eq=False)
class Answer:
    """What one network says, and how good that is."""

    title: str
    found: Segmented
    judged: Judged

    def row(self, label: str | None) -> JudgedClass | None:
        """The scores of a class; None where it neither is there nor was found."""
        return next((row for row in self.judged.rows if row.label == label), None)


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """Everything that the view draws. `label` is the class that is looked at, `radius` the width of the band in px."""

    photo: Photo
    known: Known
    answer: Answer
    second: Answer | None
    label: str | None
    radius: float

    @property
    def answers(self) -> tuple[Answer, ...]:
        """One or two."""
        return (self.answer,) if self.second is None else (self.answer, self.second)

    @property
    def painted(self) -> bool:
        """Whether the truth is being painted now."""
        return self.known.source == PAINTED

    def with_(self, *, label: str | None, radius: float) -> Shown:
        """The same with another class and band."""
        return replace(self, label=label, radius=radius)


def main_label(judged: Judged) -> str | None:
    """The class with the largest true area but for the background, which is the last choice; None where nothing is known."""
    labels = [row.label for row in judged.rows]
    return next((label for label in labels if label != BACKGROUND), labels[0] if labels else None)


def colours(found: Segmented, names: Sequence[str]) -> tuple[str, ...]:
    """The colour of each name as on every picture of the network, those that it does not know after its own; "" for none."""
    every = (*found.names, *(name for name in names if name not in found.names))
    of = palette(every)
    return tuple(of.get(every.index(name), "") for name in names)
