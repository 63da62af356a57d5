"""The checkerboard: how many products reach each place, for this kernel and for one that fits its stride better or worse."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.segmentation.settings import MOST_KERNEL
from core.segmentation.transposed_settings import TransposeSettings, sides
from ui import parts
from ui.cached import transposings
from viz.grids import grid_picture
from viz.images import encode

if TYPE_CHECKING:
    from core.experiments.transposing import Reached

SIDE = 6
"""Of the constant input whose output is shown."""


def even(settings: TransposeSettings) -> None:
    """How many products reach each place with this kernel and stride, beside a case of the other kind."""
    parts.section(
        "Checkerboard",
        f"A constant input of {SIDE} × {SIDE} ones, and a kernel of ones: every place then holds the number of its products.",
    )
    shape = sides(settings.kernel)
    found = [transposings.reached(*one, SIDE) for one in cases(shape, settings.stride)]
    most = float(max(one.counts.max() for one in found))
    for cell, one in zip(st.columns(2, gap="large"), found, strict=True):
        with cell:
            parts.picture(
                encode(grid_picture(one.counts, high=most), quality=90),
                f"Kernel {one.rows} × {one.columns}, stride {one.stride}",
                verdict(one),
                alt=f"How many products reach each place. {verdict(one)}",
                scale=parts.Scale("viridis", "0", "", f"{most:,.0f} products"),
                tallest=340,
            )
    st.caption(
        "Even where the stride divides the kernel. Training can learn weights that make up for it, but has to learn that first. "
        "Odena et al., Deconvolution and Checkerboard Artifacts, 2016."
    )


def cases(shape: tuple[int, int], stride: int) -> list[tuple[int, int, int]]:
    """Rows and columns of the kernel and its stride, and a case that is even where this one is not, or the other way round.

    With stride 1 every kernel is even: the other case has stride 2.
    """
    rows, columns = shape
    apart = max(2, stride)
    if any(side % apart for side in shape):
        other = shape if stride == 1 else (_fitting(rows, stride), _fitting(columns, stride))
    else:
        other = (rows + 1, columns + 1) if max(shape) < MOST_KERNEL else (rows - 1, columns - 1)
    return [(*shape, stride), (*other, apart)]


def verdict(found: Reached) -> str:
    """Whether it is even, with the numbers."""
    if found.even:
        return f"even: away from the edge every place gets {_products(found.inner[-1])}"
    *first, last = found.inner
    return f"uneven: away from the edge a place gets {', '.join(map(str, first))} or {_products(last)}"


def _products(count: int) -> str:
    return "1 product" if count == 1 else f"{count} products"


def _fitting(side: int, stride: int) -> int:
    """The next multiple of the stride; the one before where that is too large for a kernel."""
    above = -(-side // stride) * stride
    return above if above <= MOST_KERNEL else above - stride
