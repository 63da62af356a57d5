"""Hills in the mist under a low sun, in ink: the darker a place, the more directions of lines cross there, and the wider."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from training.artwork.canvas import Canvas, Plane, covered, fractal, grid, noise, paper

INK = np.array([24, 28, 50]) / 255
HATCHES = ((0.0, 0.10), (-0.95, 0.42), (0.62, 0.66), (-0.40, 0.86))
"""Turn in radians from the direction of a hill's own lines, and the darkness from which they are drawn."""

PITCH = 74
"""Lines across the canvas."""

HILLS = ((0.40, 0.35, 0.050), (0.50, 0.95, 0.060), (0.62, 0.30, 0.065), (0.75, 1.05, 0.060), (0.88, 0.62, 0.045))
"""Height of the crest from above, direction of its lines in radians, and how rough it is."""

SUN = (0.27, 0.68, 0.105)


def hatching(rng: Generator) -> Canvas:
    """Draw it."""
    dark, turn, outline = _scene(rng)
    y, x = grid()
    wobble = 0.16 * noise(rng, 10) + 0.07 * noise(rng, 44)
    pressure = 0.85 + 0.22 * noise(rng, 70)
    ink = outline * np.clip(0.9 + 0.3 * noise(rng, 30), 0, 1)
    for angle, start in HATCHES:
        across = (x * np.cos(turn + angle) + y * np.sin(turn + angle)) * PITCH + wobble
        width = np.clip((dark - start) / 0.55, 0, 1) ** 0.8 * 0.66
        far = np.abs((across % 1) - 0.5) * 2
        ink = np.maximum(ink, np.clip((width * pressure - far) * 7 + 0.35, 0, 1) * (width > 0.03))
    return covered(paper(rng, (244, 235, 214), grain=0.012), INK, 0.94 * ink)


def _scene(rng: Generator) -> tuple[Plane, Plane, Plane]:
    """How dark each place is, the direction of its lines, and the outlines of hills and sun."""
    y, x = grid()
    sun = np.hypot(y - SUN[0], x - SUN[1])
    dark = np.clip(0.08 + 0.75 * (sun - SUN[2]).clip(0) + 0.16 * np.clip(fractal(rng, 3), -1, 1) * (y < 0.5), 0, 0.60)
    dark = np.where(sun < SUN[2], 0.0, dark)
    turn = np.full_like(dark, np.pi / 2 - 0.04)
    outline = np.clip(1.6 - np.abs(sun - SUN[2]) * 700, 0, 1)
    for height, angle, rough in HILLS:
        line = fractal(rng, 3, octaves=6)[0]
        crest = height + rough * line[None, :]
        below = y - crest
        lit = np.tanh(np.gradient(np.convolve(np.pad(line, 15, "edge"), np.ones(31) / 31, "valid"))[None, :] * 40)
        hill = 1.05 - 5.2 * below.clip(0) + 0.35 * lit + 0.10 * fractal(rng, 9)
        inside = below > 0
        dark, turn = np.where(inside, np.clip(hill, 0.05, 1.2), dark), np.where(inside, angle, turn)
        outline = np.where(inside, 0, outline)
        outline = np.maximum(outline, np.clip(1.7 - np.abs(below) * 560, 0, 1))
    return dark, turn, outline
