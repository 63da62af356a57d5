"""The numbers of a drawn picture, and the formula it is drawn by with the numbers of this moment."""

from __future__ import annotations

import math

import streamlit as st

from core.adversarial.visualisation_settings import Raised
from ui import messages, parts
from ui.sections.saliency.imagine_drawn import Drawn


def figures(drawn: Drawn) -> None:
    """Four numbers of the picture that is seen, what they are of, and those of the formula."""
    cells, plan = parts.four(150), drawn.plan
    values = drawn.roll.values
    at = "of the finished picture" if drawn.over else "of the newest step"
    height, width = drawn.canvas.shape[1:]
    if drawn.score is None or drawn.probability is None:
        cells[0].metric("Strength", parts.number(drawn.value), help=f"The mean square of what {plan.label} gives.")
        cells[1].metric("At the beginning", parts.number(values[0]))
    else:
        label = messages.escape(plan.label)
        cells[0].metric("Score", f"{drawn.score:.1f}".replace("-", "−"), help=f"The logit of {label}, {at}.")
        cells[1].metric("Probability", parts.percent(drawn.probability), help=f"The softmax of {label}, {at}.")
    cells[2].metric("Steps", f"{drawn.roll.indices[-1]:,}", help="One step is one pass forward and one back.")
    cells[3].metric("Picture", f"{width} × {height} px")
    st.caption(meant(drawn))
    _numbers(drawn)


def meant(drawn: Drawn) -> str:
    """What the numbers are of, in a sentence."""
    which = "Its strength is" if drawn.plan.layer else "Score and probability are"
    if drawn.over:
        return f"{which} of the finished picture as it is. On the way to it, each is of the picture as it was shifted then."
    return f"{which} of the picture as it was shifted for this step. At the end the network is asked about it as it is."


def told(drawn: Drawn, octave: int) -> str:
    """The line under the picture of a run that goes on."""
    height, width = drawn.canvas.shape[1:]
    size = f"octave {octave + 1} of {drawn.plan.settings.octaves}, {width} × {height} px"
    if drawn.score is None or drawn.probability is None:
        return f"strength {parts.number(drawn.value)} · {size}"
    return f"score {drawn.score:.1f} · probability {parts.percent(drawn.probability)} · {size}"


def _numbers(drawn: Drawn) -> None:
    """What is raised, and one step, with the weights and values of this moment."""
    settings, count = drawn.settings, drawn.canvas.size
    st.latex(
        rf"\begin{{gathered}} {_raised(drawn)} = {drawn.value:.3g} \\ \lambda = {settings.l2:g}, \; "
        rf"\mu = {settings.total_variation:g}, \; \eta = {settings.rate:g} \\[4pt] \eta \sqrt{{N}} = {settings.rate:g} \cdot "
        rf"\sqrt{{{count}}} = {settings.rate * math.sqrt(count):.3g} \end{{gathered}}"
    )


def formula(drawn: Drawn) -> None:
    """What is raised, and one step."""
    parts.section(
        "The formula",
        "The network stays as it is, and the picture is what learns. The numbers of this moment are under the picture.",
    )
    st.latex(
        rf"\begin{{gathered}} J(x) = {_raised(drawn)} - \lambda\,\tfrac1N \lVert x - x_0 \rVert^2 \\ "
        r"{} - \mu\,\tfrac1N\,\mathrm{TV}(x - x_0) \\[4pt] "
        r"x \leftarrow x + \eta\,\sqrt{N}\;\frac{\nabla J}{\lVert \nabla J \rVert} \end{gathered}"
    )
    begins = "the photo" if drawn.plan.layer else "grey"
    st.caption(
        f"x₀ is {begins}, N the number of values. Simonyan, Vedaldi and Zisserman, 2013, equation 1; jitter and octaves as in "
        "Mordvintsev et al., 2015. The weights go with means, so that they mean the same on every octave."
    )


def _raised(drawn: Drawn) -> str:
    """What is raised, in LaTeX."""
    if drawn.plan.layer:
        return r"\tfrac1M\textstyle\sum_i a_i(x)^2"
    return "S_c(x)" if drawn.settings.raised is Raised.SCORE else r"\log p_c(x)"
