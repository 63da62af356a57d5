"""Leaves and washes in watercolour: glazes that let each other through, with edges where the pigment dried."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy import ndimage

from training.artwork.canvas import FINE, Canvas, Plane, fractal, grid, noise, paper

WASHES = ((120, 170, 190), (236, 176, 130), (232, 150, 160), (150, 186, 140), (250, 214, 128))
LEAVES = ((34, 96, 84), (72, 126, 66), (26, 74, 110), (150, 60, 88), (196, 104, 44), (96, 84, 140), (18, 120, 128))


def watercolour(rng: Generator) -> Canvas:
    """Draw it."""
    sheet = paper(rng, (251, 247, 238), grain=0.012)
    tooth = ndimage.gaussian_filter(rng.standard_normal(sheet.shape[:2]), 1.5)
    water = Water(tooth / tooth.std(), noise(rng, 5), fractal(rng, 14), fractal(rng, 30))
    canvas = sheet
    pools = [(0.14, 0.20), (0.30, 0.82), (0.62, 0.12), (0.82, 0.70), (0.48, 0.48), (0.05, 0.62), (0.95, 0.30)]
    for (row, column), colour in zip(pools, [*WASHES, *WASHES], strict=False):
        inside = (rng.uniform(0.22, 0.30) * (1 + 0.25 * fractal(rng, 3)) - _far(row, column)) * FINE
        canvas = _glazed(canvas, inside, np.array(colour) / 255, water, depth=0.50, edge=2.0)
    for row in np.linspace(0.03, 0.97, 6):
        for column in np.linspace(0.05, 0.95, 6):
            middle = (row + rng.normal(0, 0.03), column + rng.normal(0, 0.03))
            colour = np.array(LEAVES[rng.integers(len(LEAVES))]) / 255
            inside = _leaf(rng, *middle, rng.uniform(0.085, 0.135), water)
            canvas = _glazed(canvas, inside, colour, water.turned(rng), depth=rng.uniform(0.5, 1.05), edge=0.9)
    return np.clip(canvas * (1 + 0.016 * water.tooth)[..., None], 0, 1)


@dataclass(frozen=True, slots=True)
class Water:
    """How unevenly the pigment lies: in the `tooth` of the paper, in a broad `flow`, in `blooms`, and at a `ragged` edge."""

    tooth: Plane
    flow: Plane
    blooms: Plane
    ragged: Plane

    def turned(self, rng: Generator) -> Water:
        """The same, moved to another place, so that no two layers are alike."""
        down, right = (int(step) for step in rng.integers(0, FINE, 2))
        moved = (np.roll(plane, (down, right), (0, 1)) for plane in (self.flow, self.blooms, self.ragged))
        return Water(self.tooth, *moved)


def _far(row: float, column: float) -> Plane:
    y, x = grid()
    return np.hypot(y - row, x - column)


def _leaf(rng: Generator, row: float, column: float, size: float, water: Water) -> Plane:
    """How deep inside a leaf a place lies, in pixels; negative outside. Pointed, a little bent, with a vein left white."""
    y, x = grid()
    angle = rng.uniform(0, 2 * np.pi)
    along = ((y - row) * np.sin(angle) + (x - column) * np.cos(angle)) / size
    across = ((y - row) * np.cos(angle) - (x - column) * np.sin(angle)) / size + rng.normal(0, 0.22) * along**2
    width = 0.36 * np.clip(1 - along**2, 0, 1) ** 0.8 * (1 + 0.35 * along)
    inside = width - np.abs(across) + 0.007 * water.ragged
    vein = np.abs(across) - 0.016 * (1 - along)
    ribs = np.abs((along * 5 - np.abs(across) * 5) % 1 - 0.5) * 0.2 - 0.012
    inside = np.minimum(
        inside, np.where(along < 0.85, np.minimum(vein, np.maximum(ribs, 0.30 * width - np.abs(across))), 1)
    )
    return np.where(np.abs(along) < 1, inside, -1.0) * size * FINE


def _glazed(canvas: Canvas, inside: Plane, colour: np.ndarray, water: Water, *, depth: float, edge: float) -> Canvas:
    """One transparent layer: light goes through it twice, so it multiplies; pigment gathers at the edge and in the paper."""
    cover = 1 / (1 + np.exp(-np.clip(inside / edge, -30, 30)))
    rim = np.exp(-inside.clip(0) / (4 * edge))
    flow = np.clip(0.62 + 0.20 * water.flow + 0.13 * water.blooms, 0.15, 1.3)
    pigment = np.clip(cover * (flow + 0.75 * rim + 0.06 * water.tooth), 0, 2) * depth
    return canvas * np.power(np.clip(colour, 0.02, 1), pigment[..., None])
