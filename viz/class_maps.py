"""Class maps for browsers, which paint them while a hand moves: few bytes, sent once, exact to the last pixel."""

from __future__ import annotations

import base64
import zlib
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from core.segmentation.settings import IGNORE
from viz.colours import Stroke

LONGEST = 800
"""The most cells of a map along its longer side."""

UNKNOWN = "#8A8A96"
"""What an unsure pixel is painted in, hatched where there is room for it."""


@dataclass(frozen=True, slots=True)
class Screen:
    """What a browser paints from: maps of `columns` x `rows` cells, each `packed`.

    `classes` are numbers; `margin` and `entropy` are in steps of 1/255, the one of 1, the other of `most` bits; 255 is all of
    it, so that what falls short of it stays below the highest threshold. `shares` are the probabilities of all classes, one map
    of `wide` x `high` cells after the other, in steps of 1/255; the photo is `across` x `down` of these cells large, and its
    last pixels belong to the last cell. `name` tells this content from all others.
    """

    name: str
    columns: int
    rows: int
    classes: str
    margin: str
    entropy: str
    most: float
    wide: int
    high: int
    across: float
    down: float
    shares: str


def screen(
    name: str,
    classes: np.ndarray,
    margin: np.ndarray,
    entropy: np.ndarray,
    shares: np.ndarray,
    *,
    most: float,
    every: int,
) -> Screen:
    """The maps at the size of a screen.

    `classes` (h, w) and `shares` (classes, high, wide), of every `every`-th pixel of it, are bytes; `margin`, up to 1, and
    `entropy`, up to `most` bits, may be smaller than `classes` and cover the same.
    """
    factor = min(1.0, LONGEST / max(classes.shape))
    rows, columns = (max(1, round(side * factor)) for side in classes.shape)

    def small(values: np.ndarray) -> np.ndarray:
        return values[_middles(values.shape[0], rows)[:, None], _middles(values.shape[1], columns)]

    return Screen(
        name=name,
        columns=columns,
        rows=rows,
        classes=packed(small(classes)),
        margin=packed(_bytes(small(margin), 1.0)),
        entropy=packed(_bytes(small(entropy), most)),
        most=most,
        wide=shares.shape[2],
        high=shares.shape[1],
        across=classes.shape[1] / every,
        down=classes.shape[0] / every,
        shares=packed(shares.reshape(-1, shares.shape[2])),
    )


def packed(values: np.ndarray) -> str:
    """Bytes (h, w) as text: each less its left neighbour, then compressed by zlib, then in base 64."""
    return base64.b64encode(zlib.compress(np.diff(values, axis=1, prepend=np.uint8(0)).tobytes(), 6)).decode()


def mask_image(classes: np.ndarray, of: Mapping[int, str]) -> Image.Image:
    """The numbers of the classes (h, w) as an indexed picture, 255 grey; a class without a colour is black."""
    image = Image.fromarray(classes, "L")
    image.putpalette([part for place in range(256) for part in _rgb(place, of)])
    return image


def _rgb(place: int, of: Mapping[int, str]) -> tuple[int, int, int]:
    if place == IGNORE:
        return Stroke(UNKNOWN).rgb
    return Stroke(of[place]).rgb if place in of else (0, 0, 0)


def _middles(side: int, cells: int) -> np.ndarray:
    """Of each of `cells` parts of a side the pixel in its middle."""
    return ((np.arange(cells) + 0.5) * side / cells).astype(int)


def _bytes(values: np.ndarray, most: float) -> np.ndarray:
    parts = np.clip(values.astype(np.float32) / most, 0, 1)
    return np.where(parts < 1, np.minimum(np.rint(parts * 255), 254), 255).astype(np.uint8)
