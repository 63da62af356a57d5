"""The closing row of the view: the grids as a picture, the output as numbers, the link, the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.segmentation.transposed_settings import TransposeSettings
from ui import controls, export, formats
from ui.sections.segmenter import transposed_controls, transposed_patch, transposed_presets, transposed_snippet
from ui.sections.segmenter.transposed_typed import written
from viz.grids import grid_picture, on_white
from viz.images import beside

if TYPE_CHECKING:
    from core.experiments.transposing import Transposing

LONGEST = 720


def take_away(found: Transposing) -> None:
    """The closing row."""
    export.take_away(
        "transposed-convolution",
        picture=lambda: picture(found),
        rows=lambda: rows(found),
        settings=lambda: settings(found),
        link=lambda: link(found.settings),
        snippet=lambda: transposed_snippet.snippet(found.settings),
        raw=lambda: formats.npy(found.output),
    )


def picture(found: Transposing) -> Image.Image:
    """Input, kernel and output beside each other, each on its own scale."""
    grids = (found.settings.input, found.settings.kernel, found.output)
    return beside([on_white(grid_picture(np.array(one), longest=LONGEST)) for one in grids], gap=40)


def rows(found: Transposing) -> list[dict[str, str | float | int]]:
    """A row for each number of the output: where it is, what it is, and how many products it is the sum of."""
    p = found.settings.padding
    return [
        {"row": row, "column": column, "value": value, "products": int(found.reached[row + p, column + p])}
        for row, values in enumerate(found.output.tolist())
        for column, value in enumerate(values)
    ]


def settings(found: Transposing) -> dict[str, object]:
    """What was chosen."""
    chosen = found.settings
    return {
        "input": [list(row) for row in chosen.input],
        "kernel": [list(row) for row in chosen.kernel],
        "stride": chosen.stride,
        "padding": chosen.padding,
        "largest difference": found.difference,
    }


def link(settings: TransposeSettings) -> dict[str, str | list[str]]:
    """The query of a link to this state: the numbers that are shown, also while others are typed that make no grid."""
    return {
        "part": "Transposed convolution",
        **controls.link(
            transposed_presets.KEY,
            transposed_controls.STEP,
            transposed_patch.POINT,
            transposed_patch.WIDE,
            transposed_patch.FACTOR,
        ),
        transposed_controls.INPUT: written(settings.input),
        transposed_controls.KERNEL: written(settings.kernel),
        transposed_controls.STRIDE: str(settings.stride),
        transposed_controls.PADDING: str(settings.padding),
    }
