"""One object found many times: a small picture for a card."""

from __future__ import annotations

import numpy as np
from PIL import Image, ImageDraw

from viz.boxes import WHITE, Corners, cased
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
        cased(brush, double, WHITE, unit, thin=unit, casing=Stroke("#131317").rgb)
    cased(brush, box, Stroke(AREAS[0]).rgb, 3 * unit, thin=unit)
    return image
