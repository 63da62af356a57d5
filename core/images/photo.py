"""A photo as every page knows it: a working copy in RGB, what it was made from, and what is known to be on it.

Torch-free: the shell of the app holds photos before torch is loaded.
"""

from __future__ import annotations

import hashlib
import io
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, UInt8
from PIL import Image

WORKING_SIDE = 1600
"""The longest side of a working copy, in pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class GroundTruth:
    """What is known to be on a photo, in pixels of its working copy.

    `boxes` are `(x1, y1, x2, y2)`, `x2` and `y2` exclusive; the first is the main object. `mask` is 0 for background
    and i + 1 where object i is visible, or None where nobody drew one.
    """

    boxes: Float[np.ndarray, "n 4"]
    labels: tuple[str, ...]
    mask: UInt8[np.ndarray, "h w"] | None = None

    def __post_init__(self) -> None:
        self.boxes.setflags(write=False)
        if self.mask is not None:
            self.mask.setflags(write=False)


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """One photo. `pixels` is the working copy: RGB, longest side at most `WORKING_SIDE`, read-only.

    `digest` names the decoded original: files with the same pixels share it, one different pixel changes it. `source`
    is the encoded file of an original that is larger than the working copy (`decode.original` opens it again), and
    None where the working copy is the original. Compare photos by `digest`; `==` asks whether they are one object.
    """

    pixels: UInt8[np.ndarray, "h w 3"]
    name: str
    digest: str
    source: bytes | None
    original_width: int
    original_height: int
    truth: GroundTruth | None = None

    def __post_init__(self) -> None:
        self.pixels.setflags(write=False)

    @property
    def width(self) -> int:
        """Width of the working copy in pixels."""
        return self.pixels.shape[1]

    @property
    def height(self) -> int:
        """Height of the working copy in pixels."""
        return self.pixels.shape[0]

    @property
    def scale(self) -> float:
        """Original pixels per pixel of the working copy, at least 1, measured on the longest side."""
        return max(self.original_width, self.original_height) / max(self.width, self.height)


def from_pixels(
    pixels: UInt8[np.ndarray, "h w 3"],
    name: str,
    *,
    source: bytes | None = None,
    truth: GroundTruth | None = None,
) -> Photo:
    """The photo of an original, given as RGB `pixels`; `truth` speaks of these pixels.

    An original that fits is copied, and `source` is dropped. A larger one is resized to the working copy, `truth` with
    it, and kept as `source`, or as a PNG of its own where no source is given.
    """
    height, width = pixels.shape[:2]
    size = working_size(width, height)
    if size == (width, height):
        return Photo(pixels.copy(order="C"), name, _digest(pixels), None, width, height, truth)
    image = Image.fromarray(pixels)
    # whole steps by averaging come first: 40 megapixels in 0.2 s instead of 0.6 s, 0.6 of 255 away on average
    small = np.array(image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0))
    scaled = None if truth is None else _scaled(truth, (width, height), size)
    return Photo(small, name, _digest(pixels), source or _png(image), width, height, scaled)


def working_size(width: int, height: int) -> tuple[int, int]:
    """Width and height of the working copy of an original: the same shape, longest side at most `WORKING_SIDE`."""
    longest = max(width, height)
    if longest <= WORKING_SIDE:
        return width, height
    return max(1, round(width * WORKING_SIDE / longest)), max(1, round(height * WORKING_SIDE / longest))


def _digest(pixels: UInt8[np.ndarray, "h w 3"]) -> str:
    hasher = hashlib.blake2b(repr(pixels.shape).encode(), digest_size=16)
    hasher.update(np.ascontiguousarray(pixels).data)
    return hasher.hexdigest()


def _png(image: Image.Image) -> bytes:
    file = io.BytesIO()
    image.save(file, "PNG", compress_level=1)
    return file.getvalue()


def _scaled(truth: GroundTruth, old: tuple[int, int], new: tuple[int, int]) -> GroundTruth:
    factor = np.array([new[0] / old[0], new[1] / old[1]] * 2, dtype=np.float32)
    mask = truth.mask
    if mask is not None:
        mask = np.array(Image.fromarray(mask).resize(new, Image.Resampling.NEAREST))
    return GroundTruth((truth.boxes * factor).astype(np.float32), truth.labels, mask)
