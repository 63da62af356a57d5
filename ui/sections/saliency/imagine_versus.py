"""Score against softmax: the same small run with each, side by side, and why the score is used.

Both are made some updates at a time, so that every control is heard between two parts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.adversarial.visualisation_settings import Raised, VisualisationSettings
from ui import growing, messages, parts
from ui.cached import drawings, efforts
from ui.sections.saliency import imagine_drawn
from ui.sections.saliency.imagine_controls import Plan
from viz.images import to_image

if TYPE_CHECKING:
    from core.experiments.effort import Effort
    from core.experiments.imagining import Imagined

NAME = "imagine-versus"
TALLEST = 260  # px
BUDGET = 0.25  # seconds of a part: a click is heard after it
PARTS = 100_000  # more than both have: how many they take is known at their end


def plans(plan: Plan) -> list[Plan]:
    """The same class drawn by its score and by its probability, with the settings of the beginning: no slider moves them."""
    standard = VisualisationSettings(target=plan.settings.target)
    return [replace(plan, settings=replace(standard, raised=raised)) for raised in Raised]


def versus(plan: Plan, *, waits: bool = False) -> list[Imagined]:
    """Both pictures, one after the other; returns those that are there. With `waits`, no more than is there already."""
    parts.section(
        "Why the score, and not the probability?",
        "The probability also rises when all other classes fall, and near 100 % it has nowhere left to go. The score has.",
    )
    both = plans(plan)
    made = [imagine_drawn.making(one) for one in both]
    of = " ".join(f"{one.name} {one.small()}" for one in both)

    def draw(_: int) -> None:
        _stage(plan, both, made)
        going = next((one for one in made if one.answer is None), None)
        if going is not None and not waits:
            efforts.advanced(going, BUDGET)
            if _whole(made):
                growing.stop(NAME, of)
                st.rerun()  # the page itself: it draws both, and the clock stands still

    if waits or _whole(made):
        growing.still(0, draw)
    else:
        growing.filled(NAME, of, PARTS, draw)
    return [one.answer for one in made if one.answer]


def _whole(made: list[Effort[Imagined]]) -> bool:
    return all(one.answer for one in made)


def _stage(plan: Plan, both: list[Plan], made: list[Effort[Imagined]]) -> None:
    """Both pictures and what they say, each where it is there."""
    cells = st.columns(3, gap="medium")
    for one, effort, cell in zip(both, made, cells, strict=False):
        with cell.container():
            if effort.answer:
                _one(one, effort.answer)
            else:
                st.skeleton(height=TALLEST)
    with cells[2].container(gap="small"):
        if all(one.answer for one in made):
            _figures(plan, *(one.answer for one in made if one.answer))


def verdict(by_score: Imagined, by_softmax: Imagined) -> str:
    """What the two runs say, in a sentence with their numbers."""
    ours, theirs = by_score.score, by_softmax.score
    assert ours is not None
    assert theirs is not None
    said = f"Drawn by the score it ends at {ours:.1f}, drawn by the probability at {theirs:.1f}"
    if ours > theirs:
        return (
            f"{said}: the probability was content earlier, partly by lowering other classes. Which of the two looks better "
            "is not settled by either number."
        )
    return (
        f"{said}: here the score did not get further in so few steps. Raising the probability also pulled the other classes "
        "down, which can be a help early on. Start the full run with each."
    )


def _one(plan: Plan, found: Imagined) -> None:
    name = "score" if plan.settings.raised is Raised.SCORE else "probability"
    label, share = messages.escape(plan.label), parts.percent(found.probability or 0.0)
    said = imagine_drawn.stuck(plan) if found.stuck else f"{label}: score {found.score:.1f} · probability {share}"
    parts.picture(
        drawings.drawn(f"versus {plan.name} {plan.small()}", lambda: to_image(found.frames.pictures[-1])),
        f"By its {name}",
        said,
        alt=f"{plan.label}, drawn by raising its {name}",
        tallest=TALLEST,
    )


def _figures(plan: Plan, by_score: Imagined, by_softmax: Imagined) -> None:
    st.metric(
        "Score, by the score", f"{by_score.score:.1f}", help=f"What the network says of the last picture: {plan.label}."
    )
    st.metric("Score, by probability", f"{by_softmax.score:.1f}")
    st.caption(verdict(by_score, by_softmax))
