"""An attack, watched while it happens: Start, Pause, Stop; picture, change and answer of every moment."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from ui import cached, live, parts
from ui.cached import adversarial
from ui.components.film import Film
from ui.sections.saliency import fool_film, fool_words
from ui.sections.saliency.fool_case import Asked
from viz import images
from viz.threshold_curves import Line, threshold_curves

if TYPE_CHECKING:
    from core.adversarial.settings import AttackSettings
    from core.experiments.adversarial import FoolStep
    from core.steps import Run

TALLEST = 300  # px


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """An attack to be watched, on a class or on a box. `name` tells what is attacked, and `of` also by which network and how.

    `clean` is the picture before, and `before` what the network says of it; `told` is what it says at a step. `lines` and
    `said` are the chart of the steps so far and the words under it, `reel` the film of a whole run by its key, its steps and
    the magnification.
    """

    key: str
    of: Hashable
    name: str
    begin: Callable[[AttackSettings], Run[FoolStep]]
    settings: AttackSettings
    clean: np.ndarray
    before: str
    told: Callable[[FoolStep], str]
    measure: str
    lines: Callable[[Sequence[FoolStep]], list[Line]]
    said: Callable[[FoolStep], str]
    reel: Callable[[str, Sequence[FoolStep], int], Film]

    @property
    def scrubbed(self) -> str:
        """Where the session holds the place in the film, with its run: the film above has its own in the URL."""
        return f"{self.key}-update"


def on_class(asked: Asked) -> Scene:
    """The attack on the answer of a classifier."""
    classes = asked.clean.classes

    return Scene(
        key="fool-live",
        of=(cached.version(asked.card.key), asked.name, asked.settings.attack),
        name=asked.name,
        begin=adversarial.begin(asked.photo, asked.card.key, asked.aim),
        settings=asked.settings,
        clean=asked.clean.pixels,
        before=fool_words.percent_of(asked.clean.guesses[0]),
        told=lambda step: fool_film.top(step, classes),
        measure="probability",
        lines=lambda steps: lines(steps, asked),
        said=lambda step: " · ".join(f"{classes[place]} {step.answer[place]:.2f}" for place in asked.named),
        reel=lambda key, steps, factor: fool_film.reel(key, steps, classes, asked.named, factor),
    )


def watch(scene: Scene, factor: int) -> bool:
    """The run with its buttons; a moved control changes its next step, and after its end it is scrubbed.

    Returns whether it goes on.
    """
    parts.section(
        "Watch it live",
        "The same attack while it happens. Move epsilon while it runs: with more steps, or a larger network, there is more time.",
    )
    shown = live.watch(
        scene.key,
        scene.of,
        scene.begin,
        scene.settings,
        lambda shown: draw(scene, shown, factor),
        total=scene.settings.updates,
        what="The attack",
    )
    return shown.phase.going


def draw(scene: Scene, shown: live.Shown[FoolStep], factor: int) -> None:
    """A picture of this moment; after the end the film of the whole run. What it was drawn with is said where it differs."""
    if shown.newest is None:
        if shown.phase.going:
            _picture(scene.clean, "Clean", scene.before)
        return
    told = stale(scene.settings, shown)
    if told:
        st.caption(told)
    if not shown.phase.ended:
        now(scene, shown.newest, shown.history, factor)
        return
    steps, last = list(shown.history), len(shown.history) - 1
    key = f"{scene.name} {shown.newest.settings} live {shown.newest.index} {shown.newest.cost}"
    of, at = st.session_state.get(scene.scrubbed, ("", last))
    fool_film.film(
        f"{scene.key}-film",
        scene.reel(key, steps, factor),
        at if of == key else last,
        lambda moved: st.session_state.update({scene.scrubbed: (key, moved)}),
    )


def stale(settings: AttackSettings, shown: live.Shown[FoolStep]) -> str:
    """Where a run was drawn with others than `settings`: with which, and when those that are set will act. Else empty."""
    newest = shown.newest
    if newest is None:
        return ""
    began, used = shown.history[0].settings, newest.settings
    if not shown.phase.ended:
        other, _ = fool_words.differing(used, replace(used, random_start=settings.random_start, seed=settings.seed))
        return "Another random start or seed counts from the next start on, not in this run." if other else ""
    drawn, wanted = fool_words.differing(used, settings)
    before, after = fool_words.differing(began, used)
    way = f"It began with {before}, and was moved to {after} on the way. " if before else ""
    if not drawn:
        return way.strip()
    return f":material/history: {way}**Drawn with {drawn}**, not with what is set now. Start again for {wanted}."


def now(scene: Scene, newest: FoolStep, history: Sequence[FoolStep], factor: int) -> None:
    """The changed picture, the change, and the answers up to here."""
    left, middle, right = st.columns([3, 3, 4], gap="medium")
    with left:
        title = "Adversarial" if newest.levels else "Clean"
        _picture(newest.pixels, title, scene.told(newest))
    with middle:
        if newest.levels:
            change = fool_film.magnified(newest.pixels, scene.clean, factor)
            _picture(change, f"The change × {factor}", f"at most {newest.levels} of 255 levels")
        else:
            st.caption("**No change yet** · no value has moved by a whole level of 8 bits.")
    with right:
        chart = threshold_curves(
            scene.lines(history),
            at=float(newest.index),
            x_name="updates",
            x_most=float(scene.settings.updates),
            y_most=1.0,
            y_name=scene.measure,
        )
        st.image(chart, width="stretch", alt=f"The {scene.measure} over the updates so far")
        st.caption(scene.said(newest))


def lines(history: Sequence[FoolStep], asked: Asked) -> list[Line]:
    """A curve over the updates so far for each class that is worth one."""
    places = fool_film.shown(np.stack([step.answer for step in history]), asked.named)
    return [
        Line(asked.clean.classes[place], stroke, curve(history, place))
        for place, stroke in zip(places, fool_film.STROKES, strict=False)
    ]


def curve(history: Sequence[FoolStep], place: int) -> tuple[tuple[float, float], ...]:
    """One number of the answers over the updates."""
    return tuple((float(step.index), float(step.answer[place])) for step in history)


def _picture(pixels: np.ndarray, title: str, note: str) -> None:
    parts.picture(images.encode(images.to_image(pixels)), title, note, alt=f"{title} at this moment", tallest=TALLEST)
