"""What every picture is drawn with: noise that is smooth, colours along a scale, paper, and a fine canvas made smaller.

A canvas has values in [0, 1], RGB, and `FINE` x `FINE` pixels; what is seen has half as many on a side.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, UInt8
from numpy.random import Generator
from PIL import Image
from scipy import ndimage
from scipy.interpolate import CubicSpline

SIDE = 512
FINE = 2 * SIDE
"""Pixels of a side: of the picture, and of the canvas it is drawn on."""

Plane = Float[np.ndarray, "h w"]
Canvas = Float[np.ndarray, "h w 3"]
Colour = tuple[int, int, int]


def grid() -> tuple[Plane, Plane]:
    """The rows and the columns of the canvas, from 0 to 1."""
    y, x = np.mgrid[0:FINE, 0:FINE].astype(np.float64)
    return (y + 0.5) / FINE, (x + 0.5) / FINE


def noise(rng: Generator, cells: int) -> Plane:
    """Smooth noise with about `cells` hills on a side; mean 0, standard deviation 1."""
    count = cells + 4
    places = np.linspace(1.5, cells + 1.5, FINE)
    along = CubicSpline(np.arange(count), np.eye(count))(places)
    fine = along @ rng.standard_normal((count, count)) @ along.T
    return (fine - fine.mean()) / fine.std()


def fractal(rng: Generator, cells: int, octaves: int = 5) -> Plane:
    """Noise upon noise, each twice as fine and half as strong; mean 0, standard deviation 1."""
    total = np.zeros((FINE, FINE))
    for octave in range(octaves):
        total += noise(rng, cells * 2**octave) / 2**octave
    return total / total.std()


def colours(values: Plane, scale: Sequence[Colour]) -> Canvas:
    """Values from 0 to 1 as colours (0..255) along a scale of evenly spaced ones."""
    places = np.linspace(0, 1, len(scale))
    stops = np.array(scale, dtype=np.float64) / 255
    return np.stack([np.interp(values, places, stops[:, channel]) for channel in range(3)], axis=-1)


def plain(colour: Colour) -> Canvas:
    """A canvas of one colour."""
    return np.ones((FINE, FINE, 3)) * np.array(colour) / 255


def covered(below: Canvas, above: Canvas | Float[np.ndarray, "3"], cover: Plane) -> Canvas:
    """`above` laid over `below` where `cover` is 1, and in part where it is less."""
    share = np.clip(cover, 0, 1)[..., None]
    return below * (1 - share) + above * share


def paper(rng: Generator, colour: Colour, *, grain: float = 0.02) -> Canvas:
    """Paper of a colour, with fibres and a soft unevenness."""
    fibres = ndimage.gaussian_filter(rng.standard_normal((FINE, FINE)), (1.2, 2.4))
    tone = 1 + grain * (fibres / fibres.std() + 0.5 * noise(rng, 6))
    return np.clip(plain(colour) * tone[..., None], 0, 1)


def seen(canvas: Canvas) -> UInt8[np.ndarray, "512 512 3"]:
    """The canvas as the picture: every pixel is the mean of four."""
    small = np.clip(canvas, 0, 1).reshape(SIDE, 2, SIDE, 2, 3).mean(axis=(1, 3))
    return np.round(small * 255).astype(np.uint8)


def from_image(image: Image.Image) -> Canvas:
    """What was drawn with Pillow."""
    return np.asarray(image.convert("RGB"), dtype=np.float64) / 255
