"""Maps over photos and beside each other: values as colours, and what the network did not see dimmed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from viz.colours import VIRIDIS, Stroke
from viz.images import to_image

Part = tuple[float, float, float, float]
"""A part of a photo: x1, y1, x2, y2 in its pixels."""

NAME = 16  # px high
DIMMED = 0.45  # of the light that what was not seen keeps


def viridis(values: np.ndarray) -> np.ndarray:
    """Colours of `values` in [0, 1], any shape; uint8 RGB along a new last axis."""
    return between(values, VIRIDIS)


def between(values: np.ndarray, stops: tuple[str, ...]) -> np.ndarray:
    """Colours of `values` in [0, 1], any shape, on straight lines between evenly spaced `stops` ("#RRGGBB").

    uint8 RGB along a new last axis. Values outside [0, 1] get the colour of the nearer end.
    """
    table = _table(stops)
    return table[np.rint(np.clip(values, 0, 1) * (len(table) - 1)).astype(np.intp)]


@cache
def _table(stops: tuple[str, ...]) -> np.ndarray:
    """The colours at so many places that neighbours differ by one at most: looking up is faster than interpolating."""
    places = np.linspace(0, len(stops) - 1, 256 * (len(stops) - 1) + 1)
    channels = np.array([Stroke(stop).rgb for stop in stops]).T
    colours = [np.rint(np.interp(places, range(len(stops)), one)) for one in channels]
    table = np.stack(colours, axis=-1).astype(np.uint8)
    table.setflags(write=False)  # all callers share it
    return table


def overlay(pixels: np.ndarray, values: np.ndarray, seen: Part, *, opacity: float) -> Image.Image:
    """The photo under a map of `values` (h, w) in [0, 1], stretched bilinearly over `seen`.

    The map covers by up to `opacity`, more where its values are high, so the photo stays readable where nothing is said.
    What lies outside `seen` the network did not see: it is dimmed.
    """
    size = window(pixels, seen)[2:]
    stretched = np.asarray(Image.fromarray(values.astype(np.float32)).resize(size, Image.Resampling.BILINEAR))
    return covered(pixels, viridis(stretched), opacity * (0.35 + 0.65 * np.clip(stretched, 0, 1)), seen)


def window(pixels: np.ndarray, seen: Part) -> tuple[int, int, int, int]:
    """Left, top, width and height of `seen` in whole pixels of the photo (h, w, 3), cut at its edge; at least 1 x 1."""
    height, width = pixels.shape[:2]
    left, top = max(0, round(seen[0])), max(0, round(seen[1]))
    right, bottom = min(width, round(seen[2])), min(height, round(seen[3]))
    return left, top, max(1, right - left), max(1, bottom - top)


def covered(pixels: np.ndarray, colours: np.ndarray, cover: np.ndarray, seen: Part) -> Image.Image:
    """The photo, dimmed outside `seen`, and inside under `colours` (h, w, 3) that cover it by `cover` (h, w) in [0, 1].

    Both have the size of `window(pixels, seen)`.
    """
    left, top, width, height = window(pixels, seen)
    inside = (slice(top, top + height), slice(left, left + width))
    out = pixels.astype(np.float32) * DIMMED
    out[inside] = (1 - cover[..., None]) * pixels[inside] + cover[..., None] * colours
    return to_image(np.clip(np.rint(out), 0, 255).astype(np.uint8))


def tiles(maps: np.ndarray, columns: int, width: int = 960, names: Sequence[str] = ()) -> Image.Image:
    """Maps (n, h, w) in [0, 1] beside each other, `columns` in a row, about `width` pixels wide in all.

    Each cell of a map is a square of one colour: nothing is interpolated. Between maps the picture is transparent. `names`
    stand in the upper left corners of their maps.
    """
    count, height, across = maps.shape
    gap = 8
    side = max(1, ((width + gap) // columns - gap) // across)
    rows = -(-count // columns)
    step_x, step_y = across * side + gap, height * side + gap
    sheet = Image.new("RGBA", (columns * step_x - gap, rows * step_y - gap))
    font = ImageFont.load_default(NAME)
    for place, one in enumerate(maps):
        tile = to_image(viridis(one)).resize((across * side, height * side), Image.Resampling.NEAREST)
        if place < len(names):
            ImageDraw.Draw(tile).text((6, 4), names[place], "white", font, stroke_width=2, stroke_fill="black")
        sheet.paste(tile, (place % columns * step_x, place // columns * step_y))
    return sheet
