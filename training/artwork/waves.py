"""A sea of crests that lean over one another, each drawn in lines that follow it, with foam where it breaks."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from training.artwork.canvas import Canvas, Plane, colours, covered, fractal, grid, noise, paper

DEEP = ((10, 34, 74), (18, 66, 116), (44, 112, 152), (120, 172, 186), (226, 228, 208))
FOAM = np.array([247, 241, 222]) / 255
LINE = np.array([8, 26, 60]) / 255
CRESTS = 9


def waves(rng: Generator) -> Canvas:
    """Draw it."""
    y, x = grid()
    sky = colours(np.clip(y / 0.4, 0, 1), ((236, 206, 170), (244, 226, 196), (240, 232, 212)))
    canvas = sky * paper(rng, (252, 250, 246), grain=0.010)
    canvas = covered(canvas, np.array([214, 84, 62]) / 255, (0.095 - np.hypot(x - 0.27, y - 0.17)) * 500)
    for step in range(CRESTS):
        canvas = _crest(rng, canvas, 0.22 + 0.80 * (step / CRESTS) ** 1.15, 0.05 + 0.055 * step / CRESTS, step)
    return canvas


def _crest(rng: Generator, canvas: Canvas, height: float, swell: float, step: int) -> Canvas:
    """One row of waves over what lies behind it."""
    y, x = grid()
    lean = x + 0.75 * (y - height) + 0.012 * noise(rng, 4)
    top = height + _profile(lean * (3.4 - 0.16 * step) + rng.uniform(0, 1), swell) + 0.004 * noise(rng, 18)
    below = y - top
    body = below > 0
    shade = np.clip(0.12 + 3.4 * below / (swell * 3) + 0.05 * fractal(rng, 6), 0, 1)
    water = colours(np.clip(1 - shade * (0.75 + 0.04 * step), 0, 1), DEEP)
    depth = below / (0.0105 + 0.0012 * step)
    lines = np.clip(1.2 - np.abs((depth + 0.18 * noise(rng, 14)) % 1 - 0.5) * 7, 0, 1) * np.exp(-depth / 9)
    water = covered(water, LINE, 0.75 * lines * (depth > 0.9))
    spray = 0.011 + 0.010 * np.clip(noise(rng, 34), -0.6, 2) * _steep(top, swell, height)
    water = covered(water, FOAM, (spray - below) * 420)
    water = covered(water, LINE, 0.85 * np.clip(1.2 - np.abs(below - spray) * 700, 0, 1))
    drops = (noise(rng, 120) > 2.05) & (below > -0.05 * _steep(top, swell, height)) & (below < 0.0)
    return covered(covered(canvas, FOAM, drops), water, body * np.clip(below * 900, 0, 1))


def _profile(phase: Plane, swell: float) -> Plane:
    """Sharp crests and wide troughs; downwards, as rows count."""
    return swell * (2 * np.sqrt(np.abs(np.sin(np.pi * phase)) + 0.002) - 1.3)


def _steep(top: Plane, swell: float, height: float) -> Plane:
    """1 on a crest, 0 in a trough."""
    return np.clip((height - top) / swell, 0, 1)
