"""A rose window: panes of coloured glass between strips of lead, with daylight behind."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from scipy import ndimage
from scipy.spatial import KDTree

from training.artwork.canvas import FINE, Canvas, fractal, grid, noise

PETALS = 12
RINGS = ((0.0, 1), (0.085, 6), (0.165, 12), (0.245, 12), (0.325, 24), (0.405, 24), (0.475, 36))
"""Radius of each ring of panes and how many it has."""

GLASS = (
    ((250, 206, 70),),
    ((196, 22, 40), (226, 54, 40)),
    ((24, 60, 170), (40, 96, 200)),
    ((250, 182, 54), (240, 120, 34)),
    ((20, 130, 120), (40, 164, 104)),
    ((170, 20, 60), (120, 24, 120)),
    ((18, 44, 140), (30, 110, 190)),
)
CORNERS = ((18, 40, 112), (30, 76, 150), (70, 24, 96), (16, 92, 110), (180, 120, 36))
LEAD = 0.0052


def glass(rng: Generator) -> Canvas:
    """Draw it."""
    places, tints = _panes(rng)
    y, x = grid()
    warp = 0.0018
    points = np.stack([(y + warp * noise(rng, 12)).ravel(), (x + warp * noise(rng, 12)).ravel()], axis=1)
    far, which = (np.asarray(one) for one in KDTree(places).query(points, k=2))
    own = which[:, 0].reshape(FINE, FINE)
    apart = np.linalg.norm(places[which[:, 0]] - places[which[:, 1]], axis=1)
    edge = ((far[:, 1] ** 2 - far[:, 0] ** 2) / (2 * apart)).reshape(FINE, FINE)
    ring = np.abs(np.hypot(y - 0.5, x - 0.5) - 0.508) - 0.006
    edge = np.minimum(edge, ring.clip(0))
    daylight = 0.82 + 0.28 * np.exp(-((np.hypot(y - 0.42, x - 0.46) / 0.5) ** 2)) + 0.05 * fractal(rng, 5)
    streaks = 1 + 0.10 * ndimage.gaussian_filter(fractal(rng, 30), (9, 2)) + 0.06 * noise(rng, 40)
    glow = 0.72 + 0.45 * (1 - np.exp(-edge / 0.012))
    pane = tints[own] * (daylight * streaks * glow)[..., None]
    pane = np.clip(pane + 0.10 * np.clip(noise(rng, 80) - 1.4, 0, 1)[..., None], 0, 1)
    lead = np.clip((LEAD - edge) / 0.0012, 0, 1)
    ridge = 0.10 + 0.16 * np.clip(1 - np.abs(edge - 0.4 * LEAD) / (0.4 * LEAD), 0, 1) * (0.8 + 0.2 * noise(rng, 60))
    return np.clip(pane * (1 - lead[..., None]) + (ridge * lead)[..., None] * np.array([0.9, 0.95, 1.05]), 0, 1)


def _panes(rng: Generator) -> tuple[np.ndarray, np.ndarray]:
    """The middle of each pane and its colour: rings around the middle, and irregular ones in the corners."""
    places, tints = [], []
    for (radius, count), family in zip(RINGS, GLASS, strict=True):
        for step in range(count):
            angle = 2 * np.pi * (step + 0.5 * (count % PETALS == 0 and count > PETALS)) / count - np.pi / 2
            places.append((0.5 + radius * np.sin(angle), 0.5 + radius * np.cos(angle)))
            tints.append(np.array(family[step % len(family)]) / 255 * rng.uniform(0.86, 1.1))
    for row in np.linspace(-0.02, 1.02, 15):
        for column in np.linspace(-0.02, 1.02, 15):
            place = (row + rng.normal(0, 0.012), column + rng.normal(0, 0.012))
            if np.hypot(place[0] - 0.5, place[1] - 0.5) > 0.545:
                places.append(place)
                tints.append(np.array(CORNERS[rng.integers(len(CORNERS))]) / 255 * rng.uniform(0.8, 1.1))
    return np.array(places), np.array(tints)
