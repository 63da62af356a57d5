"""Two cranes before a low moon, cut into wood: the knife follows the form, and what it took away stays the colour of the paper."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator

from training.artwork.canvas import Canvas, Plane, covered, fractal, grid, noise, paper

INK = np.array([30, 24, 26]) / 255
RUST = np.array([196, 74, 40]) / 255
MOON = (0.33, 0.60, 0.215)


def woodcut(rng: Generator) -> Canvas:
    """Draw it."""
    y, x = grid()
    sheet = paper(rng, (238, 222, 190), grain=0.016)
    row, column, radius = MOON
    far = np.hypot(y - row, x - column) + 0.0012 * noise(rng, 30)
    press = np.clip(0.93 + 0.05 * fractal(rng, 30), 0, 1)
    canvas = covered(sheet, RUST, np.clip((radius - far) * 700, 0, 1) * press)
    ink = _cut(rng, far * 46, np.where(far > radius + 0.012, 0.80 - 0.75 * np.exp(-(far - radius) / 0.16), 0.0))
    water = y > 0.70
    ripples = 0.50 + 0.34 * np.tanh(8 * (np.abs(x - column) - 0.15 - 0.2 * (y - 0.7))) + 0.10 * noise(rng, 7)
    ink = np.where(water, _cut(rng, y * 52 + 0.35 * noise(rng, 8), ripples), ink)
    hill = 0.70 - 0.075 * np.exp(-(((x - 0.12) / 0.22) ** 2)) - 0.05 * np.exp(-(((x - 0.98) / 0.20) ** 2))
    hills = (y > hill + 0.004 * noise(rng, 20)) & ~water
    ink = np.where(hills, _cut(rng, (y - hill) * 90 + x * 8, np.full_like(y, 0.72)), ink)
    for shape in (*_reeds(rng), *_birds()):
        ink = np.where(shape > -0.0045, 0.0, ink)
        ink = np.maximum(ink, np.clip(shape * 900, 0, 1))
    return covered(canvas, INK, ink * press)


def _cut(rng: Generator, across: Plane, dark: Plane) -> Plane:
    """Lines one unit of `across` apart, as wide as the place is dark (0 to 1), with edges that wander."""
    wander = across + 0.10 * noise(rng, 36) + 0.16 * noise(rng, 9)
    far = np.abs(wander % 1 - 0.5) * 2
    return np.clip((dark + 0.10 * noise(rng, 26) * (dark > 0.02) - far) * 8 + 0.5, 0, 1) * (dark > 0.02)


def _reeds(rng: Generator) -> list[Plane]:
    """How deep inside a reed a place lies; negative outside: bent stalks with a cob, thick below."""
    y, x = grid()
    reeds = []
    for _ in range(17):
        foot, top, bend = rng.uniform(-0.02, 0.46), rng.uniform(0.34, 0.72), rng.normal(0.05, 0.07)
        rise = np.clip((1 - y) / (1 - top), 0, 1)
        middle = foot + bend * rise**2
        blade = 0.0062 * (1.15 - rise) - np.abs(x - middle)
        cob = 0.0105 * np.sqrt(np.clip(1 - ((y - top - 0.05) / 0.05) ** 2, 0, 1)) - np.abs(x - middle)
        reeds.append(np.where(y > top, np.maximum(blade, cob), -1.0))
    return reeds


def _birds() -> list[Plane]:
    """The same for two cranes in flight: body, neck and two wings, from ellipses and bent bands."""
    y, x = grid()
    birds = []
    for row, column, size, lean in ((0.30, 0.56, 0.17, -0.20), (0.46, 0.74, 0.115, -0.12)):
        across, down = (x - column) / size, (y - row) / size
        across, down = across * np.cos(lean) + down * np.sin(lean), down * np.cos(lean) - across * np.sin(lean)
        body = 0.075 * np.sqrt(np.clip(1 - (across / 0.42) ** 2, 0, 1)) - np.abs(down)
        body = np.where(np.abs(across) < 0.42, body, -1.0)
        neck = 0.026 * (1.2 - across.clip(0, 1)) - np.abs(down + 0.10 * (across - 0.3) + 0.05 * np.sin(5 * across))
        neck = np.where((across > 0.25) & (across < 1.0), neck, -1.0)
        legs = np.where((across < -0.3) & (across > -0.95), 0.012 - np.abs(down - 0.05 * across), -1.0)
        wings = [_wing(across, down, side) for side in (1, -1)]
        birds.append(np.maximum.reduce([body, neck, legs, *wings]) * size)
    return birds


def _wing(across: Plane, down: Plane, side: int) -> Plane:
    """One wing raised over the back, its feathers parted."""
    up = -side * down if side > 0 else down * 1.25
    root = across + 0.42 * up**1.0 - 0.02
    width = 0.30 * np.clip(1 - up / 0.95, 0, 1) ** 0.55
    feathers = 0.05 * np.abs(np.sin(16 * up + 2)) * (root < 0)
    inside = width - np.abs(root + 0.10) - feathers
    return np.where((up > 0) & (up < 0.95), inside, -1.0)
