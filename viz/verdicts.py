"""Right, wrong and missed boxes on a photo, told apart by colour, by line and by mark, as a picture to keep."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from viz.boxes import WHITE, Corners
from viz.colours import Stroke
from viz.images import to_image


class Fate(Enum):
    """What became of a box, in one word for style sheets."""

    RIGHT = "right"
    WRONG = "wrong"
    MISSED = "missed"
    IGNORED = "ignored"


STROKES = {
    Fate.RIGHT: Stroke("#009E73"),
    Fate.WRONG: Stroke("#D55E00", "12 3 3 3"),
    Fate.MISSED: Stroke("#0072B2", "8 6"),
    Fate.IGNORED: Stroke("#8A8A96", "2 5"),
}
MARKS = {Fate.RIGHT: "✓", Fate.WRONG: "✗", Fate.MISSED: "?", Fate.IGNORED: "·"}

_DRAWN = {
    Fate.RIGHT: (((0.1, 0.55), (0.4, 0.85), (0.9, 0.15)),),
    Fate.WRONG: (((0.15, 0.15), (0.85, 0.85)), ((0.15, 0.85), (0.85, 0.15))),
}
"""Marks that Pillow's own font lacks, as lines in a square of side 1."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A box (x1, y1, x2, y2) in pixels of the photo, what became of it, and a few words for its tag."""

    box: Corners
    fate: Fate
    words: str


def verdict_picture(pixels: np.ndarray, judged: Sequence[Judged]) -> Image.Image:
    """The photo with the boxes and their tags, the first of them on top."""
    image = to_image(pixels)
    brush = ImageDraw.Draw(image)
    thick = max(2, round(max(image.size) / 240))
    for one in reversed(judged):
        dash = [thick / 3 * float(part) for part in STROKES[one.fate].dash.split()]
        for width, paint in ((2 * thick, WHITE), (thick, STROKES[one.fate].rgb)):
            _outline(brush, one.box, dash, width, paint)
    for one in reversed(judged):
        _tag(brush, one, image.size, max(11, round(max(image.size) / 36)))
    return image


def _outline(
    brush: ImageDraw.ImageDraw, box: Corners, dash: Sequence[float], width: int, paint: tuple[int, int, int]
) -> None:
    """The border of a box, each side in strokes and gaps as `dash` has them in turn; none are a solid line."""
    x1, y1, x2, y2 = box
    for start, end in (((x1, y1), (x2, y1)), ((x2, y1), (x2, y2)), ((x2, y2), (x1, y2)), ((x1, y2), (x1, y1))):
        across, down = end[0] - start[0], end[1] - start[1]
        length = max(abs(across), abs(down))
        for a, b in _pieces(length, dash):
            ends = [(start[0] + across * part / length, start[1] + down * part / length) for part in (a, b)]
            brush.line(ends, fill=paint, width=width)


def _pieces(length: float, dash: Sequence[float]) -> list[tuple[float, float]]:
    """Where strokes begin and end along a line; a line without length has none."""
    if not dash or length <= 0:
        return [(0.0, length)] if length > 0 else []
    pieces, at = [], 0.0
    while at < length:
        for place, part in enumerate(dash):
            if place % 2 == 0 and at < length:
                pieces.append((at, min(at + part, length)))
            at += part
    return pieces


def _tag(brush: ImageDraw.ImageDraw, one: Judged, size: tuple[int, int], high: int) -> None:
    """A plate with mark and words above the box, or inside it where there is no room above."""
    font = ImageFont.load_default(high)
    mark = high if one.fate in _DRAWN else 0
    words = one.words if mark else f"{MARKS[one.fate]} {one.words}"
    gap = max(2, high // 4)
    wide = brush.textlength(words, font=font) + mark + (3 if mark else 2) * gap
    tall = high + 2 * gap
    left = max(0.0, min(one.box[0], size[0] - wide))
    top = one.box[1] - tall if one.box[1] >= tall else max(0.0, min(one.box[1], size[1] - tall))
    brush.rectangle((left, top, left + wide, top + tall), fill=STROKES[one.fate].rgb)
    for line in _DRAWN.get(one.fate, ()):
        points = [(left + gap + x * high, top + gap + y * high) for x, y in line]
        brush.line(points, fill=WHITE, width=max(2, high // 6))
    after = left + gap + (mark + gap if mark else 0)
    brush.text((after, top + tall / 2), words, fill=WHITE, font=font, anchor="lm")
