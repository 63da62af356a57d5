"""The formula of a method, with the numbers of this moment."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from core.attribution.methods import Method
from core.attribution.settings import Measure
from ui import parts
from ui.sections.attribution.case import Case

if TYPE_CHECKING:
    from core.experiments.attribution import Explanation

TINY = 1e-300  # a probability that a computer still knows the logarithm of

_FORMULAS = {
    Method.GRAD_CAM: (
        r"L = \mathrm{ReLU}\Bigl(\sum_k \alpha_k A_k\Bigr), \quad "
        r"\alpha_k = \frac{1}{Z}\sum_{i,j} \frac{\partial y}{\partial A_k(i,j)}",
        "Selvaraju et al., 2017, equations 1 and 2.",
    ),
    Method.GRAD_CAM_PLUS_PLUS: (
        r"L = \mathrm{ReLU}\Bigl(\sum_k w_k A_k\Bigr), \quad "
        r"w_k = \sum_{i,j} \alpha_k(i,j)\, \mathrm{ReLU}\Bigl(\frac{\partial y}{\partial A_k(i,j)}\Bigr)",
        "Chattopadhay et al., 2018.",
    ),
    Method.LAYER_CAM: (
        r"L(i,j) = \mathrm{ReLU}\Bigl(\sum_k \mathrm{ReLU}\Bigl(\frac{\partial y}{\partial A_k(i,j)}\Bigr) A_k(i,j)\Bigr)",
        "Jiang et al., 2021.",
    ),
    Method.SCORE_CAM: (
        r"L = \mathrm{ReLU}\Bigl(\sum_k \alpha_k A_k\Bigr), \quad \alpha = \mathrm{softmax}_k\bigl(f(x \cdot s(A_k)) - f(0)\bigr)",
        "Wang et al., 2020; of the 64 most active maps.",
    ),
    Method.CAM: (
        r"M(i,j) = \sum_k w_k A_k(i,j), \quad y = \frac{1}{Z}\sum_{i,j} M(i,j) + b",
        "Zhou et al., 2016, equation 2.",
    ),
    Method.GUIDED_GRAD_CAM: (
        r"G \odot \mathrm{up}(L)",
        "G is guided backpropagation, L Grad-CAM. Selvaraju et al., 2017, section 3.2.",
    ),
    Method.GUIDED: (
        r"R_\text{in} = \mathbb{1}[x > 0]\, \mathbb{1}[R_\text{out} > 0]\, R_\text{out}",
        "At every ReLU. Springenberg et al., 2014.",
    ),
    Method.DECONVNET: (
        r"R_\text{in} = \mathbb{1}[R_\text{out} > 0]\, R_\text{out}",
        "At every ReLU. Zeiler and Fergus, 2014.",
    ),
    Method.INTEGRATED_GRADIENTS: (
        r"(x - x') \int_0^1 \frac{\partial f(x' + \alpha (x - x'))}{\partial x}\, d\alpha",
        "Sundararajan et al., 2017, equation 1.",
    ),
    Method.SMOOTH_GRAD: (
        r"\frac{1}{n} \sum_{i=1}^{n} \frac{\partial y(x + \varepsilon_i)}{\partial x}, \quad "
        r"\varepsilon_i \sim \mathcal{N}(0, \sigma^2)",
        "Smilkov et al., 2017.",
    ),
    Method.GRADIENT: (r"\frac{\partial y}{\partial x}", "Simonyan et al., 2013."),
    Method.GRADIENT_X_INPUT: (r"x \odot \frac{\partial y}{\partial x}", "Shrikumar et al., 2016."),
}


def formula(case: Case, one: Explanation, measure: Measure = Measure.SCORE) -> None:
    """How the first method computes its map, and what it computed here; `measure` is what it explains."""
    words, source = _FORMULAS[one.method]
    parts.section("The formula", one.method.lesson)
    st.latex(_lines(words))
    st.latex(_lines(numbers(case, one, measure)))
    st.caption(source)


def numbers(case: Case, one: Explanation, measure: Measure = Measure.SCORE) -> str:
    """The numbers of this moment in LaTeX."""
    score = rf"y_\text{{{_plain(case.label)}}} = {one.score:.2f}"
    if measure is Measure.LOG_PROBABILITY and one.method.measured:
        score = rf"y = \ln p_\text{{{_plain(case.label)}}} = {math.log(max(one.probability, TINY)):.3g}"
    if one.method is Method.INTEGRATED_GRADIENTS:
        gap = rf", \quad \text{{gap}} = {100 * one.gap:.2f}\,\%" if one.gap is not None else ""
        return rf"{score}, \quad \sum = {float(one.raw.sum()):.2f}{gap}"
    if one.method.coarse:
        height, width = one.map.shape
        field = next(
            (layer.field for layer in case.opened.layers if layer.name == (one.layer or case.opened.deepest)), None
        )
        maps = rf", \quad k = 1 \ldots {field.channels}" if field else ""
        return rf"{score}, \quad Z = {height} \cdot {width} = {height * width}{maps}, \quad \max L = {float(one.map.max()):.3g}"
    return rf"{score}, \quad \max = {float(abs(one.raw).max()):.3g}"


def _lines(latex: str) -> str:
    """What stands beside each other, below each other: a phone is narrow."""
    below = latex.replace(r", \quad ", r" \\[4pt] ")
    return rf"\begin{{gathered}}{below}\end{{gathered}}"


def _plain(name: str) -> str:
    """A class name inside of LaTeX's text."""
    return "".join(letter if letter.isalnum() or letter in " -" else " " for letter in name)
