"""The network, the objects and what it would learn from them: what all parts of the view speak of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.layout import Level, grid_level
from core.boxes.settings import Labelled, kind_of
from core.images.photo import Photo
from core.zoo.detectors import LAB_YOLO, ROWS
from core.zoo.model_card import ModelCard
from ui.cached import lessons

if TYPE_CHECKING:
    from core.experiments.learning import Learning, Lesson, Sums

HEAD = "head"
_TITLES = {card.title.removeprefix("Lab YOLO, "): card for card in ROWS}
CROWDED = 4
"""Objects from which on the finer head often fails to learn them all."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What is looked at. `answer` is about all `objects`; `chosen` is the place of one of them, `lesson` its best anchor's.

    An object of a class that the network doesn't know is learned as its first class, so its class term means nothing and
    is left out of `sums`; confidence and offsets know no classes.
    """

    photo: Photo
    card: ModelCard
    objects: tuple[Labelled, ...]
    chosen: int
    answer: Learning

    def known(self, place: int) -> bool:
        """Whether the network has a class for this object."""
        return kind_of(self.objects[place].label) in self.card.classes

    def kind(self, place: int) -> str:
        """The class of an object, whether the network knows it or not."""
        return kind_of(self.objects[place].label)

    def lessons(self, place: int) -> list[Lesson]:
        """The anchors that learn this object, the best first; none where a later object took the only one."""
        mine = [one for one in self.answer.lessons if one.truth == place]
        return sorted(mine, key=lambda one: -one.overlap)

    @property
    def lesson(self) -> Lesson | None:
        """Of the chosen object, that of its best anchor."""
        return next(iter(self.lessons(self.chosen)), None)

    @property
    def sums(self) -> Sums:
        """The parts of the loss, without the class terms of classes that the network doesn't have."""
        rows = self.answer.lessons
        classes = math.fsum(one.terms.classes for one in rows if self.known(one.truth)) / max(1, len(rows))
        return replace(self.answer.sums, classes=classes)

    @property
    def judged(self) -> bool:
        """Whether any object that is learned has a class of the network."""
        return any(self.known(one.truth) for one in self.answer.lessons)

    @property
    def level(self) -> Level:
        """The anchors of the grid over the photo."""
        return level_of(self.answer, self.photo)

    @property
    def shape(self) -> str:
        """How large the anchor of the lesson is, in cells."""
        lesson = self.lesson
        return self.level.shapes[lesson.shape].name if lesson else ""


def level_of(answer: Learning, photo: Photo) -> Level:
    """The anchors of a head over the photo, which it sees stretched to its input."""
    grid = answer.grid
    return grid_level(grid.rows, grid.cols, height=photo.height, width=photo.width, shapes=grid.shapes)


def head(cell: DeltaGenerator) -> ModelCard:
    """Which of the lab's two heads."""
    chosen = cell.segmented_control(
        "Grid of the network",
        list(_TITLES),
        default=next(iter(_TITLES)),
        required=True,
        key=HEAD,
        bind="query-params",
        help="7 × 7 is the course's: one anchor learns each object. With 14 × 14 all anchors do that overlap it enough.",
    )
    return _TITLES.get(chosen or "", LAB_YOLO)


def learned(photo: Photo, card: ModelCard, objects: Sequence[Labelled]) -> Learning:
    """What the head would learn. A class that it doesn't know stands for its first one: see `Case`."""
    stand_in = card.classes[0]
    kinds = [kind_of(one.label) for one in objects]
    asked = tuple(
        Labelled(kind if kind in card.classes else stand_in, one.box) for kind, one in zip(kinds, objects, strict=True)
    )
    with st.container():  # a cached door takes a place on the page
        return lessons.learning(photo, card.key, asked)
