"""A run that has ended, scrubbed in the browser: its picture, and what was raised, step by step."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.adversarial.visualisation_settings import Raised
from ui import parts
from ui.cached import drawings, gradients
from ui.components.film import Chart, Film, Panel, Series, film
from ui.sections.saliency.imagine_controls import Plan
from viz.colours import BOX_A, BOX_B

if TYPE_CHECKING:
    from core.adversarial.class_visualisation import VisualisationStep
    from core.experiments.imagining import Closing, Imagined


@dataclass(frozen=True, slots=True, eq=False)
class Roll:
    """Some steps of a run, named `of` to tell them from others; `pictures` are made when somebody wants them.

    `scores` and `probabilities` of the class are empty where no class is drawn.
    """

    of: str
    indices: tuple[int, ...]
    values: tuple[float, ...]
    scores: tuple[float, ...]
    probabilities: tuple[float, ...]
    pictures: Callable[[], np.ndarray]


def small(plan: Plan, found: Imagined) -> Roll:
    """The roll of a small run."""
    one = found.frames
    of = f"imagine small {plan.name} {plan.small()}"
    return Roll(of, one.indices, one.values, one.scores, one.probabilities, lambda: one.pictures)


def watched(
    plan: Plan, history: Sequence[VisualisationStep], newest: VisualisationStep, said: Closing | None = None
) -> Roll:
    """The roll of a watched run, whose settings may have changed on the way: its last picture names it.

    `said` is what the network says of that picture as it is, once the run is over: the last numbers are those.
    """
    if said:
        newest = replace(newest, value=said.value, score=said.score, probability=said.probability)
    steps = (*history[:-1], newest)
    seen = hashlib.blake2b(newest.canvas.numpy().tobytes(), digest_size=12).hexdigest()
    return Roll(
        of=f"imagine {plan.name} {newest.index} {seen} {said is not None}",
        indices=tuple(step.index for step in steps),
        values=tuple(step.value for step in steps),
        scores=tuple(step.score for step in steps if step.score is not None),
        probabilities=tuple(step.probability for step in steps if step.probability is not None),
        pictures=lambda: gradients.frames(steps),
    )


def show(key: str, plan: Plan, roll: Roll) -> None:
    """The film, opened at its last frame, or where the visitor left it."""
    place = f"{key}-frame"
    of, frame = st.session_state.get(place, ("", 0))
    last = len(roll.indices) - 1
    film(
        key,
        reel(plan, roll),
        frame if of == roll.of else last,
        lambda moved: st.session_state.update({place: (roll.of, moved)}),
    )


def reel(plan: Plan, roll: Roll) -> Film:
    """The picture and one chart, or for a class two. It ends with the finished picture."""
    notes = tuple(
        f"score {score:.1f} · {parts.percent(probability)}"
        for score, probability in zip(roll.scores, roll.probabilities, strict=True)
    )
    what = f"what {plan.layer} sees in the photo" if plan.layer else f"the class {plan.label}"
    panel = Panel(
        title(plan),
        f"A picture drawn by gradient ascent for {what}",
        drawings.drawn_frames(roll.of, roll.pictures),
        notes or tuple(f"strength {parts.number(value)}" for value in roll.values),
    )
    steps = tuple(f"step {index}" for index in roll.indices[:-1])
    return Film((panel,), _charts(plan, roll), (*steps, f"step {roll.indices[-1]}, finished"))


def _charts(plan: Plan, roll: Roll) -> tuple[Chart, ...]:
    xs = tuple(float(index) for index in roll.indices)
    if plan.layer:
        series = Series("mean square of its features", BOX_A, roll.values)
        return (Chart("What the layer sees", "step", "strength", xs, (series,)),)
    return (
        Chart("Score", "step", "logit", xs, (Series(f"score of {plan.label}", BOX_A, roll.scores),)),
        Chart(
            "Probability",
            "step",
            "softmax",
            xs,
            (Series(f"probability of {plan.label}", BOX_B, roll.probabilities),),
            y_range=(0.0, 1.0),
        ),
    )


def title(plan: Plan) -> str:
    """What the picture is called."""
    if plan.layer:
        return f"Deep dream at {plan.layer}"
    by = "score" if plan.settings.raised is Raised.SCORE else "probability"
    return f"“{plan.label}” by its {by}"
