"""The terms of the loss as formulas, with the numbers of the chosen object put in."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from core.boxes.settings import Box
from ui import parts
from ui.sections.detector.learning_case import Case
from ui.sections.detector.learning_table import OFFSETS, number

if TYPE_CHECKING:
    from core.experiments.learning import Lesson


def formulas(case: Case) -> None:
    """Confidence, one offset after the other, class, and the sum."""
    parts.section(
        "The formulas", "With the numbers of this object. Nothing here is hidden: it is all there is to the loss."
    )
    lesson = case.lesson
    if lesson:
        st.latex(confidence(lesson, case.answer.focus))
        st.caption(
            "c is the confidence, t what it should be: the IoU of the box it says with the object. H is the cross-entropy. The "
            "factor before it makes anchors that are nearly right count little: Li et al., Generalized Focal Loss, 2020, "
            "equation 4."
        )
        st.latex(wanted(lesson, case.objects[case.chosen].box))
        st.caption(
            "Seen from the anchor a, where the object b is. Girshick et al., R-CNN, 2014, appendix C; σ is 0.1 and 0.2."
        )
        st.latex(offsets(lesson))
        st.caption("Smooth L1 of each difference: half its square below 1, and straight from there on.")
        if case.known(case.chosen):
            st.latex(classes(lesson, case.card.classes[lesson.wanted.label]))
    st.latex(whole(case))
    st.caption(
        "Confidence where objects are and where nothing is, offsets and class: summed over all anchors, and divided by the "
        "number of those that learn an object."
    )


def confidence(lesson: Lesson, focus: float) -> str:
    """The weighted cross-entropy of its confidence."""
    c, t = lesson.said.confidence, lesson.wanted.confidence
    z = lesson.said.logit  # a confidence of 1 has no logarithm of 1 - c; its logit has all that is needed
    entropy = max(z, 0.0) + math.log1p(math.exp(-abs(z))) - t * z
    return _aligned(
        r"H &= -t \ln c - (1-t) \ln(1-c)",
        rf"&= -{t:.3f} \ln {c:.3f} - {1 - t:.3f} \ln {1 - c:.3f}",
        f"&= {entropy:.3f}",
        rf"\mathcal{{L}}_\text{{conf}} &= |t-c|^{{{focus:g}}} \cdot H",
        rf"&= {abs(t - c):.3f}^{{{focus:g}}} \cdot {entropy:.3f} {_result(lesson.terms.confidence)}",
    )


def wanted(lesson: Lesson, box: Box) -> str:
    """The offsets that would put the anchor onto the object."""
    (xa, ya, wa, ha), (xb, yb, wb, hb) = _centred(lesson.box), _centred(box)
    goals = [f"{value:.3f}" for value in lesson.wanted.offsets]
    return _aligned(
        rf"t_x &= \frac{{x_b-x_a}}{{0.1\,w_a}} = \frac{{{xb:.1f}-{xa:.1f}}}{{0.1 \cdot {wa:.1f}}} = {goals[0]}",
        rf"t_y &= \frac{{y_b-y_a}}{{0.1\,h_a}} = \frac{{{yb:.1f}-{ya:.1f}}}{{0.1 \cdot {ha:.1f}}} = {goals[1]}",
        rf"t_w &= \frac{{1}}{{0.2}} \ln \frac{{w_b}}{{w_a}} = \frac{{1}}{{0.2}} \ln \frac{{{wb:.1f}}}{{{wa:.1f}}} = {goals[2]}",
        rf"t_h &= \frac{{1}}{{0.2}} \ln \frac{{h_b}}{{h_a}} = \frac{{1}}{{0.2}} \ln \frac{{{hb:.1f}}}{{{ha:.1f}}} = {goals[3]}",
    )


def offsets(lesson: Lesson) -> str:
    """Smooth L1 of the four differences."""
    lines = []
    for name, ours, goal, cost in zip(
        OFFSETS, lesson.said.offsets, lesson.wanted.offsets, lesson.terms.offsets, strict=True
    ):
        apart = rf"\lvert {ours:.3f} - {_bracketed(goal)} \rvert"
        rule = rf"\tfrac12 \, {apart}^2" if abs(ours - goal) < 1 else rf"{apart} - \tfrac12"
        lines.append(rf"\ell_{name[1]} &= {rule} {_result(cost)}")
    return _aligned(*lines)


def classes(lesson: Lesson, label: str) -> str:
    """Cross-entropy of the class."""
    share = lesson.said.probabilities[lesson.wanted.label]
    return (
        rf"\mathcal{{L}}_\text{{class}} = -\ln p(\text{{{label}}}) = -\ln {share:.4f} {_result(lesson.terms.classes)}"
    )


def whole(case: Case) -> str:
    """The sum with its parts."""
    sums = case.sums
    named = [(sums.positives, "objects"), (sums.negatives, "nothing"), (math.fsum(sums.offsets), "offsets")]
    if case.judged:
        named.append((sums.classes, "class"))
    told = " + ".join(rf"\underbrace{{{_tex(value)}}}_\text{{{name}}}" for value, name in named)
    return _aligned(rf"\mathcal{{L}} &= {told}", f"&{_result(sums.total())}")


def _aligned(*lines: str) -> str:
    body = r" \\[0.9em] ".join(
        (r"\rule{0pt}{1.7em}" + lines[0], *lines[1:])
    )  # what is higher than a line is cut at the top
    return rf"\begin{{aligned}} {body} \end{{aligned}}"


def _bracketed(value: float) -> str:
    return f"({value:.3f})" if value < 0 else f"{value:.3f}"


def _centred(box: Box) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = box
    return (x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1


def _result(value: float) -> str:
    """What a line comes to: "= 0.0123", or "< 0.0001" without another sign before it."""
    told = number(value)
    return told if told.startswith("<") else f"= {told}"


def _tex(value: float) -> str:
    return number(value).replace("< ", r"{<}\,")
