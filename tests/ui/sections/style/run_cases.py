"""Paintings of the lab's own network, small enough for a test."""

from __future__ import annotations

from dataclasses import replace

from core.experiments.style_layers import usual_settings
from core.experiments.styling import PaintedStep, Subject, kept, paint
from core.images.samples import sample
from core.images.styles import style_picture
from core.style.settings import StyleSettings
from core.zoo.catalog import card
from ui.live import Phase, Shown
from ui.sections.style.case import Case

MODEL = "lab-trunk"
OWN = replace(usual_settings(MODEL), side=64, steps=6, octaves=1)


def case(settings: StyleSettings = OWN, *styles: str) -> Case:
    """The cat in one style or more; in the bricks, which no network has learned, unless others are named."""
    keys = styles or ("brick",)
    return Case(sample("cat"), keys, tuple(style_picture(key) for key in keys), card(MODEL), settings)


def run(of: Case, changed: dict[int, StyleSettings] | None = None) -> list[PaintedStep]:
    """The steps of the whole run. `changed` are the settings that are sent in after the steps of these numbers."""
    going = paint(Subject(model=of.card.key, photo=of.photo, styles=of.styles), of.settings)
    steps = [next(going)]
    while steps[-1].index < of.settings.steps:
        steps.append(going.send((changed or {}).get(steps[-1].index)))
    going.close()
    return steps


def shown(steps: list[PaintedStep], phase: Phase) -> Shown[PaintedStep]:
    """The run as it is watched, after these steps."""
    return Shown(phase, steps[-1], tuple(kept(step) for step in steps))
