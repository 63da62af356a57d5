"""Where anchors stand before a single one is made: levels of a regular grid, each with the same shapes everywhere.

Torch-free, since the shell of the app counts anchors and names them before torch is loaded. `core.boxes.anchors` makes
the boxes themselves, in the order that `Level.index` counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from core.boxes.settings import Box
from core.errors import SettingError

Size: TypeAlias = tuple[int | float, int | float]  # spelled out: checked at run time, an int is no float
"""Width and height."""

COURSE_SHAPES: tuple[Size, ...] = ((1, 1), (2, 2), (3, 3), (4, 4), (5, 5), (2, 3), (3, 2), (3, 5), (5, 3))
"""The nine anchors of the course's YOLO, width and height in cells of its 7 x 7 grid."""

MOST_ANCHORS = 2_500_000
"""The most that are made at once. The textbook's example, every pixel of a 728 x 561 photo, has 2,042,040."""


class Generator(Enum):
    """The three ways to lay anchors over a photo."""

    PIXEL = "pixel"  # around every pixel: the textbook
    GRID = "grid"  # around the centre of every cell of one grid: YOLO
    PYRAMID = "pyramid"  # around the cells of several feature maps, the coarser the larger: SSD, RPN


class Convention(Enum):
    """How wide an anchor of scale s and ratio r is on a photo of w x h pixels; it is h * s / sqrt(r) high in both."""

    TEXTBOOK = "textbook"  # h * s * sqrt(r): ratio 1 is a square, and the area is s^2 of a square photo of height h
    AREA = "area"  # w * s * sqrt(r): the area is s^2 of the photo, and ratio 1 has the photo's own shape


@dataclass(frozen=True, slots=True, kw_only=True)
class AnchorSettings:
    """Which anchors. A ratio is width over height.

    `scales` (shares of the photo's height) and `convention` belong to PIXEL; `cells` a side and `shapes` (width and height
    in cells), all multiplied by `size`, to GRID; `strides` (pixels) and `octaves` (the side of a square anchor in
    strides) to PYRAMID; `ratios` to PIXEL and PYRAMID.
    """

    generator: Generator = Generator.GRID
    scales: tuple[float, ...] = (0.75, 0.5, 0.25)
    ratios: tuple[float, ...] = (1.0, 2.0, 0.5)
    convention: Convention = Convention.TEXTBOOK
    cells: int = 7
    shapes: tuple[Size, ...] = COURSE_SHAPES
    size: float = 1.0
    strides: tuple[int, ...] = (32, 64, 128)
    octaves: tuple[float, ...] = (4.0,)

    def __post_init__(self) -> None:
        for name in ("scales", "ratios", "strides", "octaves"):
            _check(name, getattr(self, name))
        if any(scale > 1 for scale in self.scales):
            raise SettingError(f"scales must lie in (0, 1], got {self.scales}.")
        if any(int(stride) != stride for stride in self.strides):
            raise SettingError(f"strides must be whole pixels, got {self.strides}.")
        if not 1 <= self.cells <= 100:
            raise SettingError(f"cells must be from 1 to 100, got {self.cells}.")
        if not 0 < self.size <= 10:
            raise SettingError(f"size must be above 0 and at most 10, got {self.size}.")
        for shape in self.shapes or ((),):
            _check("shapes", shape)


@dataclass(frozen=True, slots=True)
class Shape:
    """One anchor of a place: its name, and its width and height in pixels of the photo."""

    name: str
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Level:
    """One grid: `rows` x `cols` places, `step_x` and `step_y` pixels apart, with the same shapes around each centre.

    The first centre is half a step from the top left corner. `shape_major` tells the order of the anchors: all places of the
    first shape, then all of the next (A, rows, cols); else all shapes of the first place, then of the next.
    """

    rows: int
    cols: int
    step_x: float
    step_y: float
    shapes: tuple[Shape, ...]
    shape_major: bool = False

    @property
    def count(self) -> int:
        """Anchors in all."""
        return self.rows * self.cols * len(self.shapes)

    def index(self, row: int, col: int, shape: int) -> int:
        """The row of this anchor among all of its level."""
        place = row * self.cols + col
        return shape * self.rows * self.cols + place if self.shape_major else place * len(self.shapes) + shape

    def at(self, index: int) -> tuple[int, int, int]:
        """Row, column and shape of an anchor: undoes `index`."""
        places = self.rows * self.cols
        shape, place = divmod(index, places) if self.shape_major else divmod(index, len(self.shapes))[::-1]
        return place // self.cols, place % self.cols, shape

    def box(self, row: int, col: int, shape: int) -> Box:
        """The anchor itself, in pixels; it may reach beyond the photo."""
        x, y = (col + 0.5) * self.step_x, (row + 0.5) * self.step_y
        width, height = self.shapes[shape].width, self.shapes[shape].height
        return (x - width / 2, y - height / 2, x + width / 2, y + height / 2)

    def cell(self, x: float, y: float) -> tuple[int, int]:
        """Row and column of the place whose centre is nearest to the point (x, y)."""
        row, col = math.floor(y / self.step_y), math.floor(x / self.step_x)
        return min(max(row, 0), self.rows - 1), min(max(col, 0), self.cols - 1)


