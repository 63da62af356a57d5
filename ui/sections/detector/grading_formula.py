"""Precision, recall and F1 at this confidence, and AP as the area below the curve, with the numbers put in."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.experiments.grading import Curve
    from core.experiments.verdicts import Operating

MOST_TERMS = 5
"""Heights that are written out; of more, the first and the last."""


def shares(point: Operating) -> str:
    """The three shares of one confidence in LaTeX."""
    right, wrong, missed = point.right, point.wrong, point.missed
    lines = [
        rf"\text{{precision}} &= \frac{{TP}}{{TP + FP}} = {_fraction(right, right + wrong)}",
        rf"\text{{recall}} &= \frac{{TP}}{{TP + FN}} = {_fraction(right, right + missed)}",
        rf"F_1 &= \frac{{2\,TP}}{{2\,TP + FP + FN}} = {_fraction(2 * right, 2 * right + wrong + missed)}",
    ]
    return _aligned(*lines)


def area(curve: Curve, *, eleven: bool) -> str:
    """AP in LaTeX: a rectangle for each object that is found, or the mean of eleven heights."""
    truths = curve.line.truths
    if not truths:
        return r"\mathrm{AP} = \text{–}"
    if eleven:
        rule = r"\mathrm{AP}_{11} &= \frac{1}{11} \sum_{r \in \{0,\, 0.1,\, \ldots,\, 1\}} \max_{r' \ge r} p(r')"
        return _aligned(rule, f"&= {curve.ap_11 or 0.0:.3f}")
    heights = curve.line.envelope[curve.line.right].tolist()
    rule = r"\mathrm{AP} &= \sum_k (r_k - r_{k-1}) \max_{r' \ge r_k} p(r')"
    return _aligned(rule, rf"&= \frac{{1}}{{{truths}}} \big({_sum(heights)}\big)", f"&= {curve.ap or 0.0:.3f}")


def _aligned(*lines: str) -> str:
    return r"\small \begin{aligned} \rule{0pt}{1.6em} " + r" \\[0.5em] ".join(lines) + r" \end{aligned}"


def _sum(heights: list[float]) -> str:
    if not heights:
        return "0"
    told = [f"{height:.2f}" for height in heights]
    if len(told) > MOST_TERMS:
        told = [*told[: MOST_TERMS - 2], r"\cdots", told[-1]]
    return " + ".join(told)


def _fraction(part: int, whole: int) -> str:
    """A fraction and its value; of nothing there is no share."""
    return rf"\frac{{{part}}}{{{whole}}} = {part / whole:.2f}" if whole else r"\text{–}"
