"""What a visitor chooses of a segmentation, what that will cost, and the size of a transposed convolution. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import SettingError
from core.images.tiles import MOST_TILES, Tile, Window, tiles
from core.options import Option

IGNORE = 255
"""PASCAL's void: pixels that are too hard to call, or outside of all classes."""

SMALLEST_TILE = 64
MOST_OVERLAP = 0.75
LEAST_SCALE, MOST_SCALE = 0.5, 2.0
MOST_SCALES = 5

MOST_BYTES = 2**29
"""Of the sums of scores, in 32 bits each: where a photo needs more, several of its pixels share one."""

MOST_PASSES = MOST_TILES
"""More passes of a network than anybody waits for."""


class Upsampling(Option):
    """How scores become as large as the input."""

    NEAREST = ("nearest", "Nearest", "Every cell becomes a block of its own scores.")
    BILINEAR = ("bilinear", "Bilinear", "Scores between the centres of cells are mixed by their distance.")
    BEFORE = (
        "before",
        "Before training",
        "The network's transposed convolutions as they began: with the bilinear kernel, each class by itself.",
    )
    LEARNED = ("learned", "Learned", "The same transposed convolutions with the weights that training made of them.")


@dataclass(frozen=True, slots=True, kw_only=True)
class SegmentSettings:
    """How a photo is shown to a segmenter.

    `tile` is the side of its tiles in pixels of the photo, None for the whole photo at once; neighbours share `overlap` of
    a side, and `window` says how much each pixel of a tile counts there. Every tile is looked at in each of `scales`, of
    the size that the network learned with, and with `flip` also mirrored; the scores of all looks are averaged. `original`
    cuts the tiles out of the photo's original instead of its working copy.

    Raises:
        SettingError: a number is outside its range, or there are no scales, too many, or one of them twice.
    """

    tile: int | None = None
    overlap: float = 0.25
    window: Window = Window.HANN
    flip: bool = False
    scales: tuple[float, ...] = (1.0,)
    original: bool = False

    def __post_init__(self) -> None:
        if self.tile is not None and self.tile < SMALLEST_TILE:
            raise SettingError(f"tile must be at least {SMALLEST_TILE} pixels, got {self.tile}.", "Use larger tiles.")
        if not 0 <= self.overlap <= MOST_OVERLAP:
            raise SettingError(f"overlap must lie in [0, {MOST_OVERLAP}] of a tile, got {self.overlap}.")
        if not 1 <= len(self.scales) <= MOST_SCALES:
            raise SettingError(
                f"There must be 1 to {MOST_SCALES} scales, got {len(self.scales)}.", "Choose some of them."
            )
        if len(set(self.scales)) < len(self.scales):
            raise SettingError("The same scale is there twice.", "Name every scale once.")
        for scale in self.scales:
            if not LEAST_SCALE <= scale <= MOST_SCALE:
                raise SettingError(f"scale must lie in [{LEAST_SCALE}, {MOST_SCALE}], got {scale}.")

    @property
    def looks(self) -> int:
        """How often every tile is looked at."""
        return len(self.scales) * (2 if self.flip else 1)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is done to a photo of `width` x `height` pixels.

    Its scores are averaged on a grid of `columns` x `rows` cells, each `factor` pixels wide and high, the last ones
    reaching over the photo's edge where it does not divide. `tiles` are counted in cells;
    `passes` is how often the network is asked.
    """

    height: int
    width: int
    factor: int
    tiles: tuple[Tile, ...]
    passes: int

    @property
    def rows(self) -> int:
        """The height of the grid."""
        return -(-self.height // self.factor)

    @property
    def columns(self) -> int:
        """The width of the grid."""
        return -(-self.width // self.factor)

    def pixels(self, tile: Tile) -> Tile:
        """A tile in pixels of the photo; it may end less than one cell beyond the edge."""
        return Tile(*(side * self.factor for side in tile))


def planned(height: int, width: int, classes: int, settings: SegmentSettings) -> Plan:
    """The tiles of a photo, on the finest grid on which the sums of the scores of all `classes` need at most `MOST_BYTES`.

    Raises:
        SettingError: it would take more than 400 passes.
    """
    factor = 1
    while 4 * classes * -(-height // factor) * -(-width // factor) > MOST_BYTES:
        factor += 1
    rows, columns = -(-height // factor), -(-width // factor)
    size = max(rows, columns) if settings.tile is None else max(1, settings.tile // factor)
    cut = tiles(rows, columns, size=size, overlap=int(size * settings.overlap))
    passes = len(cut) * settings.looks
    if passes > MOST_PASSES:
        raise SettingError(
            f"{len(cut)} tiles, each looked at {settings.looks} times, are more than {MOST_PASSES} passes.",
            "Choose larger tiles, less overlap, fewer scales, or no mirroring.",
        )
    return Plan(height, width, factor, cut, passes)


MOST_INPUT = 12
MOST_KERNEL = 16
MOST_STRIDE = 16
"""What still fits on a screen, number by number."""


def check_transposed(
    height: int, width: int, kernel_height: int, kernel_width: int, *, stride: int, padding: int
) -> None:
    """Refuse a transposed convolution that nothing is left of, or that is too large to be watched.

    Raises:
        SettingError: a side of the input is not from 1 to 12, one of the kernel not from 1 to 16, `stride` not from 1 to
            16, `padding` is negative, or no row or column of the output is left.
    """
    for name, side in (("height", height), ("width", width)):
        if not 1 <= side <= MOST_INPUT:
            raise SettingError(f"The {name} of the input must be from 1 to {MOST_INPUT} numbers, got {side}.")
    for name, side in (("height", kernel_height), ("width", kernel_width)):
        if not 1 <= side <= MOST_KERNEL:
            raise SettingError(f"The {name} of the kernel must be from 1 to {MOST_KERNEL} numbers, got {side}.")
    if not 1 <= stride <= MOST_STRIDE:
        raise SettingError(f"stride must be from 1 to {MOST_STRIDE}, got {stride}.")
    if padding < 0:
        raise SettingError(f"padding must be at least 0, got {padding}.")
    sides = [
        transposed_side(side, kernel, stride=stride, padding=padding)
        for side, kernel in ((height, kernel_height), (width, kernel_width))
    ]
    if min(sides) < 1:
        raise SettingError(
            f"A padding of {padding} takes away all of the output.",
            "Choose less padding, or a larger kernel or stride.",
        )


def transposed_side(side: int, kernel: int, *, stride: int = 1, padding: int = 0) -> int:
    """How many rows (or columns) a transposed convolution makes of `side`: (side - 1) * stride + kernel - 2 * padding.

    Dumoulin & Visin, A guide to convolution arithmetic for deep learning, 2016, relationship 13.
    """
    return (side - 1) * stride + kernel - 2 * padding


def told_side(side: int, kernel: int, *, stride: int = 1, padding: int = 0) -> str:
    """The same with its numbers, such as "(2 − 1) · 1 + 2 − 2 · 0 = 3"."""
    made = transposed_side(side, kernel, stride=stride, padding=padding)
    return f"({side} − 1) · {stride} + {kernel} − 2 · {padding} = {made}"
