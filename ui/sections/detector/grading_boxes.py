"""Whose boxes are graded: those of a network, or of a made-up detector that strays from the truth as far as it is told to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.crowd_settings import CrowdSettings
from core.boxes.nms_settings import LEAST_SCORE, NmsSettings
from core.detection.detecting_settings import FindSettings, SeeSettings
from core.experiments.verdicts import Marked
from core.images.photo import Photo
from core.zoo.model_card import Task
from ui import cached, model_picker
from ui.cached import detections, grades
from ui.sections.detector import grading_truths
from ui.sections.detector.grading_truths import Known

if TYPE_CHECKING:
    from core.experiments.cost import Cost
    from core.experiments.models import Found

KEY = "boxes_of"
NETWORK, MADE_UP = SOURCES = ("A network", "A made-up detector")
KEYS = (KEY, "apart", "stray", "blur", "mixed", "drawn")
TITLE = "The made-up detector"
MOST = 300
"""Boxes that are judged: the surest."""


@dataclass(frozen=True, slots=True)
class Boxes:
    """Everything that a detector found down to its least score, the classes it knows, and what finding it cost."""

    source: str
    title: str
    found: tuple[Found, ...]
    names: tuple[str, ...]
    known: Known
    cost: Cost
    digest: str
    """Names boxes, truths and classes together."""


def source() -> str:
    """Who found them."""
    chosen = st.segmented_control(
        "Boxes of",
        SOURCES,
        default=NETWORK,
        required=True,
        key=KEY,
        bind="query-params",
        help="A network looks at the photo. A made-up detector looks at the ground truth and errs on purpose: it knows "
        "every object, so a drawn scene can be graded too.",
    )
    return chosen if chosen in SOURCES else NETWORK


def of(chosen: str, photo: Photo, known: Known, far: DeltaGenerator, below: DeltaGenerator) -> Boxes:
    """The boxes of a source; its settings go to `far`, and what is to be said of names to `below`."""
    with far:
        made = _made_up() if chosen == MADE_UP else None
        settings = _suppression()
    if made is not None:
        return _imagined(photo, known, made, settings)
    with far:
        card = model_picker.pick(Task.DETECT, brief=True)
        mistakes = st.container()

    card, seen = model_picker.answered(card, mistakes, lambda row: detections.seen(photo, row.key, SeeSettings()))
    all_of_it = FindSettings(confidence=LEAST_SCORE, nms=settings, limit=MOST)
    found = detections.found(photo, card.key, SeeSettings(), all_of_it).things
    title = card.title.split(",")[0] if card.bundled else card.title
    renamed = grading_truths.renamed(known, seen.names, title, below)
    return _boxes(NETWORK, card.title, found, seen.names, renamed, seen.cost)


def _made_up() -> CrowdSettings:
    jitter = st.slider(
        "Stray, of an object's sides", 0.0, 0.4, 0.15, 0.01, key="stray", bind="query-params", help="Of every box."
    )
    noise = st.slider("Noise on the scores", 0.0, 0.5, 0.1, 0.01, key="blur", bind="query-params")
    confusion = st.slider("Share with a wrong name", 0.0, 1.0, 0.1, 0.05, key="mixed", bind="query-params")
    seed = st.slider("Seed", 0, 99, 0, key="drawn", bind="query-params")
    return CrowdSettings(count=8, jitter=jitter, noise=noise, confusion=confusion, seed=seed)


def _suppression() -> NmsSettings:
    """How boxes of one object are made one, before anything is judged."""
    threshold = st.slider(
        "IoU of the suppression",
        0.0,
        1.0,
        0.5,
        0.05,
        key="apart",
        bind="query-params",
        help="Of two boxes of one class that overlap by more, the less sure one is removed before anything is judged.",
    )
    return NmsSettings(iou_threshold=threshold)


def _imagined(photo: Photo, known: Known, made: CrowdSettings, settings: NmsSettings) -> Boxes:
    truths = tuple(Marked(grading_truths.kind(one.label), one.box, one.difficult) for one in known.truths)
    crowd = cached.crowded(grading_truths.labelled(truths), made, photo)
    names = tuple(dict.fromkeys((*(one.label for one in truths), *crowd.table.classes)))
    found = grades.kept(crowd.table, settings, names)[:MOST]
    return _boxes(MADE_UP, TITLE, found, names, Known(known.source, truths), crowd.cost)


def _boxes(
    source: str, title: str, found: tuple[Found, ...], names: tuple[str, ...], known: Known, cost: Cost
) -> Boxes:
    return Boxes(source, title, found, names, known, cost, grades.digest(found, known.truths, names))
