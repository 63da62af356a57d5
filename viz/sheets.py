"""Many frames of one size in one picture: a browser decodes it once and then draws any frame at once."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image

from viz.images import data_url, to_image

BLOCK = 16
"""Frames begin at multiples of so many pixels: an encoder's blocks then never hold parts of two of them."""

LONGEST = 16_383  # px: what WebP can hold


@dataclass(frozen=True, slots=True)
class Sheet:
    """A picture (data URL) that holds `frames` frames of `width` x `height` pixels, `columns` in a row, from the top left."""

    url: str
    columns: int
    frames: int
    width: int
    height: int

    @property
    def across(self) -> int:
        """Pixels from the left side of a frame to that of the next one in its row."""
        return _blocks(self.width)

    @property
    def down(self) -> int:
        """Pixels from the top of a frame to that of the one below it."""
        return _blocks(self.height)


def pack(frames: Sequence[Image.Image] | np.ndarray, *, quality: int = 80) -> Sheet:
    """The frames as one WebP, in a grid that is about as wide as it is high.

    Frames are Pillow images of one size, or uint8 RGB of shape (n, h, w, 3). What is transparent stays transparent.

    Raises:
        ValueError: there are no frames, their sizes differ, or they are too many for one picture.
    """
    images = [frame if isinstance(frame, Image.Image) else to_image(frame) for frame in frames]
    sizes = {image.size for image in images}
    if len(sizes) != 1:
        raise ValueError(f"frames must be of one size, got {sorted(sizes) or 'no frames'}")
    width, height = sizes.pop()
    across, down = _blocks(width), _blocks(height)
    columns = min(len(images), max(1, round(math.sqrt(len(images) * down / across))))
    whole = (columns * across, -(-len(images) // columns) * down)
    if max(whole) > LONGEST:
        raise ValueError(f"{len(images)} frames of {width} × {height} px make a picture of more than {LONGEST} px")
    mode = "RGB" if all(image.mode == "RGB" for image in images) else "RGBA"
    paper = Image.new(mode, whole)
    for place, image in enumerate(images):
        paper.paste(_padded(image.convert(mode), across, down), (place % columns * across, place // columns * down))
    return Sheet(data_url(paper, quality=quality), columns, len(images), width, height)


def _blocks(side: int) -> int:
    return -(-side // BLOCK) * BLOCK


def _padded(image: Image.Image, width: int, height: int) -> Image.Image:
    """The image, its last column and row repeated up to that size: the last block then has no edge that rings."""
    if image.size == (width, height):
        return image
    missing = ((0, height - image.height), (0, width - image.width), (0, 0))
    return to_image(np.pad(np.asarray(image), missing, mode="edge"))
