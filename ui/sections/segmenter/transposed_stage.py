"""The products in the browser, what they come to in numbers, and how large the output is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.segmentation.settings import told_side
from core.segmentation.transposed_settings import TransposeSettings, sides
from ui import address, parts
from ui.components.overlap_add import overlap_add
from ui.sections.segmenter.transposed_controls import STEP

if TYPE_CHECKING:
    from core.experiments.transposing import Transposing

STAGE, TAKEN = "lay-stage", "lay-taken"
"""The fragments that a move of the slider changes: the products, and the link of the closing row."""

_OF = "lay-of"


def show(settings: TransposeSettings, *, veiled: bool) -> None:
    """The products, open where the URL says; else all of them are laid down."""
    state, last = st.session_state, products(settings)
    if state.get(_OF) not in (None, settings) and address.peek(STEP) is None:
        address.keep(STEP, None)
    state[_OF] = settings
    held = address.number(STEP, None)
    step = last if held is None else min(held, last)
    overlap_add("overlap-add", settings, step=step, on_step=_moved, veiled=veiled)
    address.show(STEP, None if step == last else str(step))


def products(settings: TransposeSettings) -> int:
    """How many there are: one for each number of the input."""
    rows, columns = sides(settings.input)
    return rows * columns


def figures(found: Transposing, *, hidden: bool) -> None:
    """How large the output is, how many products there are, where they overlap, and whether torch agrees."""
    settings = found.settings
    (rows, columns), count = settings.output, products(settings)
    values = [
        ("Output", f"{rows} × {columns}", f"{rows * columns / count:.3g} times the input"),
        ("Products", f"{count:,}", f"{' × '.join(map(str, sides(settings.kernel)))} numbers each"),
        (
            "Places with overlap",
            f"{found.overlapping:,}",
            f"of {found.reached.size:,}" + (", the edges included" if settings.padding else ""),
        ),
        ("Difference", small(found.difference), "from other ways to it"),
    ]
    for cell, (label, value, note) in zip(parts.four(150), values, strict=True):
        waits = hidden and label in ("Output", "Places with overlap")
        cell.metric(
            label,
            "?" if waits else value,
            delta="guess, then reveal" if waits else note,
            delta_color="green" if label == "Difference" and found.difference < 1e-6 else "gray",
            delta_arrow="off",
        )


def law(settings: TransposeSettings, *, hidden: bool) -> None:
    """The size of the output as a formula, with the numbers of now."""
    parts.section("How large is the output?", "The stride spreads the products, and the padding takes the edges away.")
    st.latex(filled(settings, hidden=hidden))
    st.caption(
        "h and w are the sides of the input, k of the kernel, s is the stride and p the padding. Dumoulin & Visin, A guide to "
        "convolution arithmetic for deep learning, 2016, relationship 13."
    )


def filled(settings: TransposeSettings, *, hidden: bool) -> str:
    """Both sides in LaTeX; `hidden` leaves out what they come to."""
    sizes = zip(sides(settings.input), sides(settings.kernel), strict=True)
    told = [told_side(side, kernel, stride=settings.stride, padding=settings.padding) for side, kernel in sizes]
    rows, columns = (
        (one.rpartition("=")[0] + "= \\; ?" if hidden else one).replace("−", "-").replace("·", r"\cdot") for one in told
    )
    return (
        rf"\begin{{aligned}} \text{{rows}} &= (h - 1) \cdot s + k_h - 2 \cdot p \\ &= {rows} \\[0.5em] "
        rf"\text{{columns}} &= (w - 1) \cdot s + k_w - 2 \cdot p \\ &= {columns} \end{{aligned}}"
    )


def small(difference: float) -> str:
    """A difference: 0, the number, or where it is tiny its order of magnitude."""
    return f"{difference:.3g}" if difference == 0 or difference >= 1e-3 else f"{difference:.0e}".replace("-", "−")


def _moved(step: int) -> None:
    address.keep(STEP, step)
    st.rerun(scope=[STAGE, TAKEN])
