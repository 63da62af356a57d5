"""Anchors and ground truth drawn into a photo, and the maps that stand for millions of anchors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, pairwise
from math import hypot

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from core.boxes.settings import Box, Labelled
from viz.colours import IGNORED, MANY, POSITIVE, TRUTH, Stroke
from viz.heatmaps import viridis
from viz.images import to_image

_CASING = (255, 255, 255)


def cell_picture(pixels: np.ndarray, truths: Sequence[Labelled], anchors: Sequence[Box]) -> Image.Image:
    """The photo with the ground truth and the anchors of one cell, each in its own stroke."""
    image = to_image(pixels)
    for box, stroke in zip(anchors, cycle(MANY), strict=False):
        _outline(image, box, stroke, 2)
    return _with_truths(image, truths)


def assignment_picture(
    pixels: np.ndarray, truths: Sequence[Labelled], positives: Sequence[Box], ignored: Sequence[Box]
) -> Image.Image:
    """The photo with its ground truth, the anchors that learn from it, and those that are left out."""
    image = to_image(pixels)
    for boxes, stroke in ((ignored, IGNORED), (positives, POSITIVE)):
        for box in boxes:
            _outline(image, box, stroke, 2)
    return _with_truths(image, truths)


def map_picture(values: np.ndarray, highest: float) -> Image.Image:
    """A map (h, w) in viridis, from 0 to `highest`, one pixel for each value."""
    return to_image(viridis(values.astype(np.float32) / (highest or 1.0)))


def _with_truths(image: Image.Image, truths: Sequence[Labelled]) -> Image.Image:
    brush, unit = ImageDraw.Draw(image), _unit(image)
    font = ImageFont.load_default(11 * unit)
    for truth in truths:
        _outline(image, truth.box, TRUTH, 3)
        right, bottom = brush.textbbox((4 * unit, 2 * unit), truth.label, font=font)[2:]
        width, height = right + 4 * unit, bottom + 3 * unit
        x = max(0.0, min(truth.box[0], image.width - width - 1))
        y = max(0.0, min(truth.box[1], image.height - height - 1))
        brush.rectangle((x, y, x + width, y + height), fill=TRUTH.rgb)
        brush.text((x + 4 * unit, y + 2 * unit), truth.label, fill=_CASING, font=font)
    return image


def _outline(image: Image.Image, box: Box, stroke: Stroke, weight: int) -> None:
    """A stroke in its dash, on a pale casing so that it is seen on dark and on bright photos."""
    brush, unit = ImageDraw.Draw(image), _unit(image)
    x1, y1, x2, y2 = box
    corners = ((x1, y1), (x2, y1), (x2, y2), (x1, y2), (x1, y1))
    dashes = [int(part) * unit for part in stroke.dash.split()]
    for start, end in pairwise(corners):
        brush.line((*start, *end), fill=_CASING, width=(weight + 2) * unit)
    for start, end in pairwise(corners):
        for first, last in _drawn(hypot(end[0] - start[0], end[1] - start[1]), dashes):
            points = [
                (start[0] + (end[0] - start[0]) * at, start[1] + (end[1] - start[1]) * at) for at in (first, last)
            ]
            brush.line((*points[0], *points[1]), fill=stroke.rgb, width=weight * unit)


def _drawn(length: float, dashes: Sequence[int]) -> list[tuple[float, float]]:
    """The parts of a line that are drawn, as shares of its length."""
    if not dashes or not length:
        return [(0.0, 1.0)]
    parts, at, index = [], 0.0, 0
    while at < length:
        step = dashes[index % len(dashes)]
        if index % 2 == 0:
            parts.append((at / length, min(1.0, (at + step) / length)))
        at, index = at + step, index + 1
    return parts


def _unit(image: Image.Image) -> int:
    return max(1, round(max(image.size) / 600))
