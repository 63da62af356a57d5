"""Kernels of a convolution as pictures: each weight a square, in signed colours."""

from __future__ import annotations

import numpy as np
from PIL import Image

from viz.attributions import ColourMap, alone

SIDE, GAP = 192, 24  # px


def kernel_pair(first: np.ndarray, second: np.ndarray) -> Image.Image:
    """Two kernels (side, side) of values in [-1, 1] beside each other, nothing between them."""
    drawn = [alone(one, ColourMap.RED_BLUE, (SIDE, SIDE), signed=True) for one in (first, second)]
    sheet = Image.new("RGBA", (2 * SIDE + GAP, SIDE))
    for place, one in enumerate(drawn):
        sheet.paste(one, (place * (SIDE + GAP), 0))
    return sheet
