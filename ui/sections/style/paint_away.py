"""The closing row of the view Paint: the picture at full size, its losses and values, the run as an animation, the lines."""

from __future__ import annotations

import numpy as np
import streamlit as st
from PIL import Image

from core.images.styles import shipped
from ui import controls, export, formats, parts
from ui.sections.style import case as cases
from ui.sections.style import paint_presets, paint_snippet, tray
from ui.sections.style.case import Case, Drawn
from viz import images
from viz.animations import animated

NAME = "style-painting"
SIDE = 320
"""Pixels of the longest side of an animation: sixty pictures of it are some 10 MB."""


def take_away(drawn: Drawn, going: bool) -> None:
    """The row. While the run goes on there is nothing to take: what is there now is another picture in a moment."""
    case = drawn.case
    if going:
        parts.section("Take it away")
        st.caption("The picture and its numbers can be taken when the run is paused or over.")
        return
    export.take_away(
        NAME,
        picture=lambda: images.of_canvas(drawn.canvas),
        rows=lambda: rows(drawn),
        settings=lambda: settings(drawn),
        link=lambda: link(case),
        snippet=lambda: paint_snippet.transfer(case),
        missing=missing(drawn),
        raw=lambda: formats.npy(drawn.canvas),
        further=lambda: _offer(drawn),
        figures=lambda: figures(drawn),
    )
    height, width = drawn.canvas.shape[1:]
    st.caption(
        f"The picture is {width} × {height} px. The lines paint all {case.settings.steps:,} updates at {case.settings.side} px, "
        "with the weights of now."
    )


def rows(drawn: Drawn) -> list[dict[str, str | float | int]]:
    """A row for each step that is kept; of a picture of a single pass, one with what it took."""
    if not drawn.history:
        cost = drawn.cost
        return [{"passes forward": cost.forward, "passes back": cost.backward, "milliseconds": cost.milliseconds}]
    return [
        {
            "update": step.index,
            "total": step.losses.total,
            "content": step.losses.content,
            "style": step.losses.style,
            "total variation": step.losses.total_variation,
        }
        for step in drawn.history
    ]


def figures(drawn: Drawn) -> dict[str, object]:
    """The losses of the picture, or of one of a single pass what it took."""
    losses = drawn.losses
    if losses is None:
        return dict(rows(drawn)[-1])
    parted = {"content": losses.content, "style": losses.style, "total variation": losses.total_variation}
    return {"total loss": losses.total, **parted}


def settings(drawn: Drawn) -> dict[str, object]:
    """What was painted and how, and what its picture came to."""
    case = drawn.case
    return {
        "photo": case.photo.name,
        "styles": [style.name for style in case.styles],
        "network": case.card.key,
        "painted in one pass by": drawn.fast.key if drawn.fast else "",
        "settings": formats.plain(case.settings),
        "finished": drawn.over,
        "losses": formats.plain(drawn.losses),
    }


def link(case: Case) -> dict[str, str | list[str]]:
    """The query of a link to this state. A style of the visitor's own can't be in it."""
    left_out = {*cases.LAYERS[len(case.settings.style_layers) :]}
    if not all(map(shipped, case.keys[1:])):
        left_out.add(cases.SECOND)
    held = controls.link("part", paint_presets.KEY, *(key for key in cases.KEYS if key not in left_out))
    style = {tray.NAME: case.keys[0]} if shipped(case.keys[0]) else {}
    return {**held, "model": case.card.key, **style}


def missing(drawn: Drawn) -> str:
    """What a link can't carry."""
    own = "Your own style is not part of it." if not all(map(shipped, drawn.case.keys)) else ""
    return " ".join(words for words in (own, "A run that was started begins anew." if drawn.over else "") if words)


def frames(drawn: Drawn) -> list[Image.Image]:
    """The pictures of an animation, all of one size; the last is the painting."""
    last = images.fit(np.asarray(images.of_canvas(drawn.canvas)), SIDE)
    early = [images.to_image(step.picture).resize(last.size, Image.Resampling.BICUBIC) for step in drawn.history]
    return [*early, last]


def _offer(drawn: Drawn) -> None:
    if drawn.history:
        export.animation(NAME, lambda: animated(frames(drawn)))
