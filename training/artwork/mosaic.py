"""Tesserae of stone and glass in arcs, like the scales of a fish, in pale mortar."""

from __future__ import annotations

import numpy as np
from jaxtyping import Float
from numpy.random import Generator
from scipy import ndimage
from scipy.spatial import KDTree

from training.artwork.canvas import FINE, Canvas, covered, fractal, grid, noise, plain

ROW = 0.024
"""Height of a row of stones, as a part of the canvas."""

FAN = 0.125
"""Radius of a fan: half the distance to the next."""

GOLD, SEA, STONE, CLAY = (
    np.array(colours) / 255
    for colours in (
        [(222, 172, 60), (240, 200, 96), (196, 140, 44)],
        [(18, 84, 110), (28, 120, 134), (66, 160, 160), (14, 58, 92)],
        [(226, 214, 188), (206, 192, 164), (238, 230, 212)],
        [(160, 62, 44), (186, 92, 58), (122, 42, 40)],
    )
)
RINGS = (CLAY, GOLD, SEA, SEA, STONE, SEA)
"""Of a fan, from its middle outwards."""


def mosaic(rng: Generator) -> Canvas:
    """Draw it."""
    places, tints = _stones(rng)
    y, x = grid()
    points = np.stack(
        [y.ravel() + 0.0006 * noise(rng, 90).ravel(), x.ravel() + 0.0006 * noise(rng, 90).ravel()], axis=1
    )
    far, which = (np.asarray(one) for one in KDTree(places).query(points, k=2))
    edge = (far[:, 1] - far[:, 0]).reshape(FINE, FINE)
    own = which[:, 0].reshape(FINE, FINE)
    stone = tints[own]
    tilt = rng.normal(0, 1, (len(places), 2))
    relief = ((y - places[own, 0]) * tilt[own, 0] + (x - places[own, 1]) * tilt[own, 1]) / ROW
    vein = 0.05 * fractal(rng, 24)
    stone = stone * (1 + 0.10 * relief + vein)[..., None]
    inside = np.clip((edge - 0.0042) / 0.0022, 0, 1)
    rim = np.clip((edge - 0.0062) / 0.003, 0, 1)
    light = ndimage.sobel(rim, axis=0) + ndimage.sobel(rim, axis=1)
    stone = np.clip(stone + 0.16 * light[..., None], 0, 1)
    mortar = plain((196, 188, 172)) * (0.86 + 0.06 * fractal(rng, 60))[..., None]
    return np.clip(covered(mortar, stone, inside), 0, 1)


def _stones(rng: Generator) -> tuple[Float[np.ndarray, "n 2"], Float[np.ndarray, "n 3"]]:
    """The middle of every stone and its colour: fans stand in rows, each row half a fan further and over the one above."""
    places, tints = [], []
    rows = int(2 / FAN) + 4
    for row in range(rows):
        for column in range(-1, int(0.5 / FAN) + 2):
            top, left = row * FAN / 2, (2 * column + row % 2) * FAN
            for ring in range(1, len(RINGS)):
                radius = (ring - 0.3) * ROW * 0.93
                count = max(3, round(np.pi * radius / (ROW * 0.98)))
                for step in range(count):
                    angle = np.pi * (step + 0.5) / count
                    places.append((top - radius * np.sin(angle), left + radius * np.cos(angle), row))
                    tints.append(_tint(rng, RINGS[ring]))
    found = np.array(places)
    hidden = _covered_by_the_next(found, rows)
    middles = found[~hidden, :2] + rng.normal(0, 0.0012, (int((~hidden).sum()), 2))
    return middles, np.array(tints)[~hidden]


def _covered_by_the_next(places: Float[np.ndarray, "n 3"], rows: int) -> np.ndarray:
    """Whether a fan of a row further down lies over a stone."""
    hidden = np.zeros(len(places), dtype=bool)
    for row in range(rows):
        lefts = (2 * np.arange(-1, int(0.5 / FAN) + 2) + row % 2) * FAN
        far = np.hypot(places[:, :1] - row * FAN / 2, places[:, 1:2] - lefts[None, :]).min(axis=1)
        hidden |= (
            (places[:, 2] < row) & (far < (len(RINGS) - 0.8) * ROW * 0.93) & (places[:, 0] <= row * FAN / 2 + 1e-9)
        )
    return hidden


def _tint(rng: Generator, family: np.ndarray) -> np.ndarray:
    return np.clip(family[rng.integers(len(family))] * rng.uniform(0.86, 1.12) + rng.normal(0, 0.015, 3), 0, 1)
