"""The bilinear kernel, and a patch of the photo that it enlarges as interpolation does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.images.photo import Photo
from ui import address, cached, parts
from ui.cached import transposings
from ui.components.patch_picker import Stage, patch_picker
from ui.sections.segmenter import transposed_patch
from ui.sections.segmenter.transposed_patch import FACTOR, FACTORS, POINT, STANDARD, WIDE, WIDTHS
from ui.sections.segmenter.transposed_stage import TAKEN, small
from viz.grids import GREY, grid_picture, shown
from viz.images import encode

if TYPE_CHECKING:
    from core.experiments.transposing import Enlarged

ENLARGED = "lay-enlarged"
"""The fragment that only the patch and the factor change."""

TALLEST, KERNEL = 260, 360  # px


def bilinear(photo: Photo) -> Enlarged:
    """The patch to choose, the kernel, both enlargements, and how far apart they are."""
    parts.section(
        "The bilinear kernel",
        "Upsampling layers often begin with this kernel. With it, a transposed convolution is bilinear interpolation.",
    )
    left, right = st.columns(2, gap="large")
    with left:
        _choose(photo)
    found = transposings.enlarging(transposed_patch.patch(photo), _factor())
    with right:
        _kernel(found)
    _beside(found)
    _gaps(found)
    return found


def weights(found: Enlarged) -> str:
    """The weights of one side in LaTeX; the kernel is all of their products."""
    size, factor = len(found.kernel), found.factor
    centre = factor - 0.5
    side = [1 - abs(place - centre) / factor for place in range(size)]
    half = ", ".join(f"{value:.4g}" for value in side[: size // 2])
    return (
        rf"\begin{{aligned}} k_{{ij}} &= \Big(1 - \tfrac{{|i - {centre:g}|}}{{{factor}}}\Big)"
        rf"\Big(1 - \tfrac{{|j - {centre:g}|}}{{{factor}}}\Big) \\[0.4em] "
        rf"\text{{one side}} &= {half}, \ldots \end{{aligned}}"
    )


def _choose(photo: Photo) -> None:
    with st.container(width=round(300 * photo.width / photo.height)):
        left, top, wide = transposed_patch.corner(photo)
        patch_picker(
            "patch-picker",
            Stage(cached.backdrop(photo), photo.width, photo.height, wide),
            (left + wide // 2, top + wide // 2),
            _moved,
        )
    st.caption(f"**The patch** · {wide} × {wide} px, as 8 × 8 numbers from 0 to 255. Drag it, or click.")
    with parts.hideable("controls", "patch"), st.container(horizontal=True):
        st.segmented_control(
            "Patch",
            WIDTHS,
            default=STANDARD,
            required=True,
            key=WIDE,
            bind="query-params",
            on_change=_again,
            help="Each of the 8 × 8 numbers is the mean brightness of its part.",
        )
        st.segmented_control(
            "Enlarge",
            FACTORS,
            default=FACTORS[1],
            required=True,
            key=FACTOR,
            bind="query-params",
            on_change=_again,
            help="The stride. The kernel is twice as wide, and the padding half of it.",
        )


def _kernel(found: Enlarged) -> None:
    size = len(found.kernel)
    parts.picture(
        encode(grid_picture(found.kernel), quality=90),
        f"The kernel, {size} × {size}",
        f"for stride {found.factor} and padding {found.edge}; it sums to {shown(float(found.kernel.sum()))}",
        alt=f"The bilinear kernel of {size} × {size} numbers: largest in the middle, falling to all sides",
        scale=parts.Scale("viridis", "0", "", shown(float(found.kernel.max()))),
        tallest=KERNEL,
    )
    st.latex(weights(found))


def _beside(found: Enlarged) -> None:
    side = found.transposed.shape[0]
    gap = abs(found.transposed - found.interpolated)
    cells = st.grid(4, min_column_width=150, gap="medium")
    rows = (
        (found.patch, "The patch", "8 × 8 numbers", GREY, 255.0),
        (found.transposed, "Transposed", f"convolution, {side} × {side}", GREY, 255.0),
        (found.interpolated, "Interpolated", f"by F.interpolate, {side} × {side}", GREY, 255.0),
        (gap, "Difference", "black is 0", GREY, max(1.0, float(gap.max()))),
    )
    for values, name, note, ramp, high in rows:
        with cells.cell():
            parts.picture(
                encode(grid_picture(np.maximum(values, 0), longest=512, ramp=ramp, high=high), quality=90),
                name,
                note,
                alt=f"{name}: {note}",
                tallest=TALLEST,
            )


def _gaps(found: Enlarged) -> None:
    inside, whole = st.grid(2, min_column_width=190, gap="medium"), found.transposed.shape[0]
    inside.cell().metric(
        "Largest difference inside",
        small(found.interior),
        delta=f"without {found.edge} of {whole} rows and columns at each edge",
        delta_color="green" if found.interior < 1e-9 else "gray",
        delta_arrow="off",
    )
    inside.cell().metric(
        "At the edge",
        shown(found.everywhere),
        delta="of 255: beyond the patch there is nothing to add",
        delta_color="gray",
        delta_arrow="off",
    )


def _factor() -> int:
    chosen = st.session_state.get(FACTOR)
    return int((chosen if chosen in FACTORS else FACTORS[1]).removesuffix(" times"))


def _moved(at: tuple[int, int]) -> None:
    address.keep(POINT, "{},{}".format(*at))
    _again()


def _again() -> None:
    st.rerun(scope=[ENLARGED, TAKEN])
