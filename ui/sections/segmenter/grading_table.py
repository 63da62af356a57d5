"""The numbers behind the verdict: the formulas filled in, a row for each class, and what is taken for what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from ui import messages, parts
from ui.sections.segmenter import grading_formula
from ui.sections.segmenter.grading_case import Answer, Shown

if TYPE_CHECKING:
    from core.experiments.judging_masks import JudgedClass

MOST_COLUMNS = 12
"""Classes of the confusion matrix: the largest; a wider one can't be read."""


def formulas(shown: Shown) -> None:
    """Both scores of the class that is looked at."""
    row = shown.answer.row(shown.label)
    if row is None:
        return
    judged = shown.answer.judged
    parts.section("Area and contour", f"Two scores of one class: {messages.escape(row.label)}.")
    left, right = st.columns(2, gap="medium")
    with left:
        st.latex(grading_formula.iou(row.pixels))
        st.caption(
            "TP: pixels that are so and are called so. FP: called so by mistake. FN: missed. Every pixel counts the same."
        )
    with right:
        st.latex(grading_formula.boundary(judged.contours.rows[row.pixels.label]))
        st.caption(
            f"P: the share of the found contour at most {judged.contours.tolerance:.1f} px from the true one, 0.75 % of the "
            "photo's diagonal. R: the share of the true contour so near the found one. How large the area is does not matter."
        )


def classes(shown: Shown) -> None:
    """The table of the classes, the best first, and the confusion matrix where there are more than two."""
    every = ranked(shown)
    if not every:
        return
    parts.section("Class by class", "What is neither there nor found has no row.")
    st.markdown(_table(shown, every))
    rows = shown.answer.judged.rows
    if len(rows) > 2:
        with st.expander("What is taken for what", icon=":material/grid_on:", expanded=False):
            st.markdown(matrix(shown.answer))
            left_out = len(rows) - MOST_COLUMNS
            more = f" The {left_out} smallest classes are left out." if left_out > 0 else ""
            st.caption(f"Each row is a true class: how its pixels are called, in percent of the row.{more}")


def ranked(shown: Shown) -> list[str]:
    """The classes that any answer has a score for, those of the first with the best IoU first."""
    labels = dict.fromkeys(row.label for answer in shown.answers for row in answer.judged.rows)
    return sorted(labels, key=lambda label: (-(shown.answer.judged.iou(label) or 0.0), label))


def matrix(answer: Answer) -> str:
    """The confusion matrix as a table in Markdown, in percent of each true class."""
    rows = answer.judged.rows[:MOST_COLUMNS]
    names = [messages.escape(row.label) for row in rows]
    lines = ["| is ↓ · called → | " + " | ".join(names) + " |", "|---|" + "---:|" * len(names)]
    counts = answer.judged.confusion.counts
    for name, row in zip(names, rows, strict=True):
        cells = [_part(int(counts[row.pixels.label, other.pixels.label]), row.pixels.true) for other in rows]
        lines.append(f"| **{name}** | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _part(count: int, whole: int) -> str:
    return parts.percent(count / whole, 0).replace("<", "&lt;") if whole and count else "–"


def _table(shown: Shown, every: list[str]) -> str:
    second = shown.second
    heads = ["Class", "IoU", "Boundary F", "TP, px", "FP, px", "FN, px"]
    if second is not None:
        heads += [f"IoU, {messages.escape(second.title)}", "Boundary F"]
    lines = ["| " + " | ".join(heads) + " |", "|---|" + "---:|" * (len(heads) - 1)]
    for label in every:
        cells = _cells(shown.answer.row(label))
        if second is not None:
            cells += _cells(second.row(label))[:2]
        strange = " · never learned" if label in shown.answer.judged.unknown else ""
        lines.append(f"| **{messages.escape(label)}**{strange} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


def _cells(row: JudgedClass | None) -> list[str]:
    if row is None:
        return ["–"] * 5
    pixels = row.pixels
    counts = (pixels.both, pixels.predicted - pixels.both, pixels.true - pixels.both)
    return [
        f"{pixels.iou or 0.0:.3f}",
        "–" if row.boundary is None else f"{row.boundary:.3f}",
        *(f"{one:,}" for one in counts),
    ]
