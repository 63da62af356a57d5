"""An evening by the water in dots of pure colour, which only the eye mixes."""

from __future__ import annotations

import colorsys

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw

from training.artwork.canvas import FINE, Canvas, colours, covered, fractal, from_image, grid

LAYERS = ((15.0, 1.0), (10.0, 0.9), (7.0, 0.8))
"""Radius of the dots in pixels of the canvas, and how many there are beside a full covering."""

SKY = ((52, 60, 132), (112, 92, 170), (226, 120, 120), (250, 186, 96), (255, 226, 140))
WATER = ((250, 190, 110), (206, 112, 128), (74, 84, 160), (24, 44, 104))


def dots(rng: Generator) -> Canvas:
    """Draw it."""
    scene = _scene(rng)
    image = Image.new("RGB", (FINE, FINE), (236, 224, 200))
    pen = ImageDraw.Draw(image)
    for radius, amount in LAYERS:
        count = int(amount * 1.6 * FINE**2 / (np.pi * radius**2))
        for y, x, turn, size in zip(
            rng.uniform(0, FINE, count),
            rng.uniform(0, FINE, count),
            rng.choice([-0.06, 0.0, 0.0, 0.06, 0.5], count, p=[0.22, 0.28, 0.20, 0.22, 0.08]),
            rng.uniform(0.75, 1.2, count),
            strict=True,
        ):
            reach = radius * size
            fill = _broken(scene[int(y), int(x)], float(turn), float(rng.uniform(0.85, 1.12)))
            pen.ellipse((x - reach, y - reach, x + reach, y + reach), fill=fill)
    return from_image(image)


def _broken(colour: np.ndarray, turn: float, light: float) -> tuple[int, int, int]:
    """The colour purer, and sometimes its neighbour on the wheel or what stands opposite it."""
    hue, lightness, purity = colorsys.rgb_to_hls(*colour)
    red, green, blue = colorsys.hls_to_rgb(hue + turn, min(0.9, lightness * light), min(1.0, purity * 1.25 + 0.06))
    return round(red * 255), round(green * 255), round(blue * 255)


def _scene(rng: Generator) -> Canvas:
    """A sun above the water, its path on it, a far shore and a tree in front."""
    y, x = grid()
    canvas = np.where((y < 0.56)[..., None], colours(y / 0.56, SKY), colours((y - 0.56) / 0.44, WATER))
    glow = np.exp(-((np.hypot(x - 0.36, y - 0.44) / 0.16) ** 2))
    canvas = covered(canvas, np.array([1.0, 0.93, 0.62]), 0.85 * glow)
    canvas = covered(canvas, np.array([1.0, 0.98, 0.80]), np.hypot(x - 0.36, y - 0.44) < 0.065)
    ripple = np.sin(y * 260 + 2.2 * fractal(rng, 6)) > 0.1
    path = np.exp(-(((x - 0.36) / (0.05 + 0.25 * (y - 0.56).clip(0))) ** 2)) * (y > 0.56) * ripple
    canvas = covered(canvas, np.array([1.0, 0.82, 0.45]), 0.9 * path)
    shore = 0.545 - 0.03 * fractal(rng, 4)[0][None, :]
    canvas = covered(canvas, np.array([0.20, 0.26, 0.42]), (y > shore) & (y < 0.575))
    crown = np.hypot((x - 0.80) / 1.1, y - 0.30) + 0.045 * fractal(rng, 7)
    canvas = covered(canvas, colours(np.clip(y / 0.6, 0, 1), ((44, 110, 74), (20, 62, 62), (16, 40, 66))), crown < 0.20)
    trunk = (np.abs(x - 0.805 - 0.02 * np.sin(9 * y)) < 0.018) & (y > 0.40) & (y < 0.93)
    return covered(
        canvas, np.array([0.17, 0.11, 0.20]), trunk | (y > 0.93 - 0.10 * (x - 0.3) + 0.012 * fractal(rng, 9))
    )
