"""Maps over photos: sequential maps in viridis."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from viz.colours import VIRIDIS
from viz.images import to_image

_STOPS = np.array([[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in VIRIDIS], dtype=np.float32)

NAME = 16  # px high


def viridis(values: np.ndarray) -> np.ndarray:
    """Colours of `values` in [0, 1], any shape; uint8 RGB along a new last axis."""
    place = np.clip(values, 0, 1) * (len(_STOPS) - 1)
    low = np.minimum(place.astype(int), len(_STOPS) - 2)
    share = (place - low)[..., None]
    return np.rint(_STOPS[low] * (1 - share) + _STOPS[low + 1] * share).astype(np.uint8)


def overlay(
    pixels: np.ndarray, values: np.ndarray, seen: tuple[float, float, float, float], *, opacity: float
) -> Image.Image:
    """The photo under a map of `values` (h, w) in [0, 1], stretched bilinearly over `seen` (x1, y1, x2, y2 in pixels).

    The map covers by up to `opacity`, more where its values are high, so the photo stays readable where nothing is said.
    What lies outside `seen` the network did not see: it is dimmed.
    """
    height, width = pixels.shape[:2]
    x1, y1, x2, y2 = (
        max(0, round(seen[0])),
        max(0, round(seen[1])),
        min(width, round(seen[2])),
        min(height, round(seen[3])),
    )
    size = (max(1, x2 - x1), max(1, y2 - y1))
    stretched = np.asarray(Image.fromarray(values.astype(np.float32)).resize(size, Image.Resampling.BILINEAR))
    out = pixels.astype(np.float32) * 0.45
    inside = (slice(y1, y1 + size[1]), slice(x1, x1 + size[0]))
    cover = opacity * (0.35 + 0.65 * np.clip(stretched, 0, 1))[..., None]
    out[inside] = (1 - cover) * pixels[inside] + cover * viridis(stretched)
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
