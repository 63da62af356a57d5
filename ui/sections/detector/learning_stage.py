"""The photo with its objects under the hand, and one lesson drawn: the cell that answers, its anchor, what it says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from core.boxes.settings import Labelled
from core.images.photo import Photo
from ui import cached, messages, parts, preload
from ui.cached import drawings, lessons
from ui.components.truth_editor import Change, Mark, Stage, truth_editor
from ui.sections.detector import learning_truths as taught
from ui.sections.detector.learning_case import Case, level_of
from viz.detections import Tagged
from viz.lessons import ANCHOR, OBJECT, SAYS, lesson_picture, scaled

if TYPE_CHECKING:
    from core.experiments.learning import Learning

COVERED = 0.5
"""The IoU from which an anchor is said to cover an object, as in the finer head's training."""

MOST_DRAWN = 4
"""Anchors of each object that are drawn: with 14 × 14 cells dozens learn it."""


def editor(photo: Photo, objects: tuple[Labelled, ...], answer: Learning) -> None:
    """The photo under the grid: objects are dragged here, and the anchors that learn them are drawn."""
    if not preload.ready():
        st.skeleton(height=480)
        return
    level = level_of(answer, photo)
    scene = Stage(
        image=lessons.grid_backdrop(photo, level.rows, level.cols),
        width=photo.width,
        height=photo.height,
        heat="",
        levels=(level,),
        truths=objects,
        marks=_marks(answer),
        locations=_locations(answer, level.step_x, level.step_y),
        counts=_counts(answer),
        threshold=COVERED,
        picked=None,
    )
    truth_editor(
        "learning-editor",
        scene,
        on_change=lambda change: _changed(objects, change),
        on_pick=lambda anchor: _pick(objects, answer, anchor),
    )


def picture(case: Case) -> None:
    """The lesson of the chosen object on the photo, with a legend in its words."""
    lesson = case.lesson
    shown = drawings.drawn(
        f"lesson {case.photo.digest} {cached.version(case.card.key)} {case.objects} {case.chosen}",
        lambda: drawn(case),
    )
    told = f"cell [{lesson.cell[0]}, {lesson.cell[1]}], anchor {lesson.shape} of {case.shape}" if lesson else "nobody's"
    parts.picture(
        shown,
        f"Who learns {messages.escape(taught.title(case.objects, case.chosen))}",
        told,
        alt=f"The photo under its grid with the object, the cell that answers, its anchor and the box that it says: {told}",
    )


def drawn(case: Case) -> Image.Image:
    """The same as a Pillow image."""
    pixels = lessons.small(case.photo)
    factor, lesson = pixels.shape[1] / case.photo.width, case.lesson
    tags = [Tagged(scaled(case.objects[case.chosen].box, factor), case.kind(case.chosen), OBJECT.colour)]
    cell = case.answer.activations[case.chosen].cell
    if lesson:
        cell = lesson.cell
        tags = [
            Tagged(scaled(lesson.said.box, factor), f"says {lesson.said.confidence:.0%}", SAYS.colour),
            *tags,
            Tagged(scaled(lesson.box, factor), f"anchor {lesson.shape}", ANCHOR.colour),
        ]
    return lesson_picture(pixels, case.answer.grid.rows, case.answer.grid.cols, cell, tags)


def _counts(answer: Learning) -> dict[str, int]:
    """How many anchors learn an object, learn nothing, and learn that there is nothing."""
    learns, ignored = len(answer.lessons), int((answer.groups < 0).sum())
    return {"positive": learns, "ignored": ignored, "background": answer.grid.count - learns - ignored}


def _marks(answer: Learning) -> tuple[Mark, ...]:
    """The best anchors of each object, the best last, so that it lies on top."""
    rows = sorted(answer.lessons, key=lambda one: -one.overlap)
    mine = [[one for one in rows if one.truth == truth][:MOST_DRAWN] for truth in range(len(answer.truths))]
    drawn = sorted((one for best in mine for one in best), key=lambda one: one.overlap)
    return tuple(Mark(one.box, "positive", one.truth, one.overlap, one.anchor) for one in drawn)


def _locations(answer: Learning, step_x: float, step_y: float) -> tuple[tuple[float, float, str], ...]:
    """The middle of every cell, and whether an anchor there learns an object."""
    cells = {one.cell for one in answer.lessons}
    return tuple(
        (
            round((col + 0.5) * step_x, 1),
            round((row + 0.5) * step_y, 1),
            "positive" if (row, col) in cells else "background",
        )
        for row in range(answer.grid.rows)
        for col in range(answer.grid.cols)
    )


def _changed(objects: Sequence[Labelled], change: Change) -> None:
    """Keep the objects; a new one is what the visitor looks at next."""
    taught.keep(change.truths)
    if len(change.truths) > len(objects):
        st.session_state[taught.CHOSEN] = taught.title(change.truths, len(change.truths) - 1)


def _pick(objects: Sequence[Labelled], answer: Learning, anchor: int) -> None:
    """Choose the object that an anchor learns, or that it is the best one for."""
    found = [one.truth for one in answer.lessons if one.anchor == anchor]
    found += [place for place, one in enumerate(answer.activations) if one.flat_index == anchor]
    if found:
        st.session_state[taught.CHOSEN] = taught.title(objects, found[0])
