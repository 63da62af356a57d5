"""A photo in overlapping tiles, for networks that see small things better up close, and how to average what they say.

Pixel i covers [i, i + 1). Torch-free.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from jaxtyping import Float32

from core.errors import SettingError
from core.options import Option

MOST_TILES = 400
"""More passes of a network than anybody waits for."""


class Tile(NamedTuple):
    """A rectangle of whole pixels of a photo, whose top left corner is (x, y)."""

    x: int
    y: int
    width: int
    height: int


class Window(Option):
    """How much each pixel of a tile counts where tiles overlap."""

    FLAT = ("flat", "Flat", "Every pixel of a tile counts the same: where a tile ends, a seam may show.")
    LINEAR = ("linear", "Linear", "The weight falls evenly from the middle to the edge, which sees least around it.")
    HANN = ("hann", "Hann", "The weight falls along half a wave, so that it changes smoothly everywhere.")


def tiles(height: int, width: int, *, size: int, overlap: int) -> tuple[Tile, ...]:
    """Tiles of `size` x `size` pixels that cover a photo exactly, row by row; neighbours share at least `overlap` pixels.

    They stand `size - overlap` pixels apart; the last of a row and the last row move inward until they end where the
    photo does. Where the photo has less than `size` pixels along a side, so have its tiles: a small photo is one tile.

    Raises:
        SettingError: a side has no pixel, `overlap` is not from 0 to `size - 1`, or there would be more than 400 tiles.
    """
    for name, side in (("height", height), ("width", width), ("size", size)):
        if side < 1:
            raise SettingError(f"{name} must be at least 1, got {side}.")
    if not 0 <= overlap < size:
        raise SettingError(f"overlap must be from 0 to {size - 1} pixels, got {overlap}.", "Let tiles overlap by less.")
    across, down = (1 + math.ceil(max(0, side - size) / (size - overlap)) for side in (width, height))
    if across * down > MOST_TILES:
        raise SettingError(
            f"{across} × {down} tiles are more than {MOST_TILES}.", "Choose larger tiles, or let them overlap by less."
        )
    return tuple(
        Tile(x, y, min(size, width), min(size, height))
        for y in _starts(height, down, size, size - overlap)
        for x in _starts(width, across, size, size - overlap)
    )


def window(height: int, width: int, kind: Window) -> Float32[np.ndarray, "h w"]:
    """The weight of each pixel of a tile, above 0 and at most 1, the largest in the middle.

    Sum what tiles say times their weights, and divide by the sum of the weights, which is nowhere 0. Hann's window is
    taken at pixel centres and reaches 0 half a pixel beyond them; the linear one likewise.

    Raises:
        SettingError: a side has no pixel.
    """
    for name, side in (("height", height), ("width", width)):
        if side < 1:
            raise SettingError(f"{name} must be at least 1, got {side}.")
    return np.outer(_fall(height, kind), _fall(width, kind)).astype(np.float32)


def _starts(side: int, count: int, size: int, step: int) -> list[int]:
    return [min(place * step, max(0, side - size)) for place in range(count)]


def _fall(side: int, kind: Window) -> np.ndarray:
    """The weights along one side, in float64."""
    if kind is Window.FLAT:
        return np.ones(side)
    along = (np.arange(side) + 0.5) / side
    return np.sin(np.pi * along) ** 2 if kind is Window.HANN else np.minimum(along, 1 - along) * 2
