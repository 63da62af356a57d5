"""Pictures as bytes and data URLs, cropped and fitted. Pixels in, Pillow images and strings out."""

from __future__ import annotations

import base64
import io
from collections.abc import Sequence
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


def of_canvas(canvas: np.ndarray) -> Image.Image:
    """A Pillow image of values (3, h, w) in [0, 1], rounded to 8 bits; what lies outside is clipped."""
    return to_image(np.rint(np.clip(canvas, 0, 1) * 255).astype(np.uint8).transpose(1, 2, 0))


def cover(pixels: np.ndarray, width: int, height: int) -> Image.Image:
    """The central part of the picture that fills `width` x `height`."""
    image = to_image(pixels)
    box = centre(*image.size, width / height)
    return image.resize((width, height), Image.Resampling.LANCZOS, box=box, reducing_gap=2.0)


def centre(width: int, height: int, ratio: float) -> tuple[float, float, float, float]:
    """The central part of a picture, as large as can be, whose width over height is `ratio`: left, top, right, bottom."""
    inner = (width * min(1.0, ratio * height / width), height * min(1.0, width / height / ratio))
    left, top = (width - inner[0]) / 2, (height - inner[1]) / 2
    return left, top, left + inner[0], top + inner[1]


def fit(pixels: np.ndarray, longest: int) -> Image.Image:
    """The whole picture, at most `longest` pixels on its longest side; a smaller one stays as it is."""
    return fit_image(to_image(pixels), longest)


def fit_image(image: Image.Image, longest: int) -> Image.Image:
    """The same for a Pillow image."""
    factor = longest / max(image.size)
    if factor >= 1:
        return image
    size = (max(1, round(image.width * factor)), max(1, round(image.height * factor)))
    return image.resize(size, Image.Resampling.LANCZOS, reducing_gap=2.0)


def beside(pictures: Sequence[Image.Image], across: int = 0, gap: int = 12) -> Image.Image:
    """The pictures on white, `across` in a row, or all in one; each row is as high as its highest."""
    across = across or len(pictures)
    rows = [pictures[first : first + across] for first in range(0, len(pictures), across)]
    width = max(sum(one.width + gap for one in row) for row in rows) - gap
    height = sum(max(one.height for one in row) + gap for row in rows) - gap
    paper, top = Image.new("RGB", (width, height), "white"), 0
    for row in rows:
        left = 0
        for one in row:
            paper.paste(one, (left, top))
            left += one.width + gap
        top += max(one.height for one in row) + gap
    return paper


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
