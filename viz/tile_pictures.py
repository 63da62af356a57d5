"""Pictures of a photo in tiles: how many lie over each pixel, how they fill in, how much each pixel counts, where seams are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from PIL import Image, ImageDraw

from viz.boxes import Corners, cased
from viz.heatmaps import viridis
from viz.images import to_image
from viz.masks import coloured

UNSEEN = 255
"""The class of a pixel on which no tile has been."""

VEIL = 0.55
"""How much of the photo the map of the plan covers."""

LEAST_LIGHT = 0.12
"""What the darkest pixel of a tile keeps of its light."""


def covering(tiles: Sequence[Corners], width: float, height: float, columns: int, rows: int) -> np.ndarray:
    """How many tiles lie over the middle of each cell of a grid over a picture of `width` x `height`; int (rows, columns)."""
    x, y = (np.arange(columns) + 0.5) * width / columns, (np.arange(rows) + 0.5) * height / rows
    counts = np.zeros((rows, columns), np.intp)
    for x1, y1, x2, y2 in tiles:
        left, right = np.searchsorted(x, (x1, x2))
        top, bottom = np.searchsorted(y, (y1, y2))
        counts[top:bottom, left:right] += 1
    return counts


def plan_picture(pixels: np.ndarray, counts: np.ndarray) -> Image.Image:
    """The photo in grey under a map of `counts` of its own size: viridis from 1 tile to the most; alone where all are 1."""
    most = int(counts.max())
    if most <= 1:
        return to_image(pixels)
    grey = np.asarray(to_image(pixels).convert("L"), np.float32)[..., None]
    return to_image(np.rint((1 - VEIL) * grey + VEIL * viridis((counts - 1) / (most - 1))).astype(np.uint8))


def filling(pixels: np.ndarray, preview: np.ndarray, of: Mapping[int, str], tile: Corners | None) -> Image.Image:
    """The photo under the classes so far, dark where no tile has been; the newest `tile`, in its pixels, has an outline."""
    height, width = pixels.shape[:2]
    seen = np.asarray(Image.fromarray(preview).resize((width, height), Image.Resampling.NEAREST)) != UNSEEN
    made = np.asarray(coloured(pixels, preview, of))
    image = to_image(np.where(seen[..., None], made, pixels // 4))
    if tile is not None:
        x1, y1, x2, y2 = (round(side) for side in tile)
        cased(ImageDraw.Draw(image), (x1, y1, x2, y2), (255, 255, 255), 2, thin=2, casing=(19, 19, 23), inside=True)
    return image


def weighted(pixels: np.ndarray, weights: np.ndarray) -> Image.Image:
    """A tile as bright as each of its pixels counts; `weights` (h, w) in [0, 1] are of its size."""
    light = LEAST_LIGHT + (1 - LEAST_LIGHT) * weights[..., None]
    return to_image(np.rint(pixels * light).astype(np.uint8))


def seamed(pixels: np.ndarray, classes: np.ndarray, of: Mapping[int, str], jumping: np.ndarray) -> Image.Image:
    """The photo under its classes, with black and white marks along the borders where the class changes.

    `jumping` (h, w) is true beside such places, on the grid of `classes`.
    """
    height, width = pixels.shape[:2]
    out = np.array(coloured(pixels, classes, of))
    rows, columns = np.nonzero(jumping)
    marks = np.zeros((height, width), bool)
    marks[rows * height // jumping.shape[0], columns * width // jumping.shape[1]] = True
    unit = max(1, round(max(height, width) / 320))
    out[_grown(marks, 2 * unit)] = (19, 19, 23)
    out[_grown(marks, unit)] = 255
    return to_image(out)


def _grown(marks: np.ndarray, by: int) -> np.ndarray:
    """The marks, `by` pixels larger on all sides."""
    sums = np.pad(marks.cumsum(axis=0).cumsum(axis=1), ((1, 0), (1, 0)))
    height, width = marks.shape
    top, left = np.maximum(np.arange(height) - by, 0)[:, None], np.maximum(np.arange(width) - by, 0)
    bottom, right = (
        np.minimum(np.arange(height) + by + 1, height)[:, None],
        np.minimum(np.arange(width) + by + 1, width),
    )
    return sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left] > 0
