"""A run of painting, scrubbed in the browser: its pictures, its three losses step by step, and where a weight was changed."""

from __future__ import annotations

import hashlib
import statistics
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import streamlit as st

from core.style.settings import StyleSettings
from ui import live, parts
from ui.cached import drawings, stylings
from ui.components.film import Chart, Film, Panel, Series, film
from ui.sections.style.case import Drawn
from viz.colours import BOX_A, BOX_B, SHARED, Stroke

if TYPE_CHECKING:
    from core.style.objective import Losses
    from core.style.steps import StyleStep

RUN, KEY = "style-paint", "style-film"
CHANGED = "a weight was changed"
CLIPPED = 4.0
"""How many times the median a curve may rise on its axis: the first updates fall so far that nothing else would be seen."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the loss: its name, its stroke, and its value, which has no weight in it."""

    name: str
    stroke: Stroke
    of: Callable[[Losses], float]


PARTS = (
    Part("Content", BOX_A, lambda losses: losses.content),
    Part("Style", BOX_B, lambda losses: losses.style),
    Part("Total variation", SHARED, lambda losses: losses.total_variation),
)


def show(drawn: Drawn) -> None:
    """The film, opened at its last frame or where the visitor left it, and the button that goes on from the frame."""
    place, history = f"{KEY}-frame", drawn.history
    reeled = reel(drawn)
    of, frame = st.session_state.get(place, ("", 0))
    name = _name(drawn)
    frame = frame if of == name and frame < len(history) else len(history) - 1
    film(KEY, reeled, frame, lambda moved: st.session_state.update({place: (name, moved)}))
    _go_on(drawn, frame)


def reel(drawn: Drawn) -> Film:
    """The pictures and a chart for each part of the loss."""
    history = drawn.history
    xs = tuple(float(step.index) for step in history)
    marks = tuple(float(index) for index in changes(history))
    charts = tuple(_chart(part, history, xs, marks) for part in PARTS)
    notes = tuple(f"loss {parts.number(step.losses.total)}" for step in history)
    sheet = drawings.drawn_frames(_name(drawn), lambda: stylings.frames(history))
    panel = Panel("On the way", "The painting, update by update", sheet, notes)
    return Film((panel,), charts, tuple(f"update {step.index:,}" for step in history), said(history))


def curve(part: Part, history: Sequence[StyleStep]) -> list[tuple[int, float]]:
    """The indices of the steps, and what the part of the loss was there."""
    return [(step.index, part.of(step.losses)) for step in history]


def most(points: Sequence[tuple[int, float]]) -> float:
    """The value above which a curve lies at the upper end of its axis."""
    values = [value for _, value in points]
    return min(max(values), CLIPPED * statistics.median(values)) or max(values)


def changes(history: Sequence[StyleStep]) -> dict[int, str]:
    """Where a setting that acts was changed, by the index of the kept step before, and how."""
    found: dict[int, str] = {}
    for one, other in pairwise(history):
        before, after = (step.standing.settings if step.standing else None for step in (one, other))
        if before and after and (words := changed(before, after)):
            found[one.index] = words
    return found


def growths(history: Sequence[StyleStep]) -> list[int]:
    """The indices of the kept steps whose picture is larger than that of the one before."""
    return [other.index for one, other in pairwise(history) if other.octave > one.octave]


def changed(before: StyleSettings, after: StyleSettings) -> str:
    """How the later settings differ, such as "style 10 → 100"; nothing where they do not, or in the number of updates alone."""
    names = ("content", "style", "total_variation", "rate")
    words = [
        f"{name.replace('_', ' ')} {getattr(before, name):g} → {getattr(after, name):g}"
        for name in names
        if getattr(before, name) != getattr(after, name)
    ]
    words += [
        f"{layer} {before.style_layers.get(layer, 0):g} → {weight:g}"
        for layer, weight in after.style_layers.items()
        if before.style_layers.get(layer, 0) != weight
    ]
    if before.content_layers != after.content_layers:
        words.append(f"content layer {', '.join(after.content_layers)}")
    if before.mix != after.mix:
        words.append("the share of the second style")
    if before.optimiser is not after.optimiser:
        words.append(f"optimiser {after.optimiser.title}")
    return ", ".join(words)


def said(history: Sequence[StyleStep]) -> tuple[str, ...]:
    """A sentence or two for each step: its weights, what was changed after it, and where the picture grew."""
    where, grown = changes(history), growths(history)
    return tuple(
        _weights(step)
        + (f" Then: {where[step.index]}." if step.index in where else "")
        + (" The picture has grown." if step.index in grown else "")
        for step in history
    )


def _weights(step: StyleStep) -> str:
    if step.standing is None:
        return ""
    own = step.standing.settings
    return (
        f"Content {own.content:g} · style {own.style:g} · total variation {own.total_variation:g} · "
        f"learning rate {own.rate:g}."
    )


def _chart(part: Part, history: Sequence[StyleStep], xs: tuple[float, ...], marks: tuple[float, ...]) -> Chart:
    points = curve(part, history)
    top = most(points)
    return Chart(
        part.name,
        "update",
        "loss",
        xs,
        (Series(part.name.lower(), part.stroke, tuple(value for _, value in points)),),
        y_range=(0.0, top) if top > 0 else None,
        marks=marks,
        marked=CHANGED,
    )


def _go_on(drawn: Drawn, frame: int) -> None:
    """Begin again at this frame, or at the last one before it that is held at its full size."""
    from_here = next((step for step in reversed(drawn.history[: frame + 1]) if step.resumable), drawn.history[0])
    last = frame == len(drawn.history) - 1
    index = drawn.history[frame].index if last else from_here.index
    ended = index >= drawn.case.settings.steps
    st.button(
        f"Go on from update {index:,}",
        icon=":material/resume:",
        key="style-go-on",
        disabled=ended,
        on_click=live.go_back,
        args=(RUN, index),
        help="All updates are made. Choose more above." if ended else _lesson(last),
    )


def _lesson(last: bool) -> str:
    if last:
        return "With the weights of now. What came before stays in the film."
    return (
        "With the weights of now. What came before stays in the film, what came after goes. The optimiser begins anew there: "
        "it remembers nothing of the slopes before."
    )


def _name(drawn: Drawn) -> str:
    """What tells this film from others: settings may have changed on the way, so its last picture is part of it."""
    seen = hashlib.blake2b(drawn.history[-1].canvas.numpy().tobytes(), digest_size=12).hexdigest()
    return f"painting {drawn.case.name} {[step.index for step in drawn.history]} {seen}"
