"""Boxes drawn into a photo. Boxes are (x1, y1, x2, y2) in pixels of the photo."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from viz.colours import BOX_A, BOX_B, SHARED, Stroke
from viz.images import to_image

Corners = tuple[float, float, float, float]
Colour = tuple[int, int, int]

WHITE: Colour = (255, 255, 255)


def overlap_picture(pixels: np.ndarray, a: Corners, b: Corners) -> Image.Image:
    """The photo with boxes A and B on it, what they share filled, and what only one covers veiled."""
    image = to_image(pixels)
    shared = (max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3]))
    image = _filled(image, (a, b), (255, 255, 255), 0.18)
    if shared[0] < shared[2] and shared[1] < shared[3]:
        image = _filled(image, (shared,), SHARED.rgb, 0.45)
    for name, box, stroke in (("A", a, BOX_A), ("B", b, BOX_B)):
        _outlined(image, box, stroke, name)
    return image


def cased(
    brush: ImageDraw.ImageDraw,
    box: Corners,
    colour: Colour,
    thick: int,
    *,
    thin: int,
    casing: Colour = WHITE,
    inside: bool = False,
) -> None:
    """A stroke of `thick` pixels between two of `thin` in another colour: seen on dark and on bright photos.

    It lies half on both sides of the border, or wholly `inside` the box. Where the box has no room for it, nothing is drawn.
    """
    grown = 0 if inside else (thick + 2 * thin) // 2
    for inset, width, paint in ((-grown, thick + 2 * thin, casing), (thin - grown, thick, colour)):
        left, top, right, bottom = box[0] + inset, box[1] + inset, box[2] - 1 - inset, box[3] - 1 - inset
        if left <= right and top <= bottom:
            brush.rectangle((left, top, right, bottom), outline=paint, width=width)


def _filled(image: Image.Image, boxes: tuple[Corners, ...], colour: Colour, opacity: float) -> Image.Image:
    veil = Image.new("L", image.size)
    brush = ImageDraw.Draw(veil)
    for x1, y1, x2, y2 in boxes:
        brush.rectangle((x1, y1, max(x1, x2 - 1), max(y1, y2 - 1)), fill=round(255 * opacity))
    return Image.composite(Image.new("RGB", image.size, colour), image, veil)


def _outlined(image: Image.Image, box: Corners, stroke: Stroke, name: str) -> None:
    """A cased stroke, and a tag with the name."""
    brush = ImageDraw.Draw(image)
    unit = max(1, round(max(image.size) / 400))
    x1, y1, x2, y2 = (round(value) for value in box)
    cased(brush, (x1, y1, x2, y2), stroke.rgb, 2 * unit, thin=unit)
    side = 16 * unit
    left = min(max(x1 if name == "A" else x2 - side, 0), image.width - side)
    top = y1 - side if y1 >= side else y1
    brush.rectangle((left, top, left + side, top + side), fill=stroke.rgb)
    brush.text((left + side / 2, top + side / 2), name, fill=WHITE, font=ImageFont.load_default(11 * unit), anchor="mm")
