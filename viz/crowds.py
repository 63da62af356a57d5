"""One object found many times: a small picture for a card."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from viz.boxes import Corners
from viz.colours import AREAS, Stroke
from viz.images import to_image

_STRAYS = ((-0.09, -0.06, 0.05), (0.07, -0.09, -0.04), (-0.05, 0.08, 0.09), (0.1, 0.05, 0.02), (-0.11, 0.02, -0.07))
"""How far each double lies beside the object to the right and below, in its sides, and how much larger it is."""


def crowd_picture(pixels: np.ndarray, box: Corners) -> Image.Image:
    """The photo with the object's box in its colour, and five doubles of it, thin and pale, as a detector finds them."""
    image = to_image(pixels)
    brush = ImageDraw.Draw(image)
    unit = max(1, round(max(image.size) / 300))
    width, height = box[2] - box[0], box[3] - box[1]
    for right, below, larger in _STRAYS:
        dx, dy, gx, gy = right * width, below * height, larger * width / 2, larger * height / 2
        double = (box[0] + dx - gx, box[1] + dy - gy, box[2] + dx + gx, box[3] + dy + gy)
        _outlined(brush, double, "#131317", 3 * unit)
        _outlined(brush, double, "#FFFFFF", unit)
    _outlined(brush, box, "#FFFFFF", 5 * unit)
    _outlined(brush, box, AREAS[0], 3 * unit)
    return image


def _outlined(brush: ImageDraw.ImageDraw, box: Corners, colour: str, width: int) -> None:
    """A stroke on both sides of the border."""
    low = width // 2
    corners = (box[0] - low, box[1] - low, max(box[0], box[2]) - 1 + width - low, max(box[1], box[3]) - 1 + width - low)
    brush.rectangle(corners, outline=Stroke(colour).rgb, width=width)
