"""Scenes this project draws itself, so that every box, label and mask pixel is exact.

Each shape is a signed distance function, negative inside and in pixels, taken at pixel centres: colour covers a pixel
by `0.5 - distance` (anti-aliasing), and a pixel belongs to a shape where the distance is below 0. Formulas of the
polygon and the star: Inigo Quilez, 2D distance functions, https://iquilezles.org/articles/distfunctions2d/

Torch-free.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

import numpy as np
from jaxtyping import Float, UInt8

from core.errors import SettingError
from core.images.photo import WORKING_SIDE, GroundTruth, Photo, from_pixels

WIDTH, HEIGHT = 640, 427
LEAST_SIDE = 64
TOP, BOTTOM = (32, 34, 46), (58, 61, 82)  # the background, calm and dark enough for colours to carry
OKABE_ITO = ((0, 114, 178), (213, 94, 0), (0, 158, 115), (204, 121, 167), (230, 159, 0), (86, 180, 233))
SHADOW = 0.45
CHOICES = 40  # places looked at for one shape of a crowd
ATTEMPTS = 400  # to find a free one

Plane = Float[np.ndarray, "h w"]


class Scene(Enum):
    """What a scene is made to show."""

    CROWD = "crowd"  # many shapes that touch and overlap
    OVERLAP = "overlap"  # two of a kind, and two of different kinds, with an IoU of about 0.55 each
    SCALES = "scales"  # the same shapes from 12 to 260 px
    TRIANGLE = "triangle"  # one; on 500 x 333 pixels its box is the course's (156, 97, 351, 270)


class Shape(Enum):
    """The classes of a scene; the value is the label."""

    CIRCLE = "circle"
    SQUARE = "square"
    TRIANGLE = "triangle"
    STAR = "star"


@dataclass(frozen=True, slots=True)
class Item:
    """One shape: centre, radius of the circle around it (pixels), angle (radians, clockwise), colour (0..255)."""

    shape: Shape
    x: float
    y: float
    radius: float
    angle: float
    colour: tuple[int, int, int]


def draw(scene: Scene, *, seed: int = 0, width: int = WIDTH, height: int = HEIGHT) -> Photo:
    """Draw a scene; the same seed and size give the same photo.

    Its truth has the tight box of each whole shape inside the picture, also where another covers it, the label, and
    the mask of what is visible. Later shapes lie on top; the first is the largest.

    Raises:
        SettingError: a side is not between 64 and 1600 pixels.
    """
    for name, side in (("width", width), ("height", height)):
        if not LEAST_SIDE <= side <= WORKING_SIDE:
            raise SettingError(f"{name} must lie between {LEAST_SIDE} and {WORKING_SIDE} pixels, got {side}.")
    rng = np.random.default_rng((seed, list(Scene).index(scene)))
    items = LAYOUTS[scene](rng, width, height)
    canvas = _background(rng, width, height)
    mask = np.zeros((height, width), np.uint8)
    boxes = np.zeros((len(items), 4), np.float32)
    for index, item in enumerate(items):
        boxes[index] = _paint(item, index + 1, canvas, mask)
    truth = GroundTruth(boxes, tuple(item.shape.value for item in items), mask)
    return from_pixels(np.round(canvas).astype(np.uint8), scene.value.title(), truth=truth)


def _paint(item: Item, value: int, canvas: Float[np.ndarray, "h w 3"], mask: UInt8[np.ndarray, "h w"]) -> np.ndarray:
    """Lay one shape with its shadow on the canvas and into the mask; return its box."""
    blur = 3 + 0.16 * item.radius
    reach = item.radius + 2 * blur
    left, top = max(0, math.floor(item.x - reach)), max(0, math.floor(item.y - reach))
    window = np.s_[top : max(0, math.ceil(item.y + reach)), left : max(0, math.ceil(item.x + reach))]
    part = canvas[window]
    y, x = np.ogrid[top : top + part.shape[0], left : left + part.shape[1]]
    right, down = (x + 0.5 - item.x).astype(np.float32), (y + 0.5 - item.y).astype(np.float32)

    shade = SHADOW * np.exp(-(np.maximum(0, _distance(item, right, down - 0.7 * blur) / blur + 0.4) ** 2))
    part *= (1 - shade)[:, :, None]
    distance = _distance(item, right, down)
    light = 1.06 - 0.16 * down / item.radius + 0.10 * np.clip(1 + distance / 2.5, 0, 1) * (down < 0)
    cover = np.clip(0.5 - distance, 0, 1)[:, :, None]
    part += cover * (np.clip(light[:, :, None] * np.array(item.colour, np.float32), 0, 255) - part)

    inside = distance < 0
    mask[window][inside] = value
    rows, columns = np.flatnonzero(inside.any(axis=1)), np.flatnonzero(inside.any(axis=0))
    return np.array([left + columns[0], top + rows[0], left + columns[-1] + 1, top + rows[-1] + 1], np.float32)


def _background(rng: np.random.Generator, width: int, height: int) -> Float[np.ndarray, "h w 3"]:
    """From `TOP` to `BOTTOM`, with half a level of noise so that no bands show."""
    down = ((np.arange(height) + 0.5) / height)[:, None, None]
    gradient = np.array(TOP) * (1 - down) + np.array(BOTTOM) * down
    return (gradient + rng.uniform(-0.5, 0.5, (height, width, 1))).astype(np.float32)


def _distance(item: Item, right: Float[np.ndarray, "1 w"], down: Float[np.ndarray, "h 1"]) -> Plane:
    cosine, sine = math.cos(item.angle), math.sin(item.angle)
    return DISTANCES[item.shape](right * cosine + down * sine, down * cosine - right * sine, item.radius)


def _circle(x: Plane, y: Plane, radius: float) -> Plane:
    return np.hypot(x, y) - radius


def _square(x: Plane, y: Plane, radius: float) -> Plane:
    half, corner = 0.75 * radius, 0.18 * radius
    x, y = np.abs(x) - (half - corner), np.abs(y) - (half - corner)
    return np.hypot(np.maximum(x, 0), np.maximum(y, 0)) + np.minimum(np.maximum(x, y), 0) - corner


def _triangle(x: Plane, y: Plane, radius: float) -> Plane:
    return _polygon(x, y, 0.88 * radius, points=3, waist=0.5) - 0.12 * radius


def _star(x: Plane, y: Plane, radius: float) -> Plane:
    return _polygon(x, y, 0.93 * radius, points=5, waist=0.5) - 0.07 * radius


def _polygon(x: Plane, y: Plane, tip: float, *, points: int, waist: float) -> Plane:
    """A star with its first tip up; a regular polygon where `waist` is cos(pi / points)."""
    half = math.pi / points
    angle = np.abs((np.arctan2(x, -y) + half) % (2 * half) - half)  # from the nearest tip: one edge stands for all
    reach = np.hypot(x, y)
    x, y = reach * np.sin(angle), reach * np.cos(angle) - tip
    edge_x, edge_y = tip * waist * math.sin(half), tip * waist * math.cos(half) - tip
    along = np.clip((x * edge_x + y * edge_y) / (edge_x**2 + edge_y**2), 0, 1)
    return np.hypot(x - along * edge_x, y - along * edge_y) * np.sign(y * edge_x - x * edge_y)


def _crowd(rng: np.random.Generator, width: int, height: int) -> list[Item]:
    """14 to 20 shapes, most of them beside or over another, the smaller ones on top."""
    unit = min(width / WIDTH, height / HEIGHT)
    items: list[Item] = []
    for radius in np.sort(rng.uniform(27, 66, rng.integers(14, 21)))[::-1] * unit:
        spots = [_spot(rng, width, height, radius) for _ in range(CHOICES)]
        near = [min((math.hypot(x - o.x, y - o.y) / (radius + o.radius) for o in items), default=1.0) for x, y in spots]
        # 1 is touching: the spot with the most welcome closeness, without hiding what lies below
        x, y = spots[int(np.argmin(np.abs(np.array(near) - rng.uniform(0.66, 1.0))))]
        items.append(_item(rng, items, x, y, radius))
    return items


def _overlap(rng: np.random.Generator, width: int, height: int) -> list[Item]:
    """Two circles in one pair, a square and a star in the other; the boxes of a pair have an IoU of about 0.55."""
    unit = min(width / WIDTH, height / HEIGHT)
    items: list[Item] = []
    pairs = (
        (0.29, 0.50, (Shape.CIRCLE, 112), (Shape.CIRCLE, 112)),
        (0.72, 0.50, (Shape.SQUARE, 134), (Shape.STAR, 112)),
    )
    for across, down, *pair in pairs:
        iou = rng.uniform(0.52, 0.58)
        shared = 2 * iou / (1 + iou)  # of either box, for two boxes of one size
        step_x = rng.uniform(0.18, 0.24)  # in boxes: (1 - step_x) * (1 - step_y) = shared
        step_y = 1 - shared / (1 - step_x)
        side = rng.choice((-1, 1))
        for half, (shape, radius) in zip((-0.5, 0.5), pair, strict=True):
            x, y = across * width + half * side * step_x * 224 * unit, down * height + half * step_y * 224 * unit
            items.append(_item(rng, items, x, y, radius * unit, shape, 0.12))
    return items


def _scales(rng: np.random.Generator, width: int, height: int) -> list[Item]:
    """Every shape small and large, none over another: 12 to 260 px across."""
    unit = min(width / WIDTH, height / HEIGHT)
    items: list[Item] = []
    for index, across in enumerate(
        (260, 170, 112, 112, 74, 74, 74, 48, 48, 48, 48, *(32,) * 5, *(20,) * 6, *(12,) * 7)
    ):
        radius = max(across * unit, 8) / 2
        spots = (_spot(rng, width, height, radius) for _ in range(ATTEMPTS))
        gap = 4 + 0.25 * radius
        clear = (s for s in spots if all(math.hypot(s[0] - o.x, s[1] - o.y) > radius + o.radius + gap for o in items))
        if spot := next(clear, None):
            items.append(_item(rng, items, *spot, radius, list(Shape)[index % 4]))
    return items


def _one_triangle(rng: np.random.Generator, width: int, height: int) -> list[Item]:
    unit = min(width / 500, height / 333)
    return [_item(rng, [], 0.507 * width, 0.625 * height, 110.9 * unit, Shape.TRIANGLE, 0.0)]


def _spot(rng: np.random.Generator, width: int, height: int, radius: float) -> tuple[float, float]:
    """A place where a shape of this radius lies inside the picture."""
    margin = radius + 0.015 * min(width, height)
    return rng.uniform(margin, width - margin), rng.uniform(margin, height - margin)


def _item(
    rng: np.random.Generator,
    others: list[Item],
    x: float,
    y: float,
    radius: float,
    shape: Shape | None = None,
    tilt: float = math.pi,
) -> Item:
    """A shape in a colour that its two nearest neighbours don't have."""
    near = sorted(others, key=lambda o: math.hypot(x - o.x, y - o.y) - o.radius)[:2]
    colours = [colour for colour in OKABE_ITO if colour not in {o.colour for o in near}]
    shape = shape or list(Shape)[rng.integers(len(Shape))]
    return Item(shape, x, y, radius, rng.uniform(-tilt, tilt), colours[rng.integers(len(colours))])


DISTANCES: dict[Shape, Callable[[Plane, Plane, float], Plane]] = {
    Shape.CIRCLE: _circle,
    Shape.SQUARE: _square,
    Shape.TRIANGLE: _triangle,
    Shape.STAR: _star,
}
LAYOUTS: dict[Scene, Callable[[np.random.Generator, int, int], list[Item]]] = {
    Scene.CROWD: _crowd,
    Scene.OVERLAP: _overlap,
    Scene.SCALES: _scales,
    Scene.TRIANGLE: _one_triangle,
}
