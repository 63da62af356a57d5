"""What everyday handling does to a picture, and with it to a change that was made to fool a network.

Every way takes a picture of 8 bits and gives one of the same size, on the CPU. Their ranges are those of `Treatment`.

Kurakin, Goodfellow and Bengio, Adversarial examples in the physical world, 2017, section 4 (blur, noise, JPEG); Xu,
Evans and Qi, Feature Squeezing: Detecting Adversarial Examples in Deep Neural Networks, 2018, section III-A (bit depth).
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import numpy as np
from jaxtyping import UInt8
from PIL import Image

from core.adversarial.blur import gaussian_blur
from core.adversarial.survival_settings import Handling, Treatment
from core.images.normalise import to_pixels, to_tensor
from core.images.resize import stretch


def treated(pixels: UInt8[np.ndarray, "h w 3"], treatment: Treatment) -> UInt8[np.ndarray, "h w 3"]:
    """`pixels` after everything `treatment` does, in the order of `Handling`. Where it does nothing, the very same array.

    After each step the picture has 8 bits again, as if it had been saved without loss.
    """
    for kind in treatment.done:
        pixels = _WAYS[kind](pixels, treatment)
    return pixels


def cropped(pixels: UInt8[np.ndarray, "h w 3"], share: float) -> UInt8[np.ndarray, "h w 3"]:
    """The middle, with `share` of each side cut away around it, brought back to the size. At least a pixel is left.

    Where an odd number of rows or columns goes, one more goes on the right or below.
    """
    height, width = pixels.shape[:2]
    rows, columns = max(1, round(height * (1 - share))), max(1, round(width * (1 - share)))
    top, left = (height - rows) // 2, (width - columns) // 2
    return _stretched(pixels[top : top + rows, left : left + columns], height, width)


def resized(pixels: UInt8[np.ndarray, "h w 3"], share: float) -> UInt8[np.ndarray, "h w 3"]:
    """Made smaller, to `share` of each side, and brought back: bilinear, antialiased on the way down."""
    height, width = pixels.shape[:2]
    small = _stretched(pixels, max(1, round(height * share)), max(1, round(width * share)))
    return _stretched(small, height, width)


def blurred(pixels: UInt8[np.ndarray, "h w 3"], sigma: float) -> UInt8[np.ndarray, "h w 3"]:
    """Through a Gaussian of standard deviation `sigma` in pixels."""
    return to_pixels(gaussian_blur(to_tensor(pixels), sigma))


def noisy(pixels: UInt8[np.ndarray, "h w 3"], sigma: float, *, seed: int) -> UInt8[np.ndarray, "h w 3"]:
    """Plus Gaussian noise of standard deviation `sigma` in levels of 0..255, then rounded and clipped."""
    drawn = np.random.default_rng(seed).normal(0.0, sigma, pixels.shape)
    return np.rint(pixels + drawn).clip(0, 255).astype(np.uint8)


def of_depth(pixels: UInt8[np.ndarray, "h w 3"], bits: int) -> UInt8[np.ndarray, "h w 3"]:
    """The nearest of the 2^bits levels that are evenly spread from black to white.

    Xu et al., section III-A, in whole numbers: no value lies in the middle between two levels.
    """
    highest = 2**bits - 1
    level = (pixels.astype(np.int64) * highest + 127) // 255
    return ((level * 255 + highest // 2) // highest).astype(np.uint8)


def jpeg(pixels: UInt8[np.ndarray, "h w 3"], quality: int) -> UInt8[np.ndarray, "h w 3"]:
    """Saved as a JPEG of `quality` from 1 to 100 and opened again. As Pillow saves it: colour has half the resolution."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    with Image.open(file) as opened:
        return np.array(opened)


def _stretched(pixels: UInt8[np.ndarray, "_ _ 3"], height: int, width: int) -> UInt8[np.ndarray, "_ _ 3"]:
    return to_pixels(stretch(to_tensor(pixels), height=height, width=width).image)


_WAYS: dict[Handling, Callable[[Any, Treatment], Any]] = {
    Handling.CROP: lambda pixels, treatment: cropped(pixels, treatment.crop),
    Handling.RESIZE: lambda pixels, treatment: resized(pixels, treatment.resize),
    Handling.BLUR: lambda pixels, treatment: blurred(pixels, treatment.blur),
    Handling.NOISE: lambda pixels, treatment: noisy(pixels, treatment.noise, seed=treatment.seed),
    Handling.DEPTH: lambda pixels, treatment: of_depth(pixels, treatment.depth),
    Handling.JPEG: lambda pixels, treatment: jpeg(pixels, treatment.jpeg or 100),
}
