"""The rule that decides about a box, with the numbers of this moment."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from core.boxes.files import BoxTable
from core.boxes.nms_settings import Method
from ui import cached, parts
from ui.sections.nms.why import near

if TYPE_CHECKING:
    from core.experiments.nms import Race, Why

_SOURCES = {
    Method.GREEDY: "i is the winner of the decision. Girshick et al., 2014; the same as `torchvision.ops.nms`.",
    Method.DIOU: "d between the centres, c the diagonal of the smallest box around both. Zheng et al., 2020.",
    Method.LINEAR: "From the threshold on; below it the score stays. Bodla et al., 2017.",
    Method.GAUSSIAN: "For every overlap, however small. Bodla et al., 2017.",
    Method.MATRIX: "i runs over the better boxes, m(i) is the largest IoU of i with one better than it. Wang et al., 2020.",
}


def formulas(table: BoxTable, race: Race, picked: int | None) -> None:
    """The rule of the first way to suppress; with a picked box, its numbers put in."""
    parts.section("The rule", race.settings.method.lesson)
    found = cached.why(race, picked) if picked is not None else None
    st.latex(rule(race, found))
    st.caption(_SOURCES[race.settings.method] + ("" if found else " Pick a box, and its numbers stand here."))


def rule(race: Race, found: Why | None) -> str:
    """The rule in LaTeX, and below it the numbers of a box that somebody decided about."""
    settings, iou = race.settings, r"\mathrm{IoU}(b_i, b_j)"
    numbers = found if found and found.winner is not None and found.overlap is not None else None
    overlap = numbers.overlap or 0.0 if numbers else 0.0
    limit, sigma = f"{settings.iou_threshold:.2f}", f"{settings.sigma:.2f}"
    match settings.method:
        case Method.GREEDY | Method.DIOU:
            left = iou if settings.method is Method.GREEDY else rf"{iou} - \frac{{d^2}}{{c^2}}"
            words = rf"\text{{remove }} b_j \iff {left} &> {limit}"
            sign = ">" if numbers and not numbers.kept else r"\le"
            filled = rf"{near(overlap, settings.iou_threshold, 3)} &{sign} {limit}" if numbers else ""
        case Method.LINEAR:
            words = rf"s_j &\leftarrow s_j \,(1 - {iou}) \quad \text{{where }} {iou} \ge {limit}"
            filled = rf"1 - {overlap:.3f} &= {1 - overlap:.3f}"
            if overlap < settings.iou_threshold:
                filled = (
                    rf"{near(overlap, settings.iou_threshold, 3)} &< {limit} \quad \text{{so }} s_j \text{{ stays}}"
                )
            filled = filled if numbers else ""
        case Method.GAUSSIAN:
            words = rf"s_j &\leftarrow s_j \exp\!\left(-\frac{{{iou}^2}}{{{sigma}}}\right)"
            share = math.exp(-(overlap**2) / settings.sigma)
            filled = rf"\exp(-{overlap:.3f}^2 / {sigma}) &= {share:.3f}" if numbers else ""
        case Method.MATRIX:
            words = rf"s_j &\leftarrow s_j \min_{{i < j}} \exp\!\left(-\frac{{{iou}^2 - m(i)^2}}{{{sigma}}}\right)"
            worst = numbers.rival_overlap or 0.0 if numbers else 0.0
            share = math.exp(-(overlap**2 - worst**2) / settings.sigma)
            filled = rf"\exp(-({overlap:.3f}^2 - {worst:.3f}^2) / {sigma}) &= {share:.3f}" if numbers else ""
    body = words + (rf" \\[0.7em] {filled}" if filled else "")
    return rf"\begin{{aligned}} {body} \end{{aligned}}"
