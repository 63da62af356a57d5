"""A field of grain at dusk in thick strokes of oil, under clouds that turn around a low sun."""

from __future__ import annotations

import numpy as np
from numpy.random import Generator
from PIL import Image, ImageDraw
from scipy import ndimage

from training.artwork.canvas import FINE, Canvas, Plane, colours, covered, fractal, from_image, grid, noise

SUN = (0.40, 0.66, 0.070)
"""Row, column and radius."""

WHIRLS = ((0.15, 0.20, 5.0), (0.24, 0.50, -4.5), (0.10, 0.82, -5.0), (0.40, 0.16, -4.0))
"""Row and column of a cloud's middle, and how fast it turns."""

SKY = ((30, 54, 110), (42, 112, 140), (96, 170, 168), (226, 196, 168), (244, 150, 110), (206, 84, 92))
GLOW = ((255, 246, 206), (255, 216, 110), (250, 160, 74), (226, 106, 84))
HILLS = ((44, 52, 104), (70, 74, 128), (52, 104, 112))
GRAIN = ((110, 60, 34), (180, 112, 30), (232, 174, 48), (252, 222, 112), (120, 130, 54))
LAYERS = ((52, 15, 9_000), (36, 9, 16_000), (24, 5, 22_000))
"""Length and width of the strokes in pixels of the canvas, and how many."""

BRISTLES = 5


def brush(rng: Generator) -> Canvas:
    """Draw it."""
    scene, angle = _scene(rng)
    image = Image.fromarray(np.round(np.clip(scene, 0, 1) * 160).astype(np.uint8))
    pen = ImageDraw.Draw(image)
    for length, width, count in LAYERS:
        for row, column in rng.uniform(0, FINE - 1, (count, 2)):
            _stroke(rng, pen, scene, angle, float(row), float(column), length, width)
    canvas = from_image(image)
    height = ndimage.gaussian_filter(canvas.mean(axis=2), 0.8)
    light = ndimage.sobel(height, axis=0) + ndimage.sobel(height, axis=1)
    return np.clip(canvas + 0.13 * np.clip(light, -1, 1)[..., None], 0, 1)


def _stroke(
    rng: Generator,
    pen: ImageDraw.ImageDraw,
    scene: Canvas,
    angle: Plane,
    row: float,
    column: float,
    length: int,
    width: int,
) -> None:
    """One stroke along the flow: bristles side by side, each with a little of another tone."""
    colour = scene[int(row), int(column)] * rng.uniform(0.82, 1.2) + rng.normal(0, 0.022, 3)
    path = [(row, column)]
    for _ in range(4):
        turn = angle[int(np.clip(path[-1][0], 0, FINE - 1)), int(np.clip(path[-1][1], 0, FINE - 1))]
        path.append((path[-1][0] + np.sin(turn) * length / 4, path[-1][1] + np.cos(turn) * length / 4))
    turn = angle[int(row), int(column)]
    for bristle in np.linspace(-0.5, 0.5, BRISTLES):
        tone = np.clip(colour * (1 + rng.normal(0, 0.09)), 0, 1)
        aside = (np.cos(turn) * bristle * width, -np.sin(turn) * bristle * width)
        points = [(x + aside[1], y + aside[0]) for y, x in path[: int(rng.integers(3, 6))]]
        red, green, blue = (round(float(value) * 255) for value in tone)
        pen.line(points, fill=(red, green, blue), width=max(2, width // BRISTLES + 1), joint="curve")


def _scene(rng: Generator) -> tuple[Canvas, Plane]:
    """The colours and the direction of the strokes, in radians from the columns."""
    y, x = grid()
    down, right = 0.12 * noise(rng, 3), np.full((FINE, FINE), 0.7)
    for row, column, turn in WHIRLS:
        far = np.hypot(y - row, x - column)
        pull = np.exp(-((far / 0.15) ** 2)) * turn
        down, right = down + pull * (x - column) / (far + 0.02), right - pull * (y - row) / (far + 0.02)
    row, column, radius = SUN
    far = np.hypot(y - row, x - column)
    pull = 3 * np.exp(-((far / (3 * radius)) ** 2))
    down, right = down + pull * (x - column) / (far + 0.02), right - pull * (y - row) / (far + 0.02)
    angle = np.arctan2(down, right)
    tone = np.clip(0.15 + 0.85 * y / 0.55 + 0.16 * fractal(rng, 4) + 0.05 * np.sin(3 * angle), 0, 1)
    glow = np.exp(-((far / (2.1 * radius)) ** 2))
    sky = covered(colours(tone, SKY), colours(np.clip(1.05 - glow, 0, 1), GLOW), glow * 1.9 - 0.3)
    return _landed(rng, sky, angle)


def _landed(rng: Generator, scene: Canvas, angle: Plane) -> tuple[Canvas, Plane]:
    """With far hills, and in front the rows of the field, which run to one point at the horizon."""
    y, x = grid()
    for height, colour in ((0.50, HILLS[0]), (0.535, HILLS[1]), (0.57, HILLS[2])):
        hill = y > height - 0.022 * fractal(rng, 3)[0][None, :]
        tint = np.array(colour) / 255 * (1 + 0.12 * fractal(rng, 9))[..., None]
        scene, angle = np.where(hill[..., None], tint, scene), np.where(hill, 0.12 * noise(rng, 5), angle)
    field = y > 0.595 + 0.012 * np.sin(6 * x)
    ray = np.arctan2(y - 0.50, x - 0.60)
    tone = np.clip(0.50 + 0.26 * np.sin(ray * 46) + 0.13 * fractal(rng, 8) + 0.35 * (0.75 - y), 0, 1)
    scene = np.where(field[..., None], colours(tone, GRAIN), scene)
    poppies = field & (noise(rng, 42) > 1.9)
    scene = np.where(poppies[..., None], np.array([206, 44, 40]) / 255, scene)
    return scene, np.where(field, ray + 0.25 * noise(rng, 9), angle)