def levels(settings: AnchorSettings, *, height: int, width: int) -> tuple[Level, ...]:
    """The grids of `settings` on a photo of `width` x `height` pixels: one, or one for each stride of a pyramid.

    Where every pixel would make more than `MOST_ANCHORS`, every second one is taken, or every third.

    Raises:
        SettingError: a grid or a pyramid would make more than `MOST_ANCHORS`.
    """
    make = {Generator.PIXEL: _pixel, Generator.GRID: _grid, Generator.PYRAMID: _pyramid}[settings.generator]
    made = make(settings, height, width)
    if count(made) > MOST_ANCHORS:
        raise SettingError(
            f"These settings make {count(made):,} anchors, and {MOST_ANCHORS:,} is the most.",
            "Choose fewer scales or ratios, a larger stride, or a smaller photo.",
        )
    return made


def count(made: Sequence[Level]) -> int:
    """Anchors of all levels together."""
    return sum(level.count for level in made)


def find(made: Sequence[Level], index: int) -> tuple[Level, int, int, int]:
    """The level, row, column and shape of the anchor that is row `index` of all levels, one after the other.

    Raises:
        IndexError: there are not so many.
    """
    for level in made:
        if 0 <= index < level.count:
            return level, *level.at(index)
        index -= level.count
    raise IndexError("no such anchor")


def pairs(scales: Sequence[float], ratios: Sequence[float]) -> list[tuple[float, float]]:
    """The textbook's n + m - 1 combinations: every scale with the first ratio, then the first scale with every other ratio."""
    return [(scale, ratios[0]) for scale in scales] + [(scales[0], ratio) for ratio in ratios[1:]]


def pixel_size(scale: float, ratio: float, *, height: int, width: int, convention: Convention) -> Size:
    """Width and height in pixels of an anchor around a pixel."""
    base = height if convention is Convention.TEXTBOOK else width
    return base * scale * math.sqrt(ratio), height * scale / math.sqrt(ratio)


def pixel_level(
    height: int, width: int, *, scales: Sequence[float], ratios: Sequence[float], convention: Convention, every: int = 1
) -> Level:
    """The grid of the textbook's anchors: a place at the middle of every pixel, or of every block of `every` pixels a side."""
    shapes = tuple(
        Shape(
            f"s {scale:.3g}, r {ratio:.3g}",
            *pixel_size(scale, ratio, height=height, width=width, convention=convention),
        )
        for scale, ratio in pairs(scales, ratios)
    )
    return Level(math.ceil(height / every), math.ceil(width / every), float(every), float(every), shapes)


def grid_level(rows: int, cols: int, *, height: int, width: int, shapes: Sequence[Size]) -> Level:
    """The grid of YOLO's anchors: `rows` x `cols` cells over the whole photo, `shapes` in cells."""
    step_x, step_y = width / cols, height / rows
    named = tuple(Shape(f"{w:.3g} × {h:.3g} cells", w * step_x, h * step_y) for w, h in shapes)
    return Level(rows, cols, step_x, step_y, named, shape_major=True)


def pyramid_level(height: int, width: int, *, stride: int, octaves: Sequence[float], ratios: Sequence[float]) -> Level:
    """The grid of one feature map: a place for every `stride` pixels, begun ones too, with a square of `octave` strides."""
    shapes = tuple(
        Shape(f"{octave * stride:.3g} px, r {ratio:.3g}", octave * stride * ratio**0.5, octave * stride / ratio**0.5)
        for octave in octaves
        for ratio in ratios
    )
    return Level(math.ceil(height / stride), math.ceil(width / stride), float(stride), float(stride), shapes)


def _pixel(settings: AnchorSettings, height: int, width: int) -> tuple[Level, ...]:
    per_place = len(settings.scales) + len(settings.ratios) - 1
    every = 1
    while math.ceil(height / every) * math.ceil(width / every) * per_place > MOST_ANCHORS:
        every += 1
    options = {"scales": settings.scales, "ratios": settings.ratios, "convention": settings.convention}
    return (pixel_level(height, width, **options, every=every),)


def _grid(settings: AnchorSettings, height: int, width: int) -> tuple[Level, ...]:
    shapes = [(w * settings.size, h * settings.size) for w, h in settings.shapes]
    return (grid_level(settings.cells, settings.cells, height=height, width=width, shapes=shapes),)


def _pyramid(settings: AnchorSettings, height: int, width: int) -> tuple[Level, ...]:
    return tuple(
        pyramid_level(height, width, stride=stride, octaves=settings.octaves, ratios=settings.ratios)
        for stride in settings.strides
    )


def _check(name: str, values: Sequence[int | float]) -> None:
    if not values or not all(math.isfinite(value) and value > 0 for value in values):
        raise SettingError(f"{name} must be numbers above 0, at least one, got {tuple(values)}.")
