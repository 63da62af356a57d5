"""Grids of numbers as pictures: a square of one colour for each, and the number in it where there is room."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from viz.colours import RED_BLUE, VIRIDIS
from viz.heatmaps import between
from viz.images import to_image

GREY = ("#000000", "#FFFFFF")
LEGIBLE = 30  # px of a cell from which it holds its number
EMPTY = (150, 150, 158)
VEIL = 46  # of 255: how much of it an empty cell has


def grid_picture(
    values: np.ndarray,
    *,
    longest: int = 720,
    high: float | None = None,
    ramp: tuple[str, ...] | None = None,
    blank: bool = False,
) -> Image.Image:
    """A picture of `values` (h, w), RGBA, about `longest` pixels on its longest side; each cell is a whole number of pixels.

    Colours go from 0 to `high` (the largest value, where it is not given), in viridis or `ramp`. Where a value is negative,
    they are red and blue, with `high` on both sides of a pale 0. With `blank`, zeros are empty cells.
    """
    height, width = values.shape
    cell = max(1, longest // max(height, width))
    signed = bool((values < 0).any())
    most = float(abs(values).max()) if high is None else high
    share = values / (most or 1.0)
    colours = between((share + 1) / 2, RED_BLUE) if signed else between(share, ramp or VIRIDIS)
    cover = np.full((height, width, 1), 255, np.uint8)
    if blank:
        empty = values == 0
        colours[empty], cover[empty] = EMPTY, VEIL
    image = Image.fromarray(np.concatenate((colours, cover), axis=2))
    image = image.resize((width * cell, height * cell), Image.Resampling.NEAREST)
    if cell >= LEGIBLE:
        _numbered(image, values, colours, cell, blank=blank)
    return image


def on_white(image: Image.Image) -> Image.Image:
    """An RGBA picture as RGB, where what is behind it is white."""
    paper = to_image(np.full((image.height, image.width, 3), 255, np.uint8))
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def shown(value: float) -> str:
    """A number in at most four digits before its exponent, with a real minus."""
    short = f"{value:.0f}" if abs(value) >= 1e4 else f"{value:.4g}"
    return ("0" if float(short) == 0 else short).replace("-", "−")


def _numbered(image: Image.Image, values: np.ndarray, colours: np.ndarray, cell: int, *, blank: bool) -> None:
    """Each number in its cell, dark on pale and pale on dark, and all of one size, in which the longest has room."""
    words = [[shown(float(value)) for value in row] for row in values]
    longest = max((word for row in words for word in row), key=len)
    tall = min(0.42 * cell, 0.9 * cell * 1.7 / max(2, len(longest)))
    font, brush = ImageFont.load_default(tall), ImageDraw.Draw(image)
    bright = colours @ np.array([0.299, 0.587, 0.114]) > 140
    edge = max(1, cell // 60)
    for row, column in np.ndindex(values.shape):
        left, top = column * cell, row * cell
        brush.rectangle((left, top, left + cell - 1, top + cell - 1), outline=(128, 128, 136, 120), width=edge)
        if not (blank and values[row, column] == 0):
            ink = (21, 21, 27) if bright[row, column] else (255, 255, 255)
            brush.text((left + cell / 2, top + cell / 2), words[row][column], ink, font, anchor="mm")
