"""The convolution whose backward pass it is: its matrix, the transpose of that, and three ways to the same output."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.segmentation.transposed_settings import sides
from ui import parts
from ui.sections.segmenter.transposed_stage import small
from viz.grids import grid_picture
from viz.images import encode

if TYPE_CHECKING:
    from core.experiments.transposing import Transposing

TALLEST, WIDEST = 300, 460  # px


def matrix(found: Transposing) -> None:
    """The matrix beside its transpose, and what the transpose has to do with gradients."""
    (rows, columns), (down, across) = found.settings.output, sides(found.settings.input)
    wide, high = rows * columns, down * across
    parts.section(
        "The convolution that it turns around",
        "A convolution with the same kernel, stride and padding goes the other way, and it is a matrix.",
    )
    st.markdown(
        f"The convolution makes {rows} × {columns} numbers into {down} × {across}. With each grid written as one column, that is a "
        f"matrix **W** with {high:,} rows and {wide:,} columns. The transposed convolution takes the transpose of it, "
        f"{wide:,} × {high:,}: the sizes of input and output change places, which is where the name is from. It does not "
        "undo the convolution.",
        width=760,
    )
    with st.container():
        if found.matrix is None:
            st.caption(
                f"W would have {wide * high:,} numbers here, too many to be read. Smaller grids show it; the gradient is "
                "compared anyway."
            )
        else:
            _both(found.matrix)
    cells = st.grid(3, min_column_width=190, gap="medium")
    gaps = (
        ("F.conv_transpose2d", found.by_torch),
        ("Wᵀ times the input", found.by_matrix),
        ("Input gradient", found.by_gradient),
    )
    for label, other in gaps:
        gap = None if other is None else float(abs(other - found.output).max())
        cells.cell().metric(
            label,
            "not made" if gap is None else small(gap),
            delta="W is too large" if gap is None else "largest difference",
            delta_color="gray",
            delta_arrow="off",
        )
    st.caption(
        "How far each comes from the sum of the products above. The input gradient: torch goes through the convolution and is "
        "told that the gradient at its output is our input. What comes back at its input is the transposed convolution: it is "
        "the backward pass."
    )


def _both(values: np.ndarray) -> None:
    left, right = st.columns(2, gap="large")
    for cell, one, name, says in (
        (left, values, "W", "convolution"),
        (right, values.T, "Wᵀ", "transposed convolution"),
    ):
        rows, columns = one.shape
        with cell, st.container(gap="xsmall"):
            st.image(
                encode(grid_picture(one, blank=True), quality=90).data,
                width=min(WIDEST, max(1, round(TALLEST * columns / rows))),
                alt=f"The matrix {name} of the {says}, {rows} × {columns}: the kernel in every row or column, moved on",
            )
            st.caption(f"**{name}** · {says}: {columns:,} numbers in, {rows:,} out; grey is 0")
