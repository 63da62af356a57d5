"""A run of learning that has ended, scrubbed in the browser: the boxes on the photo, the loss, and the IoU of each object."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.boxes.settings import Labelled
from ui import cached
from ui.cached import drawings, lessons
from ui.components.film import Chart, Film, Level, Panel, Series, film
from ui.sections.detector.overfit_pictures import GOOD, curves, drawn, picture
from viz.colours import MANY
from viz.loss_charts import PARTS

if TYPE_CHECKING:
    from core.experiments.overfit import OverfitStep
    from ui.sections.detector.learning_case import Case

KEY = "overfit-film"
LONGEST = 480  # px of a frame
SHARPEST = 1.5  # of the loss that is drawn: the first updates are far above all others


def show(case: Case, objects: tuple[Labelled, ...], steps: tuple[OverfitStep, ...]) -> None:
    """The film, opened at its last frame, or where the visitor left it."""
    place, named = f"{KEY}-frame", _name(case, steps)
    of, frame = st.session_state.get(place, ("", 0))
    film(
        KEY,
        reel(case, objects, steps),
        frame if of == named else len(steps) - 1,
        lambda moved: st.session_state.update({place: (named, moved)}),
    )


def reel(case: Case, objects: tuple[Labelled, ...], steps: tuple[OverfitStep, ...]) -> Film:
    """One frame for each kept step."""
    panel = Panel(
        "Boxes of the head",
        "The photo with its objects and the boxes that the head finds, update by update",
        drawings.drawn_frames(_name(case, steps), lambda: _frames(case, objects, steps)),
        tuple(f"{drawn(one)} · loss {one.total:.3f}" for one in steps),
    )
    xs = tuple(float(one.index) for one in steps)
    losses = tuple(
        Series(name, stroke, tuple(values)) for (name, values), stroke in zip(curves(steps).items(), PARTS, strict=True)
    )
    overlaps = tuple(
        Series(f"{place + 1} {one.label}", MANY[place % len(MANY)], tuple(step.ious[place] for step in steps))
        for place, one in enumerate(objects)
    )
    top = max(0.1, min(SHARPEST, max(one.total for one in steps)))
    charts = (
        Chart("Loss and its parts", "updates", "loss", xs, losses, y_range=(0.0, top)),
        Chart(
            "IoU of each object",
            "updates",
            "IoU",
            xs,
            overlaps,
            levels=(Level("found", GOOD),),
            y_range=(0.0, 1.0),
        ),
    )
    return Film((panel,), charts, tuple(f"update {one.index}" for one in steps), tuple(_said(one) for one in steps))


def _said(step: OverfitStep) -> str:
    good = sum(iou >= GOOD for iou in step.ious)
    return f"Found, with a box of its class and an IoU of {GOOD:g} or more: {good} of {len(step.ious)}."


def _frames(case: Case, objects: tuple[Labelled, ...], steps: tuple[OverfitStep, ...]) -> np.ndarray:
    pixels, width = lessons.small(case.photo, LONGEST), case.photo.width
    return np.stack([np.asarray(picture(pixels, width, objects, one.things)) for one in steps])


def _name(case: Case, steps: tuple[OverfitStep, ...]) -> str:
    """Tells runs apart: settings may have changed on the way, so what was found names it."""
    seen = repr([(one.index, one.total, one.things) for one in steps])
    found = hashlib.blake2b(seen.encode(), digest_size=12).hexdigest()
    return f"overfit {case.photo.digest} {cached.version(case.card.key)} {found}"
