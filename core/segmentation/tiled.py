"""Scores of a photo of any size: tile by tile, averaged before the softmax where tiles overlap.

What is averaged are logits, with the weight that the window gives to each pixel of a tile; of several looks at a tile
(mirrored, larger, smaller) each counts the same. One sum of scores and one of weights are held, whatever the number of
tiles. Zhang et al., Dive into Deep Learning, 2023, section 14.11.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor
from torch.nn import functional

from core.images.normalise import to_tensor
from core.images.tiles import Tile, Window, window
from core.segmentation.segmenter import class_map
from core.segmentation.settings import IGNORE, Plan, SegmentSettings
from core.steps import Run, Step

PREVIEW = 320
"""The longest side of what a step shows, in cells."""

CHUNK = 2**24
"""Numbers that are enlarged at once."""

Home = Callable[[UInt8[np.ndarray, "h w 3"]], Float[Tensor, "1 3 h w"]]
"""Brings pixels to where the network is, in [0, 1]."""


Ask = Callable[[Float[Tensor, "1 3 h w"], float], Float[Tensor, "classes rows columns"]]
"""What a network says to a picture in [0, 1] that is shown at so many times the size that it learned with.

Its logits cover all of the picture, and may be of whatever size.
"""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class TileStep(Step):
    """One more of `count` tiles: `tile`, in pixels of the photo.

    `preview` has the class of every so many cells so far, `IGNORE` where no tile has been. `scores` are the averages on
    the whole grid, on the CPU; they come with the last step alone.
    """

    tile: Tile
    count: int
    preview: UInt8[np.ndarray, "rows columns"]
    scores: Float[Tensor, "classes h w"] | None = None


def tiled(
    pixels: UInt8[np.ndarray, "h w 3"], ask: Ask, plan: Plan, settings: SegmentSettings, *, home: Home = to_tensor
) -> Run[TileStep]:
    """Look at one tile of the photo after the other, in the order of `plan`, as a run of as many steps.

    A photo whose sides the grid does not divide goes on beyond its edge with its last row and column.
    """
    canvas: Canvas | None = None
    for index, tile in enumerate(plan.tiles):
        image = home(cut(pixels, plan.pixels(tile)))
        for scores in _looks(image, ask, settings):
            if canvas is None:
                canvas = Canvas(len(scores), plan.rows, plan.columns, settings.window, scores.device)
            canvas.add(tile, scores)
        assert canvas is not None  # there is at least one look at a tile
        preview = canvas.preview(tile)
        last = index == len(plan.tiles) - 1
        yield TileStep(
            index=index,
            tile=plan.pixels(tile),
            count=len(plan.tiles),
            preview=preview,
            scores=canvas.averages() if last else None,
        )


def cut(pixels: UInt8[np.ndarray, "h w 3"], tile: Tile) -> UInt8[np.ndarray, "height width 3"]:
    """A tile of the photo; what lies beyond its edge repeats its last row and column."""
    part = pixels[_place(tile)]
    missing = (tile.height - part.shape[0], tile.width - part.shape[1])
    return np.pad(part, ((0, missing[0]), (0, missing[1]), (0, 0)), mode="edge") if any(missing) else part


class Canvas:
    """Sums of weighted scores, and of the weights, on a grid of `rows` x `columns` cells."""

    def __init__(self, classes: int, rows: int, columns: int, kind: Window, device: torch.device) -> None:
        self._sums = torch.zeros(classes, rows, columns, device=device)
        self._weights = torch.zeros(rows, columns, device=device)
        self._stride = math.ceil(max(rows, columns) / PREVIEW)
        self._shown = torch.full((rows, columns), IGNORE, dtype=torch.uint8)[:: self._stride, :: self._stride].clone()
        self._kind = kind
        self._windows: dict[tuple[int, int], Tensor] = {}

    def add(self, tile: Tile, scores: Float[Tensor, "classes h w"]) -> None:
        """Enlarge scores bilinearly to a tile of the grid, and add them with its window."""
        place = _place(tile)
        weight = self._window(tile)
        shrinks = scores.shape[1] > tile.height or scores.shape[2] > tile.width
        some = max(1, CHUNK // (tile.height * tile.width))
        for sums, part in zip(self._sums.split(some), scores.float().split(some), strict=True):
            if part.shape[1:] != weight.shape:
                part = functional.interpolate(
                    part[None], weight.shape, mode="bilinear", align_corners=False, antialias=shrinks
                )[0]
            sums[:, *place].addcmul_(part, weight)
        self._weights[place] += weight

    def preview(self, tile: Tile) -> UInt8[np.ndarray, "rows columns"]:
        """The classes so far, of every so many cells; those of `tile` are looked at again. A copy."""
        every = self._stride
        top, left = -(-tile.y // every), -(-tile.x // every)
        part = self._sums[:, top * every : tile.y + tile.height : every, left * every : tile.x + tile.width : every]
        if part.numel():  # the weights are above 0 and the same for all classes, so they need no division
            self._shown[top : top + part.shape[1], left : left + part.shape[2]] = class_map(part).cpu()
        return self._shown.numpy().copy()

    def averages(self) -> Float[Tensor, "classes rows columns"]:
        """The weighted averages, on the CPU, once everything was added: they take the place of the sums."""
        return self._sums.div_(self._weights).cpu()

    def _window(self, tile: Tile) -> Float[Tensor, "h w"]:
        size = (tile.height, tile.width)
        if size not in self._windows:
            self._windows[size] = torch.from_numpy(window(*size, self._kind)).to(self._weights.device)
        return self._windows[size]


def _looks(image: Float[Tensor, "1 3 h w"], ask: Ask, settings: SegmentSettings) -> Iterator[Tensor]:
    for scale in settings.scales:
        yield ask(image, scale)
        if settings.flip:
            yield ask(image.flip(-1), scale).flip(-1)


def _place(tile: Tile) -> tuple[slice, slice]:
    return slice(tile.y, tile.y + tile.height), slice(tile.x, tile.x + tile.width)
