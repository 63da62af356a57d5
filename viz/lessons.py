"""What a grid head learns, drawn into a photo: its cells, the one that answers, and boxes as they are and should be."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from viz.boxes import Corners, cased
from viz.colours import BOX_B, POSITIVE, TRUTH
from viz.detections import Tagged, detection_picture
from viz.images import to_image

ANCHOR, SAYS, OBJECT = POSITIVE, BOX_B, TRUTH
"""The activated anchor, the box that the head says there, and the object as somebody marked it."""

_PALE, _DARK = (255, 255, 255, 120), (19, 19, 23, 90)  # a line of both is seen on dark and on bright photos
_FILL = 0.42


def gridded(pixels: np.ndarray, rows: int, cols: int) -> Image.Image:
    """The picture under the lines between `rows` x `cols` cells of one size."""
    image = to_image(pixels).convert("RGBA")
    lines = Image.new("RGBA", image.size)
    brush, (width, height) = ImageDraw.Draw(lines), image.size
    thick = max(1, round(max(image.size) / 600))  # a thinner one is lost where the page shows the picture smaller
    for shift, paint in ((thick, _DARK), (0, _PALE)):
        for col in range(1, cols):
            x = round(col * width / cols) + shift
            brush.line((x, 0, x, height), fill=paint, width=thick)
        for row in range(1, rows):
            y = round(row * height / rows) + shift
            brush.line((0, y, width, y), fill=paint, width=thick)
    return Image.alpha_composite(image, lines).convert("RGB")


def lesson_picture(
    pixels: np.ndarray, rows: int, cols: int, cell: tuple[int, int], found: Sequence[Tagged]
) -> Image.Image:
    """The picture with its grid, the cell (row, column) that answers filled, and boxes with tags, the first on top."""
    image = gridded(pixels, rows, cols)
    here = _cell(cell, rows, cols, image.size)
    fill = Image.new("RGB", (here[2] - here[0], here[3] - here[1]), ANCHOR.rgb)
    image.paste(Image.blend(image.crop(here), fill, _FILL), here[:2])
    cased(ImageDraw.Draw(image), here, ANCHOR.rgb, 2, thin=1, inside=True)
    return detection_picture(np.asarray(image), found)


def scaled(box: Corners, factor: float) -> Corners:
    """The box in a picture that is `factor` times as large."""
    x1, y1, x2, y2 = (side * factor for side in box)
    return (x1, y1, x2, y2)


def _cell(cell: tuple[int, int], rows: int, cols: int, size: tuple[int, int]) -> tuple[int, int, int, int]:
    """The corners of a cell in whole pixels; one pixel at least, also in pictures with fewer of them than cells."""
    (row, col), (width, height) = cell, size
    left, top = round(col * width / cols), round(row * height / rows)
    right, bottom = round((col + 1) * width / cols), round((row + 1) * height / rows)
    left, top = min(left, width - 1), min(top, height - 1)
    return left, top, max(left + 1, right), max(top + 1, bottom)
