"""Scores before they are enlarged: one cell for every 32, 16 or 8 pixels, in signed colours; and how three depths become one."""

from __future__ import annotations

from functools import partial

import numpy as np
import streamlit as st
from PIL import Image

from ui import parts
from ui.cached import resolutions
from ui.sections.attribution.path_pictures import grey
from ui.sections.segmenter.resolution_case import STRIDES, Case
from viz import images
from viz.attributions import ColourMap, over, strongest, veil
from viz.fcn_diagram import Step, fcn_diagram

SMALL = 560  # px, the longest side of a picture
OPACITY = 0.9


def show(case: Case, chosen: int, *, same: bool) -> None:
    """The scores of one class at all three depths over the photo in grey."""
    maps = [case.depth(stride).scores[chosen] for stride in STRIDES]
    common = strongest(maps)
    name = case.names[chosen]
    for cell, stride, scores in zip(st.columns(3, gap="medium"), STRIDES, maps, strict=True):
        most = common if same else strongest([scores])
        rows, columns = scores.shape
        with cell:
            parts.picture(
                resolutions.resolution_picture(
                    case.photo, f"scores {stride} {name} {same}", partial(picture, case, scores, most)
                ),
                f"{stride}s",
                f"{rows} × {columns} cells · {name} from {_score(scores.min())} to {_score(scores.max())}",
                alt=f"Scores of {name} at {stride}s in {rows} × {columns} cells over the photo",
                scale=parts.Scale("red-blue", f"−{most:.1f} against", "0", f"for +{most:.1f}"),
                tallest=300,
            )


def picture(case: Case, scores: np.ndarray, most: float) -> Image.Image:
    """Scores (rows, columns) as cells over the pale photo; `most` has the strongest colour."""
    small = images.fit(case.photo.pixels, SMALL)
    factor = small.width / case.photo.width
    x1, y1, x2, y2 = (side * factor for side in case.found.seen)
    size = (max(1, round(x2 - x1)), max(1, round(y2 - y1)))
    scaled = scores / most if most else scores
    made = veil(scaled, ColourMap.RED_BLUE, size, smooth=False, signed=True)
    return over(np.asarray(grey(np.asarray(small))), made, (x1, y1, x2, y2), OPACITY)


def joined(case: Case) -> None:
    """How coarse scores are added to finer ones, with the sizes of this pass."""
    parts.section(
        "How coarse and fine come together",
        "Deep maps know what, early maps know where. Each depth adds its own scores to the coarser ones, made twice as large.",
    )
    steps = [Step(stride, *case.depth(stride).scores.shape[1:]) for stride in STRIDES]
    rows, columns = case.classes((8, next(iter(case.depth(8).maps)))).shape
    sums = ", ".join(f"{step.stride}s with {step.rows} × {step.columns} cells" for step in steps)
    with st.container(width=620):
        st.image(
            fcn_diagram(steps, rows, columns),
            width="stretch",
            alt=f"Scores of three depths are added, the coarser ones enlarged by 2: {sums}; each becomes {rows} × {columns} pixels",
        )
    st.caption(
        f"**Scores of {len(case.names)} classes** · × 2 and × 8 are transposed convolutions, 1 × 1 is a convolution, + adds cell "
        "by cell. Long et al., Fully Convolutional Networks for Semantic Segmentation, 2014, figure 3."
    )


def _score(value: float) -> str:
    return f"{value:.1f}".replace("-", "−")
