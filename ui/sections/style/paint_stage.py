"""The painting: a preview at once, the run live with its three losses, and when it rests a wipe and a film of it."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from core.errors import VisionLabError
from core.images.growth import updates_left
from ui import cached, live, messages, parts
from ui.cached import drawings, stylings
from ui.components.wipe import Wipe, wipe
from ui.sections.style import paint_controls, paint_drawn, paint_film, paint_forecast, paint_words, tray
from ui.sections.style.case import Case, Drawn
from viz import images
from viz.rising_chart import rising_chart

if TYPE_CHECKING:
    from core.experiments.styling import PaintedStep
    from core.style.steps import StyleStep
    from ui.live import Shown

SHOWN, TALLEST = 720, 480
"""Pixels of the longest side of what the page shows, a small preview enlarged; what is taken away has its own. And px on the
page, at most, from top to bottom."""


def stage(asked: Case) -> tuple[Drawn, bool]:
    """Picture, losses and numbers, the sliders beside them; returns what is painted, and whether it still goes on.

    On a phone the sliders come below, and lie at the lower edge of the screen while it is painted: so both are in view. In a
    wider window what is painted has a least height (both in `ui.frame.STYLE`).
    """
    left, right = st.columns([4, 1], gap="large")
    with right, parts.hideable("weights"):
        case = paint_controls.weights(asked)
    with left, parts.hideable("painting"):
        before = st.container()  # its words take a moment, and the picture comes first
        with st.container(key="painting"):
            shown = live.watch(
                paint_film.RUN,
                (cached.version(case.card.key), case.name),
                stylings.begin(case.card.key, case.photo, case.styles),
                case.settings,
                lambda shown: _draw(case, shown),
                total=case.settings.steps,
                what="The painting",
                keep=stylings.kept,
                unit="update",
                ahead=partial(updates_left, settings=case.settings),
                resume=lambda step: stylings.begin(case.card.key, case.photo, case.styles, after=step),
            )
    with st.container():  # a cached door takes a place on the page, and a run that goes on asks none
        drawn = paint_drawn.drawn(case, shown)
    with before:
        if shown.phase is live.Phase.READY:  # of a run that failed the error tells more
            paint_forecast.line(case)
    return drawn, shown.phase.going


def _draw(case: Case, shown: Shown[PaintedStep]) -> None:
    """In every phase of the run: the picture, its losses, below them its numbers."""
    if shown.newest is None:
        try:
            with st.skeleton(height=420):
                drawn = paint_drawn.drawn(case, shown)
        except VisionLabError:  # whoever drew the stage asks for the same, and tells it once
            return
        _wiped(drawn)
        st.caption(previewed(drawn))
    else:
        drawn = paint_drawn.drawn(case, shown)
        with st.container():
            if shown.phase.going:
                _now(drawn, shown.newest)
            else:
                _wiped(drawn)
                st.caption(kept(drawn, shown.newest))
                paint_film.show(drawn)
    with parts.hideable("numbers"):
        paint_words.figures(drawn)


def _wiped(drawn: Drawn) -> None:
    """The photo to the left of the edge, the painting to the right of it."""
    photo = drawn.case.photo
    painting = picture(drawn.canvas)
    seen = hashlib.blake2b(painting.tobytes(), digest_size=12).hexdigest()
    wipe(
        "style-wipe",
        Wipe(
            photo=cached.backdrop(photo),
            after=drawings.veil(f"painting {seen}", lambda: painting),
            width=painting.width,
            height=painting.height,
            alt=f"The photo to the left, and to the right of the edge painted in the style {styled(drawn.case)}",
            names=("Photo", "Painting"),
            position=0.35,
            tallest=TALLEST,
        ),
        lambda rest: None,
    )


def _now(drawn: Drawn, newest: PaintedStep) -> None:
    """The newest picture, and beside it the three parts of the loss so far: both in view of whoever moves a weight."""
    height, width = drawn.canvas.shape[1:]
    left, right = st.columns([5, 3], gap="medium")
    with left:
        parts.picture(
            images.encode(picture(drawn.canvas)),
            f"Update {newest.index:,}",
            f"octave {newest.octave + 1} of {drawn.case.settings.octaves}, {width} × {height} px · "
            f"loss {parts.number(newest.losses.total)}",
            alt=f"The painting so far, in the style {styled(drawn.case)}",
            tallest=TALLEST,
        )
    with right:
        _losses(drawn)
    st.caption(_marked(drawn.history))


def _losses(drawn: Drawn) -> None:
    """Each part by itself and without its weight."""
    history = drawn.history
    for part in paint_film.PARTS:
        points = paint_film.curve(part, history)
        svg = rising_chart(
            points,
            drawn.case.settings.steps,
            name=part.name.lower(),
            stroke=part.stroke,
            marks=tuple(paint_film.changes(history)),
            most=paint_film.most(points),
            unit="update",
        )
        st.image(svg, width="stretch", alt=f"The {part.name.lower()} loss so far")


def _marked(history: tuple[StyleStep, ...]) -> str:
    """What was changed last or may be, and where the curves jump by themselves."""
    where, grown = paint_film.changes(history), paint_film.growths(history)
    if where:
        index, words = list(where.items())[-1]
        said = f"Dashed: a weight was changed, last at update {index:,}: {words}."
    else:
        said = "Move a weight, and see its curve bend."
    if grown:
        said += (
            f" Where the picture grows, at update {grown[-1]:,}, the curves jump: it is another problem from there on."
        )
    return f"Each loss is without its weight; what is above the axis is drawn at its upper edge. {said}"


def previewed(drawn: Drawn) -> str:
    """Which of both previews it is."""
    height, width = drawn.canvas.shape[1:]
    size = f"{width} × {height} px"
    if drawn.fast:
        return (
            f"**Fast preview** · {messages.escape(drawn.fast.title)}, a network that learned this one style, painted it in a "
            f"single pass, {size}. It knows none of your weights: Start paints with them while you watch."
        )
    return (
        f"**Small preview** · {drawn.history[-1].index} updates of L-BFGS, {size}, with your weights: rough, and there at once. "
        "Start paints the large one while you watch."
    )


def kept(drawn: Drawn, newest: PaintedStep) -> str:
    """Which picture of the run it is."""
    height, width = drawn.canvas.shape[1:]
    size = f"{width} × {height} px"
    if not drawn.over:
        return f"**Update {newest.index:,}** · {size}. Resume goes on from here."
    if newest.best.index == newest.index:
        return f"**The painting** · update {newest.index:,}, {size}. It has the lowest loss so far and is what is kept."
    return (
        f"**The painting** · the best picture is that of update {newest.best.index:,}, {size}, with a loss of "
        f"{parts.number(newest.best.total)}. It is kept; the last update has {parts.number(newest.losses.total)}."
    )


def picture(canvas: np.ndarray) -> Image.Image:
    """A canvas (3, h, w) in [0, 1] as a picture of the size that the page shows."""
    made = images.of_canvas(canvas)
    factor = SHOWN / max(made.size)
    return made.resize((round(made.width * factor), round(made.height * factor)), Image.Resampling.BICUBIC)


def styled(case: Case) -> str:
    """The names of its styles."""
    titles = tray.choices()
    return messages.escape(
        " and ".join(titles.get(key, style.name) for key, style in zip(case.keys, case.styles, strict=True))
    )
