"""A small grey patch of a photo, as numbers that one can read. Torch-free."""

from __future__ import annotations

import numpy as np
from jaxtyping import Int64
from PIL import Image

from core.images.photo import Photo

SIDE = 8
"""Numbers along each side of a patch."""


def patch_corner(photo: Photo, x: int, y: int, width: int) -> tuple[int, int, int]:
    """Left, top and width in whole pixels of a square of `width` pixels around (`x`, `y`).

    It is moved into the photo where it would reach out, and made smaller where the photo is.
    """
    width = min(width, photo.width, photo.height)
    left = min(max(0, x - width // 2), photo.width - width)
    top = min(max(0, y - width // 2), photo.height - width)
    return left, top, width


def grey_patch(photo: Photo, x: int, y: int, width: int) -> Int64[np.ndarray, "8 8"]:
    """The brightness of that square in 8 x 8 whole numbers from 0 (black) to 255, each the mean of its part of the square."""
    left, top, width = patch_corner(photo, x, y, width)
    cut = np.ascontiguousarray(photo.pixels[top : top + width, left : left + width])
    grey = Image.fromarray(cut).convert("L").resize((SIDE, SIDE), Image.Resampling.BOX)
    return np.asarray(grey).astype(np.int64)
