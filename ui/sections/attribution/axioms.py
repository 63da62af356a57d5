"""Why the path is needed: a function that saturates, where the gradient gives nothing to what made all the difference."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import parts
from ui.cached import attributions
from viz.saturation_chart import saturation_chart

if TYPE_CHECKING:
    from core.experiments.axioms import Saturation

AT, FROM = "at_x", "from_x"
KEYS = (AT, FROM)


def axioms() -> None:
    """Two sliders, the drawing, three attributions of one input, and the formula with these numbers."""
    parts.section(
        "Why not the gradient at the photo alone?",
        "The smallest function that saturates has one input. Move x to the right: f stops rising. What is left of the gradient?",
    )
    left, right = st.columns([3, 2], gap="large")
    with right:
        x = st.slider("Input x", -1.0, 3.0, 2.0, 0.1, format="%.1f", key=AT, bind="query-params")
        baseline = st.slider("Baseline x′", -1.0, 3.0, 0.0, 0.1, format="%.1f", key=FROM, bind="query-params")
        found = attributions.saturation(round(float(x), 1), round(float(baseline), 1))
        _figures(found)
    with left:
        st.image(
            saturation_chart(found.curve, x=found.x, baseline=found.baseline, gradient=found.gradient),
            width="stretch",
            alt=f"f rises to 1 and stays there; the way from {found.baseline:g} to {found.x:g} is marked on it",
        )
        st.caption(":blue[━━] the path from x′ to x · :green[┃] the rise of f · :orange[- -] the slope at x")
    st.markdown(verdict(found), width=760)
    st.latex(formula(found))
    st.caption(
        f"Sundararajan et al., 2017, section 2.1. The integral is a sum over {found.points:,} points; at the bend itself torch "
        "takes the flat side."
    )


def verdict(found: Saturation) -> str:
    """Which axiom holds or breaks at this place, with its numbers."""
    if found.x == found.baseline:
        return "**Nothing to explain.** The input is its baseline: the value did not change, and integrated gradients give 0."
    if found.rise == 0:
        return (
            "**Flat all the way.** The input changed and the value did not, so it deserves nothing: gradient and integrated "
            "gradients agree on 0."
        )
    if found.breaks_sensitivity:
        return (
            f"**The gradient breaks sensitivity.** The input alone moved f from {_number(found.baseline_value)} to "
            f"{_number(found.value)}, and the gradient at x is 0, so gradient and gradient × input give it nothing. Sensitivity "
            "asks: what differs from the baseline and changes the value must get some credit. Integrated gradients also ask on the "
            f"way, where the slope was 1, and give {_number(found.integrated)}, the whole rise."
        )
    if abs(found.gradient_x_input - found.rise) < 0.005:
        return (
            "**Here all is well.** Between baseline and x the function is a line, and the baseline is 0: gradient × input and "
            "integrated gradients agree. Move x beyond 1."
        )
    return (
        f"**Not 0, but not the rise.** f moved by {_number(found.rise)}, gradient × input says {_number(found.gradient_x_input)}: "
        f"it measures from 0, not from your baseline {_number(found.baseline)}, and knows the slope at x alone. Integrated "
        f"gradients say {_number(found.integrated)}."
    )


def formula(found: Saturation) -> str:
    """The integral and the two others in LaTeX, with the numbers put in."""
    x, start = _plain(found.x), _plain(found.baseline)
    less = f"({start})" if found.baseline < 0 else start
    return (
        rf"\begin{{aligned}} \mathrm{{IG}} &= (x - x') \int_0^1 f'(x' + \alpha (x - x'))\, d\alpha \\ &= ({x} - {less}) \cdot "
        rf"{_plain(_mean(found))} = {_plain(found.integrated)} \\[0.4em] f(x) - f(x') &= {_plain(found.value)} - "
        rf"{_bracketed(found.baseline_value)} = {_plain(found.rise)} \\[0.4em] x \cdot f'(x) &= {x} \cdot {_plain(found.gradient)} "
        rf"= {_plain(found.gradient_x_input)} \end{{aligned}}"
    )


def _figures(found: Saturation) -> None:
    with st.container(horizontal=True, gap="medium"):
        st.metric("Gradient", _number(found.gradient), width="content")
        st.metric("× input", _number(found.gradient_x_input), width="content")
        st.metric("Integrated", _number(found.integrated), width="content")
    st.caption(f"f(x) − f(x′) = **{_number(found.rise)}** is what the one input has done.")


def _mean(found: Saturation) -> float:
    """The mean gradient on the way."""
    return found.integrated / (found.x - found.baseline) if found.x != found.baseline else found.gradient


def _plain(value: float) -> str:
    return f"{value:z.2f}"


def _bracketed(value: float) -> str:
    return f"({_plain(value)})" if value < 0 else _plain(value)


def _number(value: float) -> str:
    return _plain(value).replace("-", "−")
