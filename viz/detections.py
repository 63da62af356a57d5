"""What a detector found, drawn into the photo: each box in the colour of its class, with a tag that can be read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from viz.boxes import Colour, Corners, cased
from viz.colours import Stroke
from viz.images import to_image


@dataclass(frozen=True, slots=True)
class Tagged:
    """A box (x1, y1, x2, y2) in pixels of the picture, the words of its tag, and its colour as "#RRGGBB"."""

    box: Corners
    words: str
    colour: str


def detection_picture(pixels: np.ndarray, found: Sequence[Tagged]) -> Image.Image:
    """The picture with boxes and their tags. What comes first lies on top; no tag covers another where there is room."""
    image = to_image(pixels)
    brush = ImageDraw.Draw(image)
    longest = max(image.size)
    thick = max(2, round(longest / 220))
    for one in reversed(found):
        x1, y1, x2, y2 = (round(side) for side in one.box)
        cased(brush, (x1, y1, x2, y2), Stroke(one.colour).rgb, thick, thin=thick // 2, inside=True)
    high = max(11, round(longest / 32))
    font = ImageFont.load_default(high)
    spots: list[Corners] = []
    for one in found:
        spots.append(_free_spot(brush, one, font, image.size, spots, margin=max(2, high // 4)))
    for one, spot in reversed(list(zip(found, spots, strict=True))):
        colour = Stroke(one.colour).rgb
        brush.rectangle(spot, fill=colour)
        middle = ((spot[0] + spot[2]) / 2, (spot[1] + spot[3]) / 2)
        brush.text(middle, one.words, fill=_ink(colour), font=font, anchor="mm")
    return image


def _free_spot(
    brush: ImageDraw.ImageDraw,
    one: Tagged,
    font: ImageFont.ImageFont | ImageFont.FreeTypeFont,
    size: tuple[int, int],
    taken: Sequence[Corners],
    *,
    margin: int,
) -> Corners:
    """Where a tag goes: above its box, else inside at the top, below, or inside at the bottom; the first that is free."""
    left, top, right, bottom = brush.textbbox((0, 0), one.words, font=font)
    width, height = right - left + 2 * margin, bottom - top + 2 * margin
    x1, y1, x2, y2 = one.box
    spots = [
        _inside((x, y, x + width, y + height), size)
        for y in (y1 - height, y1, y2, y2 - height)
        for x in (x1, x2 - width)
    ]
    return next((spot for spot in spots if not any(_meet(spot, other) for other in taken)), spots[0])


def _inside(spot: Corners, size: tuple[int, int]) -> Corners:
    """The spot moved into the picture as far as it fits."""
    width, height = spot[2] - spot[0], spot[3] - spot[1]
    x = max(0.0, min(spot[0], size[0] - width))
    y = max(0.0, min(spot[1], size[1] - height))
    return (x, y, x + width, y + height)


def _meet(a: Corners, b: Corners) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def _ink(colour: Colour) -> str:
    """Black or white, whichever stands out more: the contrast of WCAG 2.1 is the same with both at a luminance of 0.179."""
    red, green, blue = (
        part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in (side / 255 for side in colour)
    )
    return "black" if 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179 else "white"
