"""The kernels that enlarge scores: as they began and as they are now, how much they mix classes, and the bilinear formula."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import streamlit as st

from ui import parts
from ui.cached import resolutions
from ui.sections.segmenter.resolution_case import Case
from viz.attributions import strongest
from viz.kernels import kernel_pair

if TYPE_CHECKING:
    from core.experiments.strides import Kernels

ENTRY = (4, 6)
"""Row and column of the weight that the formula is filled in for, both from 0."""


def show(case: Case, chosen: int) -> None:
    """The three kernels of one class before and after training, and one weight of the last by the formula."""
    parts.section(
        "The kernels that enlarge",
        "All three began as bilinear interpolation, each class by itself. Training changed their shape, and let classes mix.",
    )
    for cell, kernels in zip(st.columns(3, gap="large"), case.found.kernels, strict=True):
        with cell:
            _pair(case, kernels, chosen)
    last = case.found.kernels[-1]
    st.caption(
        f"**One weight of the × {last.factor} kernel before training** · i is the row, j the column, both from 0"
    )
    st.latex(bilinear(last))
    now = last.after[chosen][ENTRY]
    st.caption(
        f"For {case.names[chosen]} it has become {parts.signed(float(now))}. Long et al., 2014, section 3.3. The part Transposed "
        "convolution lays down every product of such a kernel."
    )


def _pair(case: Case, kernels: Kernels, chosen: int) -> None:
    own = kernels.after[chosen]
    most, side = strongest([kernels.before, own]), len(kernels.before)
    name = case.names[chosen]
    parts.picture(
        resolutions.resolution_picture(
            case.photo,
            f"kernel {kernels.stride} {name}",
            partial(kernel_pair, kernels.before / most, own / most),
        ),
        f"× {kernels.factor} after {kernels.stride}s",
        f"{side} × {side}: before training, and now for {name}",
        alt=f"The {side} × {side} kernel after {kernels.stride}s before training, and beside it what it is now for {name}",
        scale=parts.Scale("red-blue", f"−{most:.2f}", "0", f"+{most:.2f}"),
        tallest=150,
    )
    st.caption(
        f"**{parts.percent(kernels.mixed, 0)}** of all its weights, by their size, lead from one class to another; before "
        "training none did."
    )


def bilinear(kernels: Kernels) -> str:
    """The bilinear kernel in LaTeX, with the numbers of one weight."""
    side, factor = len(kernels.before), kernels.factor
    centre = factor - 1 if side % 2 else factor - 0.5
    i, j = ENTRY
    return (
        r"\begin{aligned} w(i, j) &= \left(1 - \tfrac{|i - c|}{f}\right) \left(1 - \tfrac{|j - c|}{f}\right) \\[0.5em]"
        rf"f &= \left\lfloor \tfrac{{{side} + 1}}{{2}} \right\rfloor = {factor}, \quad c = {factor} - 0.5 = {centre} \\[0.5em]"
        rf"w({i}, {j}) &= \left(1 - \tfrac{{{abs(i - centre):g}}}{{{factor}}}\right) "
        rf"\left(1 - \tfrac{{{abs(j - centre):g}}}{{{factor}}}\right) \\[0.5em]"
        rf"&= {1 - abs(i - centre) / factor:.4f} \cdot {1 - abs(j - centre) / factor:.4f} = {kernels.before[i, j]:.3f}"
        r"\end{aligned}"
    )
