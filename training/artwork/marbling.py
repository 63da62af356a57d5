"""Marbled paper: inks floating on water, drawn out by a comb and stirred."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from scipy import ndimage

from training.artwork.canvas import Canvas, Plane, covered, fractal, grid, noise

INKS = ((134, 24, 42), (18, 40, 84), (238, 224, 194), (206, 152, 58), (28, 104, 112), (240, 230, 206), (92, 20, 56))
BANDS = 46
TEETH = 13
VEIN = np.array([250, 244, 228]) / 255


def marbling(rng: Generator) -> Canvas:
    """Draw it."""
    y = _stirred(rng)
    place = y * BANDS + 0.55 * noise(rng, 8)
    band = np.floor(place).astype(int)
    order = rng.permutation(np.resize(np.arange(len(INKS)), BANDS * 4))
    inks = np.array(INKS)[order[band % len(order)]] / 255
    shade = 1 + 0.05 * fractal(rng, 40) + 0.05 * np.sin(2 * np.pi * place)
    canvas = np.clip(inks * shade[..., None], 0, 1)
    down, right = np.gradient(place)
    steep = np.hypot(down, right) + 1e-6
    edge = np.minimum(place % 1, 1 - place % 1) / steep
    canvas = covered(canvas, VEIN, 0.55 * np.clip(1.6 - edge, 0, 1))
    return ndimage.gaussian_filter(np.clip(canvas, 0, 1), (0.6, 0.6, 0))


def _stirred(rng: Generator) -> Plane:
    """The height at which the ink of every place was let fall: waves, the comb up and down, then three slow whirls."""
    y, x = grid()
    for row, column, turn, reach in ((0.30, 0.32, 2.6, 0.16), (0.68, 0.66, -3.0, 0.20), (0.82, 0.20, 1.9, 0.11)):
        down, right = y - row, x - column
        angle = turn * np.exp(-((np.hypot(down, right) / reach) ** 2))
        y, x = row + down * np.cos(angle) - right * np.sin(angle), column + down * np.sin(angle) + right * np.cos(angle)
    comb = (x + 0.006 * noise(rng, 5)) * TEETH
    far = np.abs(comb % 1 - 0.5) * 2
    y = y + 0.085 * np.where(np.floor(comb) % 2 == 0, 1, -1) * (np.exp(-2.4 * far) - 0.35)
    return y + 0.030 * noise(rng, 3) + 0.006 * noise(rng, 11)
