"""The questions of the view: each sets both grids, stride and padding."""

from __future__ import annotations

from core.segmentation.transposed_settings import Grid
from ui.controls import Preset
from ui.sections.segmenter.transposed_controls import COURSE, INPUT, KERNEL, PADDING, STEP, STRIDE, counting, ones
from ui.sections.segmenter.transposed_typed import written

KEY = "lay"
FIRST, SPREAD, SIZE, CHECKERBOARD, BILINEAR = (
    "The course's 2 × 2",
    "Stride 2",
    "How large?",
    "Checkerboard",
    "Bilinear",
)
TENT: Grid = tuple(tuple(one * other / 16 for other in (1.0, 3.0, 3.0, 1.0)) for one in (1.0, 3.0, 3.0, 1.0))
"""The bilinear kernel of 4 × 4 numbers."""


def presets() -> dict[str, Preset]:
    """A row for the pills."""
    return {
        FIRST: Preset(
            question="Which places of the output get more than one product, and which of them gets all four?",
            answer="The middle row and the middle column: 5 of 9 places. All four products meet in the middle: "
            "0 · 3 + 1 · 2 + 2 · 1 + 3 · 0 = 4.",
            settings=_set(COURSE, COURSE),
            clears=(STEP,),
        ),
        SPREAD: Preset(
            question="The same numbers with a stride of 2. How many places get more than one product now?",
            answer="None. The stride lays the products 2 apart, and each is 2 wide, so they lie side by side: the output has 4 × 4 "
            "places for 4 products of 4 numbers. In a convolution a stride makes the output smaller, here it makes it larger.",
            settings=_set(COURSE, COURSE, stride=2),
            clears=(STEP,),
        ),
        SIZE: Preset(
            question="How large is the output? 3 × 3 numbers, a kernel of 3 × 3, stride 2, padding 1.",
            answer="5 × 5. Three products that begin 2 apart and are 3 wide reach over (3 − 1) · 2 + 3 = 7 places, and the padding "
            "takes one away at each edge. It takes away: in a convolution it adds.",
            settings=_set(counting(3, 3), counting(3, 3), stride=2, padding=1),
            clears=(STEP,),
            predict=True,
        ),
        CHECKERBOARD: Preset(
            question="The input is the same everywhere, and so is the kernel. Why is the output not?",
            answer="A kernel of 3 with a stride of 2: every second place is reached by two products of a row, the others by one. "
            "Both ways together that makes 1, 2 or 4. Networks that draw pictures leave this pattern in them. "
            "With a kernel of 4, which 2 divides, all places away from the edge get 4.",
            settings=_set(ones(5, 5), ones(3, 3), stride=2),
            clears=(STEP,),
        ),
        BILINEAR: Preset(
            question="Sixteen fixed numbers make a map twice as large. Where is the output not what interpolation gives?",
            answer="Only in its outermost ring: there a neighbour is missing, nothing is added for it, and the values fall off. "
            "Everywhere else both are equal, as the section on the bilinear kernel shows on your photo.",
            settings=_set(counting(4, 4), TENT, stride=2, padding=1),
            clears=(STEP,),
        ),
    }


def _set(x: Grid, kernel: Grid, *, stride: int = 1, padding: int = 0) -> dict[str, object]:
    return {INPUT: written(x), KERNEL: written(kernel), STRIDE: stride, PADDING: padding}
