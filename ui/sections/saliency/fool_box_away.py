"""The closing row of an attack on a box: the picture, the change, the run, every step in numbers, and the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from core.zoo.catalog import card
from ui import controls, export, formats, parts
from ui.cached import adversarial
from ui.sections.saliency import fool_away, fool_box_snippet, fool_controls, fool_film

if TYPE_CHECKING:
    from core.experiments.box_attack import BoxOutcome
    from ui.sections.saliency.fool_box import Boxed

KEYS = ("vanish", "finder", "victim", "around", "boxupdate")
LEAST = 0.1
"""The least score of a box in the lines: that of `core.experiments.box_attack`."""


def take_away(boxed: Boxed, outcome: BoxOutcome, factor: int, picture: Image.Image) -> None:
    """The row; `picture` has before and after beside each other."""
    parts.section("Take it away")
    name = "adversarial-box"
    with st.container(horizontal=True):
        fool_away.offer(name, adversarial.png(outcome.pixels), outcome, factor)
        export.buttons(
            "fool-box",
            picture=lambda: picture,
            rows=lambda: rows(outcome),
            settings=lambda: {
                "photo": boxed.photo.name,
                "detector": boxed.model,
                "box": formats.plain(boxed.aim),
                "label": outcome.before.label,
                "attack": formats.plain(boxed.settings),
                "score before": outcome.before.score,
                "score after": outcome.score,
                "succeeded after rounding": outcome.succeeded,
                "vanished": outcome.vanished,
                "distances": formats.plain(outcome.distances),
            },
            link=lambda: controls.link("part", *KEYS, *fool_controls.KEYS, fool_film.MAGNIFY),
            snippet=lambda: lines(boxed, outcome),
            figures=lambda: {
                "score before": outcome.before.score,
                "score after": outcome.score,
                **fool_away.distances(outcome),
            },
        )
    st.caption("The lines of PyTorch make the same attack, and print what the detector finds afterwards.")


def lines(boxed: Boxed, outcome: BoxOutcome) -> str:
    """The attack with torch and torchvision alone."""
    return fool_box_snippet.attack(
        boxed.photo,
        card(boxed.model),
        boxed.settings,
        label=outcome.before.index,
        rows=adversarial.attacked_rows(boxed.clean, boxed.aim),
        threshold=boxed.aim.threshold,
        least=LEAST,
    )


def rows(outcome: BoxOutcome) -> list[dict[str, str | float | int]]:
    """A row for each step that was kept."""
    return [
        {
            "update": step.index,
            "score": float(step.answer[0]),
            "largest change in levels": step.levels,
            "below in real numbers": step.reached,
            "below on 8 bits": "" if step.succeeded is None else step.succeeded,
        }
        for step in outcome.steps
    ]
