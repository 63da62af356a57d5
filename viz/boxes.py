"""Boxes drawn into a photo. Boxes are (x1, y1, x2, y2) in pixels of the photo."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from viz.colours import BOX_A, BOX_B, SHARED, Stroke
from viz.images import to_image

Corners = tuple[float, float, float, float]

_CASING = (255, 255, 255)


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


def _filled(
    image: Image.Image, boxes: tuple[Corners, ...], colour: tuple[int, int, int], opacity: float
) -> Image.Image:
    veil = Image.new("L", image.size)
    brush = ImageDraw.Draw(veil)
    for x1, y1, x2, y2 in boxes:
        brush.rectangle((x1, y1, max(x1, x2 - 1), max(y1, y2 - 1)), fill=round(255 * opacity))
    return Image.composite(Image.new("RGB", image.size, colour), image, veil)


def _outlined(image: Image.Image, box: Corners, stroke: Stroke, name: str) -> None:
    """A stroke on a pale casing, so that it is seen on dark and on bright photos, and a tag with the name."""
    brush = ImageDraw.Draw(image)
    unit = max(1, round(max(image.size) / 400))
    x1, y1, x2, y2 = (round(value) for value in box)
    brush.rectangle(
        (x1 - 2 * unit, y1 - 2 * unit, x2 - 1 + 2 * unit, y2 - 1 + 2 * unit), outline=_CASING, width=4 * unit
    )
    brush.rectangle((x1 - unit, y1 - unit, x2 - 1 + unit, y2 - 1 + unit), outline=stroke.rgb, width=2 * unit)
    side = 16 * unit
    left = min(max(x1 if name == "A" else x2 - side, 0), image.width - side)
    top = y1 - side if y1 >= side else y1
    brush.rectangle((left, top, left + side, top + side), fill=stroke.rgb)
    brush.text(
        (left + side / 2, top + side / 2), name, fill=_CASING, font=ImageFont.load_default(11 * unit), anchor="mm"
    )
