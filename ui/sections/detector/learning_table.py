"""One lesson as a table, and the whole loss in four numbers: what the head says, what it should say, what that costs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import streamlit as st

from ui import messages, parts
from ui.sections.detector.learning_case import Case
from ui.sections.detector.learning_truths import title

if TYPE_CHECKING:
    from core.experiments.learning import Lesson

OFFSETS = ("tx", "ty", "tw", "th")
_MEANINGS = ("centre x", "centre y", "width", "height")


def table(case: Case) -> None:
    """The six numbers of the chosen object's anchor; where no anchor learns it, why."""
    lesson = case.lesson
    if lesson is None:
        st.markdown(lost(case))
        return
    st.markdown(rows(case, lesson))
    st.caption(
        "Its confidence should be the IoU of the box it says with the object. tx, ty, tw and th move and stretch the anchor."
    )
    count = len(case.lessons(case.chosen))
    if count > 1:
        st.caption(f"{count} anchors learn this object; these are the numbers of the one that overlaps it most.")
    if not case.known(case.chosen):
        st.caption(
            f"The network has no class for “{messages.escape(case.kind(case.chosen))}”, so there is no class term. Choose "
            "what it is above, or teach the network a new class below."
        )


def rows(case: Case, lesson: Lesson) -> str:
    """The table in Markdown."""
    said, wanted, terms = lesson.said, lesson.wanted, lesson.terms
    lines = [
        "| term | it says | it should say | loss |",
        "|---|---:|---:|---:|",
        f"| **confidence** | {said.confidence:.3f} | {wanted.confidence:.3f} | {number(terms.confidence)} |",
    ]
    columns = zip(OFFSETS, _MEANINGS, said.offsets, wanted.offsets, terms.offsets, strict=True)
    lines += [
        f"| **{name}**, {meaning} | {parts.signed(ours)} | {parts.signed(goal)} | {number(cost)} |"
        for name, meaning, ours, goal, cost in columns
    ]
    best = max(range(len(said.probabilities)), key=said.probabilities.__getitem__)
    says = f"{case.card.classes[best]} {parts.percent(said.probabilities[best])}"
    if case.known(case.chosen):
        own = said.probabilities[wanted.label]
        goal = f"{case.card.classes[wanted.label]}" + ("" if best == wanted.label else f", now {parts.percent(own)}")
        lines.append(f"| **class** | {says} | {goal} | {number(terms.classes)} |")
    else:
        lines.append(f"| **class** | {says} | none of its classes | — |")
    whole = terms.confidence + math.fsum(terms.offsets) + (terms.classes if case.known(case.chosen) else 0.0)
    return "\n".join([*lines, f"| **this anchor** | | | **{number(whole)}** |"])


def lost(case: Case) -> str:
    """Why no anchor learns the chosen object."""
    activation = case.answer.activations[case.chosen]
    winner = next((one.truth for one in case.answer.lessons if one.anchor == activation.flat_index), None)
    other = "another object" if winner is None else f"**{messages.escape(title(case.objects, winner))}**"
    return (
        f"**No anchor learns this object.** Its activated anchor is number {activation.anchor} of cell "
        f"[{activation.cell[0]}, {activation.cell[1]}], and {other} activates the same one. One anchor can learn one object: "
        "the later one gets it. Drag one of the two into another cell, or give it another shape."
    )


def figures(case: Case) -> None:
    """The sum over all anchors and its parts; each is divided by the number of positive anchors."""
    sums, count = case.sums, len(case.answer.lessons)
    whole = sums.total()
    first, second, third, fourth = parts.four(130)
    for cell, name, value, words in (
        (first, "Confidence, objects", sums.positives, f"Of {count} positive anchor{'s' if count != 1 else ''}."),
        (second, "Confidence, nothing", sums.negatives, "Of all anchors that should find nothing there."),
        (third, "Offsets", math.fsum(sums.offsets), "tx, ty, tw and th of the positive anchors."),
        (fourth, "Class", sums.classes, "Of the positive anchors, by the scores of their cells."),
    ):
        judged = name != "Class" or case.judged
        share = f"{parts.percent(value / whole, 0) if whole else 0} of the loss" if judged else "none of its classes"
        told = number(value) if judged else "—"
        cell.metric(name, told, delta=share, delta_color="gray", delta_arrow="off", help=words)
    st.caption(
        f"**Loss {number(whole)}** · the sum over all {case.answer.grid.count:,} anchors, divided by the {count} that "
        f"learn{'s' if count == 1 else ''} an object. Confidence is judged everywhere, offsets and class only where an "
        "object is."
    )


def number(value: float) -> str:
    """Four decimals, fewer where the number is large; what is not 0 is not told as 0."""
    if 0 < value < 5e-5:
        return "< 0.0001"
    return f"{value:.4f}" if value < 10 else f"{value:.2f}"
