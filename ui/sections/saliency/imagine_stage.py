"""The picture that is being drawn: a small one at once, the full one live, and when it has ended a film of it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from core.images.growth import updates_left
from ui import cached, live, messages, parts
from ui.cached import gradients
from ui.sections.saliency import imagine_controls, imagine_drawn, imagine_film, imagine_words
from ui.sections.saliency.imagine_controls import Plan
from ui.sections.saliency.imagine_drawn import Drawn
from viz import images
from viz.rising_chart import rising_chart

if TYPE_CHECKING:
    from core.experiments.imagining import DrawnStep
    from ui.live import Shown

NOW = "imagine-now"
"""In the session: the picture that is seen, so that it can be kept while the run goes on."""

BELOW = 172
"""Pixels that a film is higher than what is seen while it is drawn."""


def stage(asked: Plan) -> tuple[Drawn, bool]:
    """Picture and numbers, the sliders beside them; returns what is drawn, and whether it still goes on.

    On a phone the sliders come below, and lie at the lower edge of the screen while it is drawn: so both are in view. In a
    wider window what is drawn has a least height, that of a finished film: so nothing below it moves while one picture goes
    and the next is made (both in `ui.frame.STYLE`).
    """
    left, right = st.columns([4, 1], gap="large")
    with right, parts.hideable("weights"):
        plan = replace(asked, settings=imagine_controls.weights(asked))
    with left, parts.hideable("drawing"), st.container(key=f"drawing-{plan.mode}"):
        shown = live.watch(
            f"imagine-{plan.mode}",
            (cached.version(plan.card.key), plan.name),
            gradients.begin(plan.card.key, plan.side, plan.ground, plan.layer),
            plan.settings,
            lambda shown: _draw(plan, shown),
            total=plan.settings.steps,
            ahead=partial(updates_left, settings=plan.settings),
            what="The drawing",
            keep=gradients.kept,
        )
    with st.container():  # a cached door takes a place on the page, and a run that goes on asks none
        return imagine_drawn.drawn(plan, shown), shown.phase.going


def _draw(plan: Plan, shown: Shown[DrawnStep]) -> None:
    """In every phase of the run: the picture, below it its numbers."""
    if shown.newest is None:
        with st.skeleton(height=420):
            drawn = imagine_drawn.drawn(plan, shown)
        imagine_film.show(f"imagine-small-{plan.mode}", plan, drawn.roll)
        _small(plan, drawn, going=shown.phase.going)
    else:
        drawn = imagine_drawn.drawn(plan, shown)
        if drawn.over:
            imagine_film.show(f"imagine-film-{plan.mode}", plan, drawn.roll)
        else:
            _now(drawn, shown)
    st.session_state[NOW] = (plan.name, drawn.canvas, drawn.score, drawn.probability)
    with parts.hideable("numbers"):
        imagine_words.figures(drawn)


def _now(drawn: Drawn, shown: Shown[DrawnStep]) -> None:
    """The newest picture, and how far what is raised has come."""
    plan, newest = drawn.plan, shown.newest
    assert newest is not None
    left, right = st.columns(2, gap="medium")
    with left:
        parts.picture(
            images.encode(imagine_drawn.picture(drawn.canvas)),
            messages.escape(imagine_film.title(plan)),
            imagine_words.told(drawn, newest.octave),
            alt=f"The picture so far, drawn for {plan.label}",
        )
    with right:
        name = "strength" if plan.layer else "score"
        scores = [(step.index, step.value if step.score is None else step.score) for step in shown.history]
        _chart(plan, scores, name)
        _chart(plan, [(step.index, step.probability) for step in shown.history if step.probability], "probability")
    st.caption(imagine_drawn.stuck(plan) if newest.stuck else "After the end you can scrub through all of it here.")
    st.space(BELOW)


def _chart(plan: Plan, points: list[tuple[int, float]], name: str) -> None:
    """A curve so far; where nothing is measured, its place."""
    if points:
        st.image(rising_chart(points, plan.settings.steps, name=name), width="stretch", alt=f"The {name} so far")
    else:
        st.empty()


def _small(plan: Plan, drawn: Drawn, *, going: bool) -> None:
    """What the small run is."""
    height, width = drawn.canvas.shape[1:]
    if drawn.small is not None and drawn.small.stuck:
        st.caption(imagine_drawn.stuck(plan))
    elif not going:
        st.caption(
            f"A small run to begin with: {plan.small().steps} steps, {width} × {height} px. Start draws "
            f"{plan.settings.steps} steps at {plan.side} px while you watch."
        )
