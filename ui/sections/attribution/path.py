"""Integrated gradients, step by step: the way from a baseline to the photo, scrubbed, and what its sum comes to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import address, messages, parts
from ui.cached import attributions, drawings
from ui.components.film import Chart, Film, Level, Panel, Series, film
from ui.sections.attribution import path_pictures, path_words, way
from ui.sections.attribution.case import Case
from ui.sections.attribution.path_words import number
from ui.sections.attribution.way import Way
from viz.colours import BOX_B, POSITIVE, SHARED, Stroke

if TYPE_CHECKING:
    from core.experiments.integration import Walk

FRAME, OVER = "alpha", "over"  # in the URL
KEYS = (*way.KEYS, FRAME, OVER)
WANTED = 0.05
"""The gap that Sundararajan et al., 2017, section 5, call good enough."""


def controls(case: Case, near: tuple[DeltaGenerator, DeltaGenerator], far: DeltaGenerator) -> Way:
    """The baseline and the points in two cells, the rule and how the attribution is shown in `far`."""
    made = way.controls(case, near, far)
    far.toggle("Attribution over the photo", value=True, key=OVER, bind="query-params")
    return made


def walk(case: Case, made: Way) -> Walk:
    """The path of the film; cached, so whoever needs it may ask."""
    return attributions.walk(case.photo, case.card.key, case.target, made.settings, made.other)


def view(case: Case, made: Way) -> Walk:
    """The film, its numbers and the formula; returns the path."""
    parts.section(
        "Integrated gradients, step by step",
        "Fade the photo in from a baseline, ask for the gradient at each point, and add up. Drag along the path.",
    )
    with st.skeleton(height=640):
        found = walk(case, made)
    frame = address.number(FRAME, None)
    last = len(found.alphas) - 1
    opening = opens_at(found)
    film(
        "attribution-path",
        reel(case, made, found),
        opening if frame is None else min(frame, last),
        lambda moved: address.keep(FRAME, moved),
    )
    address.show(FRAME, None if frame in (None, opening) or frame > last else str(frame))
    with parts.hideable("numbers"):
        figures(case, made, found)
    return found


def opens_at(found: Walk) -> int:
    """The middle of the path."""
    return int(np.argmin(np.abs(np.array(found.alphas) - 0.5)))


def reel(case: Case, made: Way, found: Walk) -> Film:
    """Three pictures and two charts over the points of the path."""
    over = st.session_state.get(OVER, True)
    key = f"{case.name} {made.settings} {made.other.digest if made.other else ''}"
    strengths = path_words.strength(found)
    rise, begins = found.score - found.baseline_score, way.words(made)
    ticks = tuple((place / 4, f"{place / 4:g}") for place in range(5))
    panels = (
        Panel(
            "The photo so far",
            f"The way from {begins} to the photo",
            drawings.drawn_frames(f"{key} pictures", lambda: found.pictures),
            tuple(f"{parts.percent(alpha, 0)} photo" for alpha in found.alphas),
        ),
        Panel(
            "The gradient here",
            f"The gradient of the score of {case.label}: red where brighter would raise it",
            drawings.drawn_frames(f"{key} slopes", lambda: path_pictures.slopes(found)),
            tuple(f"{parts.percent(one, 0)} of its strongest" for one in strengths),
        ),
        Panel(
            "The attribution so far",
            f"What each pixel has added to the score of {case.label} up to here",
            drawings.drawn_frames(f"{key} {over}", lambda: path_pictures.accumulated(found, over=bool(over))),
            tuple(f"sum {number(one)}" for one in found.running),
        ),
    )
    charts = (
        Chart(
            "The score on the way",
            "α, from the baseline to the photo",
            "f",
            found.alphas,
            (Series(f"f, the score of {case.label}", POSITIVE, found.path_scores),),
            (Level("the baseline, f(x′)", found.baseline_score), Level("the photo, f(x)", found.score)),
            x_ticks=ticks,
        ),
        Chart(
            "The sum so far",
            "α, from the baseline to the photo",
            "added",
            found.alphas,
            (
                Series("sum of the attribution", BOX_B, found.running),
                Series(
                    "how far f has risen",
                    Stroke(SHARED.colour, "7 5"),
                    tuple(one - found.baseline_score for one in found.path_scores),
                ),
            ),
            (Level("f(x) − f(x′)", rise),),
            x_ticks=ticks,
        ),
    )
    steps = tuple(f"α = {alpha:.2f}" for alpha in found.alphas)
    return Film(panels, charts, steps, path_words.said(found))


def figures(case: Case, made: Way, found: Walk) -> None:
    """Both scores, the sum, and the gap between them."""
    cells = parts.four(150)
    rise = found.score - found.baseline_score
    cells[0].metric("f(x), the photo", number(found.score), help=f"The logit of {case.label}.")
    cells[1].metric("f(x′), the baseline", number(found.baseline_score), help=f"The same for {way.words(made)}.")
    cells[2].metric("Sum of all pixels", number(found.running[-1]), help=f"It should reach {number(rise)}.")
    if found.gap is None:
        cells[3].metric("Gap", "–", delta="equal scores", delta_color="gray", delta_arrow="off")
    else:
        good = found.gap <= WANTED
        cells[3].metric(
            "Gap",
            percent(found.gap),
            delta="within 5 %" if good else "above 5 %: more points",
            delta_color="green" if good else "orange",
            delta_arrow="off",
        )
    st.caption(
        f"Red speaks for {messages.escape(case.label)}, blue against it. All gradients share one scale, all attributions another: "
        f"{path_pictures.CLIP:g} % of their values lie within the colours, blurred a little so that they can be seen."
    )


def formula(made: Way, found: Walk) -> None:
    """The attribution and its completeness, with the numbers of this moment."""
    parts.section("The sum and its promise", "Completeness: the credit of all pixels is the rise of the score.")
    rise, count = found.score - found.baseline_score, len(found.alphas)
    grid = st.grid(2, min_column_width=400, gap="medium")
    with grid.cell(), st.container(gap="xxsmall"):
        st.latex(
            r"\begin{aligned} \mathrm{IG}_i &= (x_i - x'_i) \int_0^1 \frac{\partial f(x' + \alpha\,(x - x'))}{\partial x_i}\,"
            r"d\alpha \\[0.7em] &\approx (x_i - x'_i) \sum_{k=1}^{" + str(count) + r"} w_k\,"
            r"\frac{\partial f(x' + \alpha_k\,(x - x'))}{\partial x_i} \end{aligned}"
        )
        rule = made.settings.integration.rule
        st.caption(f"Sundararajan et al., 2017, equation 1. {rule.title}: {rule.lesson}")
    with grid.cell(), st.container(gap="xxsmall"):
        gap = r"\text{–}" if found.gap is None else percent(found.gap).replace("\u00a0%", r"\,\%")
        st.latex(
            rf"\begin{{aligned}} \textstyle\sum_i \mathrm{{IG}}_i &= {plain(found.running[-1])} \\[0.4em] f(x) - f(x') &= "
            rf"{plain(found.score)} - {bracketed(found.baseline_score)} = {plain(rise)} \\[0.4em] \text{{gap}} &= "
            rf"\frac{{|{plain(found.running[-1])} - {bracketed(rise)}|}}{{|{plain(rise)}|}} = {gap} \end{{aligned}}"
        )
        st.caption(
            "Over all pixels and colour channels. The gap is what so many points leave out; more points mostly close it."
        )


def plain(value: float) -> str:
    """Three decimals for LaTeX."""
    return f"{value:z.3f}"


def bracketed(value: float) -> str:
    """The same, in brackets below zero: what is subtracted from."""
    return f"({plain(value)})" if round(value, 3) < 0 else plain(value)


def percent(share: float) -> str:
    """A share with two significant digits below 10 %: "0.72 %", "23 %"."""
    return f"{share * 100:.2g}\u00a0%" if share < 0.995 else f"{share * 100:,.0f}\u00a0%"
