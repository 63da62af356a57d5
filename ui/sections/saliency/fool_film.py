"""The attack as a film: the clean picture, the changed one, the change magnified, and the probabilities on the way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from ui import address, parts
from ui.cached import drawings
from ui.components.film import Chart, Film, Panel, Series, film
from viz.colours import BOX_A, BOX_B, SERIES, Stroke

if TYPE_CHECKING:
    from core.experiments.adversarial import FoolStep

FRAME, MAGNIFY = "update", "magnify"
KEYS = (FRAME, MAGNIFY)
FACTORS = (1, 2, 5, 10, 20, 50, 100, 200)
MOST = 4  # classes in the chart
STROKES = (BOX_A, BOX_B, Stroke("#CC79A7", "7 5"), Stroke(SERIES[0].colour, "2 5"))
"""Of the clean class, the target, and two others, with dash as the second cue."""


def magnified(pixels: np.ndarray, clean: np.ndarray, factor: int) -> np.ndarray:
    """The change of `pixels`, uint8 (..., h, w, 3), times `factor`: 128 is where nothing changed, and what is too large is cut."""
    change = pixels.astype(np.int32) - clean.astype(np.int32)
    return (128 + factor * change).clip(0, 255).astype(np.uint8)


def factor() -> int:
    """By how much the change is magnified: a slider."""
    chosen = st.select_slider(
        "Change magnified",
        [f"× {one}" for one in FACTORS],
        value="× 20",
        key=MAGNIFY,
        bind="query-params",
        width=340,
        help="Grey is where nothing changed. What is brighter or darker than the screen allows is cut.",
    )
    return int(str(chosen).removeprefix("× "))


def show(key: str, reel: Film, name: str = FRAME) -> int:
    """The film at the step that the URL names, else at its end; returns the step."""
    last = len(reel.steps) - 1
    frame = address.number(name, None)
    here = last if frame is None else min(frame, last)
    film(key, reel, here, lambda moved: address.keep(name, moved))
    address.show(name, None if here == last else str(here))
    return here


def reel(key: str, steps: Sequence[FoolStep], classes: Sequence[str], named: Sequence[int], factor: int) -> Film:
    """Three pictures over the steps and one chart. `named` are the clean class and the target; `key` tells runs apart."""
    frames = np.stack([step.pixels for step in steps])
    panels = (
        Panel(
            "Clean",
            "The picture before the attack, as the network is given it",
            drawings.drawn_frames(f"{key} clean", lambda: np.repeat(frames[:1], len(frames), axis=0)),
            (top(steps[0], classes),),
        ),
        Panel(
            "Adversarial",
            "The changed picture, rounded to 8 bits",
            drawings.drawn_frames(f"{key} changed", lambda: frames),
            tuple(top(step, classes) for step in steps),
        ),
        Panel(
            f"The change × {factor}",
            f"The difference of both pictures, {factor} times as large; grey is none",
            drawings.drawn_frames(f"{key} {factor}", lambda: magnified(frames, frames[0], factor)),
            tuple(f"at most {step.levels} of 255 levels" for step in steps),
        ),
    )
    return Film(panels, (chart(steps, classes, named),), tuple(counted(step, steps[-1].index) for step in steps))


def chart(steps: Sequence[FoolStep], classes: Sequence[str], named: Sequence[int]) -> Chart:
    """The probabilities of the clean class, the target, and whichever others came highest on the way."""
    answers = np.stack([step.answer for step in steps])
    series = tuple(
        Series(classes[place], stroke, tuple(float(value) for value in answers[:, place]))
        for place, stroke in zip(shown(answers, named), STROKES, strict=False)
    )
    xs = tuple(float(step.index) for step in steps)
    return Chart("What the network sees", "updates", "probability", xs, series, y_range=(0.0, 1.0))


def shown(answers: np.ndarray, named: Sequence[int]) -> list[int]:
    """The classes of the chart: those that are `named` first, then those with the highest probability at any step."""
    others = np.argsort(-answers.max(axis=0), kind="stable").tolist()
    return list(dict.fromkeys([*named, *others]))[:MOST]


def top(step: FoolStep, classes: Sequence[str]) -> str:
    """What the network sees at a step: as a picture of 8 bits where that was asked, else in real numbers."""
    answer = step.answer if step.rounded_answer is None else step.rounded_answer
    best = int(answer.argmax())
    held = "" if step.rounded_answer is None else ", on 8 bits"
    return f"{classes[best]} {parts.percent(float(answer[best]))}{held}"


def counted(step: FoolStep, last: int) -> str:
    """Where the film is."""
    return f"update {step.index} of {last}"
