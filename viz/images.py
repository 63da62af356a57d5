"""Pictures as bytes and data URLs, cropped and fitted. Pixels in, Pillow images and strings out."""

from __future__ import annotations

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image


@dataclass(frozen=True, slots=True)
class Picture:
    """An encoded picture, small enough to be kept in a cache. Width and height in pixels."""

    data: bytes
    width: int
    height: int


def to_image(pixels: np.ndarray) -> Image.Image:
    """A Pillow image of `pixels` (h, w, 3), uint8 RGB."""
    return Image.fromarray(np.ascontiguousarray(pixels))


def cover(pixels: np.ndarray, width: int, height: int) -> Image.Image:
    """The central part of the picture that fills `width` x `height`."""
    image = to_image(pixels)
    wanted, have = width / height, image.width / image.height
    inner = (image.width * min(1.0, wanted / have), image.height * min(1.0, have / wanted))
    left, top = (image.width - inner[0]) / 2, (image.height - inner[1]) / 2
    box = (left, top, left + inner[0], top + inner[1])
    return image.resize((width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=2.0)


def fit(pixels: np.ndarray, longest: int) -> Image.Image:
    """The whole picture, at most `longest` pixels on its longest side; a smaller one stays as it is."""
    image = to_image(pixels)
    factor = longest / max(image.size)
    if factor >= 1:
        return image
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def encode(image: Image.Image, *, quality: int = 85) -> Picture:
    """The picture as WebP, encoded the fast way."""
    buffer = io.BytesIO()
    image.save(buffer, "WEBP", quality=quality, method=0)
    return Picture(buffer.getvalue(), image.width, image.height)


def decode(picture: Picture) -> Image.Image:
    """The Pillow image of an encoded picture."""
    return Image.open(io.BytesIO(picture.data))


def data_url(image: Image.Image, *, quality: int = 80) -> str:
    """The picture as a WebP data URL."""
    return as_url(encode(image, quality=quality))


def as_url(picture: Picture) -> str:
    """An encoded picture as a data URL."""
    return "data:image/webp;base64," + base64.b64encode(picture.data).decode()


def png(image: Image.Image) -> bytes:
    """The picture as a PNG file."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG")
    return buffer.getvalue()
