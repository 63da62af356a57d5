"""Precision against recall as a picture to keep, on white: what the page shows as SVG, for a report."""

from __future__ import annotations

from PIL import Image, ImageDraw, ImageFont

from viz.colours import POSITIVE, SERIES, Stroke
from viz.precision_recall import Points

SIZE = (720, 520)
_LEFT, _TOP, _RIGHT, _BOTTOM = 70, 40, 690, 450
_INK = "#55555F"
_PALE = tuple(round(255 - 0.2 * (255 - part)) for part in Stroke(POSITIVE.colour).rgb)


def pr_picture(points: Points, shown: int, *, words: str) -> Image.Image:
    """The curve with the area below its envelope, and a point after the first `shown` detections."""
    paper = Image.new("RGB", SIZE, "white")
    brush = ImageDraw.Draw(paper)
    font = ImageFont.load_default(18)
    _axes(brush, font)
    steps = [_place(*corner) for corner in points.steps]
    if steps:
        brush.polygon([_place(0, 0), *steps, (steps[-1][0], _BOTTOM)], fill=_PALE)
        brush.line(steps, fill=POSITIVE.colour, width=4)
    zigzag = [_place(*at) for at in zip(points.recall, points.precision, strict=True)]
    if len(zigzag) > 1:
        brush.line(zigzag, fill=SERIES[1].colour, width=2)
    if zigzag and shown:
        x, y = zigzag[min(shown, len(zigzag)) - 1]
        brush.ellipse((x - 8, y - 8, x + 8, y + 8), fill=SERIES[1].colour, outline="white", width=2)
    brush.text((_RIGHT, 12), words, fill=_INK, font=font, anchor="ra")
    return paper


def _axes(brush: ImageDraw.ImageDraw, font: ImageFont.ImageFont | ImageFont.FreeTypeFont) -> None:
    for part in (0.0, 0.25, 0.5, 0.75, 1.0):
        (x, y) = _place(part, part)
        brush.line(((_LEFT, y), (_RIGHT, y)), fill="#DDDDE2")
        brush.text((_LEFT - 10, y), f"{part:g}", fill=_INK, font=font, anchor="rm")
        brush.text((x, _BOTTOM + 12), f"{part:g}", fill=_INK, font=font, anchor="ma")
    brush.text((_LEFT, 12), "precision", fill=_INK, font=font, anchor="la")
    brush.text(((_LEFT + _RIGHT) / 2, _BOTTOM + 40), "recall", fill=_INK, font=font, anchor="ma")


def _place(recall: float, precision: float) -> tuple[float, float]:
    return (_LEFT + (_RIGHT - _LEFT) * recall, _BOTTOM - (_BOTTOM - _TOP) * precision)
