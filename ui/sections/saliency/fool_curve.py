"""One attack against epsilon: how probable its class becomes, and from where on it succeeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.adversarial.settings import LEVEL, Norm
from ui import messages
from ui.sections.saliency.fool_case import Asked
from viz.colours import BOX_A, BOX_B
from viz.threshold_curves import Line, threshold_curves

if TYPE_CHECKING:
    from core.experiments.fooling_trials import Least, Trial

MOST = {Norm.LINF: 20.0, Norm.L2: 7.5}  # of the axis: a fifth of it has to be a plain number
LIMIT = 16  # levels, from which the smallest epsilon is searched by halving


def curve(asked: Asked, points: Sequence[Trial], total: int, least: Least | None, at: float) -> None:
    """The picture with a line at `at`, in pixel values of [0, 1], and its words; `total` points are to be there."""
    norm = asked.settings.attack.norm
    unit = LEVEL if norm is Norm.LINF else 1.0
    picture = threshold_curves(
        lines(asked, points, unit),
        at=at / unit,
        x_name="epsilon, in 1/255" if norm is Norm.LINF else "epsilon, L2 length",
        x_most=MOST[norm],
        y_most=1.0,
        y_name="on 8 bits",
    )
    st.image(picture, width=560, alt="The probability of the class and success, over epsilon")
    st.caption(said(asked, points, total, unit, least))


def lines(asked: Asked, points: Sequence[Trial], unit: float) -> list[Line]:
    """The probability of the class that is meant, and success as 0 or 1, over epsilon in `unit`."""
    at = [(one.settings.epsilon or 0.0) / unit for one in points]
    probable = tuple(zip(at, (one.probability for one in points), strict=True))
    fooled = tuple(stairs(at, [float(one.succeeded) for one in points]))
    return [Line("success", BOX_B, fooled), Line(asked.clean.classes[asked.aim.label], BOX_A, probable)]


def stairs(xs: Sequence[float], ys: Sequence[float]) -> list[tuple[float, float]]:
    """Points of a curve that stays at a value until the next is measured: nothing is known in between."""
    jumps = [((x, before), (x, y)) for x, before, y in zip(xs[1:], ys, ys[1:], strict=False)]
    return [(xs[0], ys[0]), *(point for jump in jumps for point in jump)]


def said(asked: Asked, points: Sequence[Trial], total: int, unit: float, least: Least | None) -> str:
    """The legend and from where on it succeeds."""
    name = messages.escape(asked.clean.classes[asked.aim.label])
    legend = f":blue[**——**] probability of **{name}**, :orange[**——**] success, 0 or 1"
    if len(points) < total:
        return f"{legend}. {total - len(points)} values to come."
    good = [(one.settings.epsilon or 0.0) / unit for one in points if one.succeeded]
    on = "/255" if unit == LEVEL else ""
    told = f"It succeeds from {good[0]:.3g}{on} on." if good else "It succeeds at none of them."
    if good and any(not one.succeeded for one in points if (one.settings.epsilon or 0.0) / unit > good[0]):
        told = f"It succeeds first at {good[0]:.3g}{on}, though not at every larger one: the steps are others."
    if least is None:
        return f"{legend}. {told}"
    if least.levels is None:
        return f"{legend}. {told} Not even {LIMIT}/255 is enough."
    tried = ", ".join(f"{one.levels}" for one in least.attempts)
    return (
        f"{legend}. {told} Halving between what fails and what works ({tried}) finds **{least.levels}/255** as the smallest. "
        "A better attack may need less."
    )
