"""The score of a box as a formula, with the numbers that the network wrote."""

from __future__ import annotations

import streamlit as st

from ui import parts
from ui.sections.detector.detect_case import Case


def formula(case: Case, place: int | None) -> None:
    """What the score of the picked or the best box is the product of."""
    parts.section("Its score", "How sure the network is that there is something, times how sure it is what.")
    if not case.things:
        st.caption("With a box on the photo its numbers stand here.")
        return
    st.latex(product(case, place or 0))
    st.caption(_source(case, place or 0))


def product(case: Case, place: int) -> str:
    """The score in LaTeX, with the numbers that the network wrote."""
    looked, anchor = case.source(place)
    one, (sure, likely) = case.things[place], case.factors(place)
    name = r"\text{" + "".join(letter for letter in one.label if letter.isalnum() or letter in " -") + "}"
    squash = r"\mathrm{softmax}(z)_c" if _competes(case, place) else r"\sigma(z_c)"
    if looked.raw is None or sure == 1:
        return (
            rf"\begin{{aligned}} s &= \underbrace{{\mathrm{{softmax}}(z)_c}}_{{{name}}} = {likely:.3f} \end{{aligned}}"
        )
    logit = float(looked.raw[anchor, 4])
    second = squash if _competes(case, place) else rf"\sigma({float(looked.raw[anchor, 5 + one.index]):.2f})"
    there = r"\underbrace{\sigma(t)}_{\text{something is there}}"
    return (
        rf"\begin{{aligned}} s &= {there} \cdot \underbrace{{{squash}}}_{{{name}}} \\[1.1em] "
        rf"&= \sigma({logit:.2f}) \cdot {second} \\ &= {sure:.3f} \cdot {likely:.3f} = {sure * likely:.3f} \end{{aligned}}"
    )


def _competes(case: Case, place: int) -> bool:
    """Whether the classes of its head share one probability."""
    looked, anchor = case.source(place)
    return looked.cells is None or looked.heads[int(looked.cells[anchor, 0])].softmax


def _source(case: Case, place: int) -> str:
    if _competes(case, place):
        return (
            "t is the logit of the anchor's confidence, z are the logits of the classes: they compete, and their "
            "probabilities add up to 1. Redmon et al., 2016, equation 1."
        )
    return (
        "t is the logit of the anchor's objectness, z those of its classes. Each class is judged by itself: two may be likely at "
        "once. Redmon and Farhadi, YOLOv3, 2018, sections 2.1 and 2.2."
    )
