"""The formula of an attack, with the numbers of this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.adversarial.settings import LEVEL, Attack, AttackSettings, Goal, Norm
from ui import parts

if TYPE_CHECKING:
    from core.experiments.adversarial import Outcome

_STEPS = {
    Attack.COURSE: (
        r"x \leftarrow x + \eta \, \frac{g}{\lVert g \rVert_2}, \quad g = SIGN\frac{\partial s_c}{\partial x}",
        "s is the score of class c before the softmax: up for a target, down for a class to leave. The epsilon keeps it near "
        "the photo; the course knows none.",
    ),
    Attack.FGSM: (
        r"x' = x + \varepsilon \, \mathrm{sign}(g), \quad g = SIGN\frac{\partial \log p_c}{\partial x}",
        "One step: every value goes up or down by epsilon. Goodfellow et al., 2015, section 4.",
    ),
    Attack.PGD_LINF: (
        r"x \leftarrow \Pi_{\varepsilon}\bigl(x + \alpha \, \mathrm{sign}(g)\bigr), \quad "
        r"g = SIGN\frac{\partial \log p_c}{\partial x}",
        "Π brings every value back to where it has changed by no more than epsilon. Madry et al., 2018, section 2.1.",
    ),
    Attack.PGD_L2: (
        r"x \leftarrow \Pi_{\varepsilon}\Bigl(x + \alpha \, \frac{g}{\lVert g \rVert_2}\Bigr), \quad "
        r"g = SIGN\frac{\partial \log p_c}{\partial x}",
        "Π shortens the whole change to a length of epsilon. Madry et al., 2018, section 2.1.",
    ),
    Attack.DEEPFOOL: (
        r"x \leftarrow x + \frac{\lvert f_k \rvert}{\lVert w_k \rVert_2^2} \, w_k, \quad "
        r"f_k = s_k - s_c, \quad w_k = \frac{\partial f_k}{\partial x}",
        "To the nearest border, of class k, and 2 % further. Moosavi-Dezfooli et al., 2016, algorithm 2; the steps that follow "
        "make the change longer until it survives rounding, which the paper does not ask for.",
    ),
}


def formula(outcome: Outcome) -> None:
    """One step of the attack, what was set, and what came out."""
    words, source = _STEPS[outcome.settings.attack]
    parts.section("The formula", outcome.settings.attack.lesson)
    sign = "" if outcome.aim.goal is Goal.TOWARDS else "-"
    st.latex(_lines(words.replace("SIGN", sign)))
    st.latex(
        rf"\begin{{gathered}}{_row(given(outcome.settings))}{_row(found(outcome)[:2])}{_row(found(outcome)[2:])}\end{{gathered}}"
    )
    st.caption(source)


def given(settings: AttackSettings) -> list[str]:
    """What was set, in LaTeX."""
    told, epsilon = [], settings.epsilon
    if epsilon is not None:
        linf = settings.attack.norm is Norm.LINF
        told.append(rf"\varepsilon = {_levels(epsilon)} = {epsilon:.4f}" if linf else rf"\varepsilon = {epsilon:g}")
    match settings.attack:
        case Attack.COURSE:
            told.append(rf"\eta = {settings.stride:g}")
        case Attack.PGD_LINF:
            told.append(rf"\alpha = {_levels(settings.stride)}")
        case Attack.PGD_L2:
            told.append(rf"\alpha = {settings.stride:.3g}")
        case _:
            pass
    return told


def found(outcome: Outcome) -> list[str]:
    """What came out, in LaTeX: the length of the change, and a probability before and after it."""
    label = outcome.aim.label
    before = float(outcome.steps[0].answer[label])
    name = r"p_\text{" + _plain(outcome.classes[label]) + "}"
    return [
        rf"\lVert x' - x \rVert_2 = {outcome.distances.l2:.2f}",
        rf"\lVert x' - x \rVert_\infty = {_levels(outcome.distances.linf)}",
        rf"{name}: {before:.3f} \to {outcome.of_aim:.3f}",
    ]


def _levels(value: float) -> str:
    return rf"\tfrac{{{value / LEVEL:.3g}}}{{255}}"


def _row(told: list[str]) -> str:
    """A line of what fits beside each other on a phone."""
    return ", \\quad ".join(told) + r" \\[6pt] " if told else ""


def _lines(latex: str) -> str:
    """What stands beside each other, below each other: a phone is narrow."""
    below = latex.replace(r", \quad ", r" \\[4pt] ")
    return rf"\begin{{gathered}}{below}\end{{gathered}}"


def _plain(name: str) -> str:
    """A class name inside of LaTeX's text."""
    return "".join(letter if letter.isalnum() or letter in " -" else " " for letter in name)
