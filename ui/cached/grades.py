"""Cached doors into grading: what a detector found after its suppression, a visitor's file of objects, and the judgement."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.boxes.files import BoxTable
from core.boxes.nms_settings import MOST_BOXES, NmsSettings
from core.experiments.verdicts import Marked
from ui import cached, preload

if TYPE_CHECKING:
    from core.boxes.truth_files import TruthReading
    from core.experiments.grading import Grade
    from core.experiments.models import Found


def kept(table: BoxTable, settings: NmsSettings, names: Sequence[str]) -> tuple[Found, ...]:
    """What is left of the surest candidates after suppression, best first, with the scores that they have then."""
    order = np.argsort(-table.scores, kind="stable")[:MOST_BOXES]
    surest = BoxTable(table.boxes[order], table.scores[order], tuple(table.labels[place] for place in order))
    race = cached.race(surest, settings)
    from core.experiments.models import Found

    place = {name: number for number, name in enumerate(names)}
    rows = ((surest.labels[box], float(race.final[box]), surest.boxes[box].tolist()) for box in race.kept)
    return tuple(Found(label, place.get(label, 0), score, (x1, y1, x2, y2)) for label, score, (x1, y1, x2, y2) in rows)


def digest(found: tuple[Found, ...], truths: tuple[Marked, ...], names: tuple[str, ...]) -> str:
    """Names what is graded: one different number changes it. Made once, so that no slider waits for it."""
    return hashlib.sha256(repr((found, truths, names)).encode()).hexdigest()


def grade(
    name: str, found: tuple[Found, ...], truths: tuple[Marked, ...], names: tuple[str, ...], threshold: float
) -> Grade:
    """The judgement of what the digest `name` names at one IoU: milliseconds, so it is not queued."""
    preload.wait()
    return _grade(name, threshold, found, truths, names)


@st.cache_resource(max_entries=64, show_spinner=False)
def _grade(
    name: str, threshold: float, _found: tuple[Found, ...], _truths: tuple[Marked, ...], _names: tuple[str, ...]
) -> Grade:
    from core.experiments import grading

    return grading.grade(_found, _truths, _names, threshold=threshold)


@st.cache_data(max_entries=16, show_spinner=False)
def read_truths(data: bytes, width: int, height: int, names: tuple[str, ...], image: str | None) -> TruthReading:
    """The objects that a visitor's file marks on a photo of this size.

    Raises:
        PhotoError: there are none.
    """
    from core.boxes import truth_files

    return truth_files.read_truths(data, width=width, height=height, names=names, image=image)
