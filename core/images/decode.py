"""From the bytes a visitor gives to a photo, or to a `PhotoError` that says what to do: nothing else comes out.

PNG, JPEG, WebP, BMP, GIF and TIFF (of several frames the first). The pixels come out upright (EXIF orientation), on
white where the file is transparent, and as 8-bit RGB. Sizes are read from the header and checked before any pixel is
decoded, so that a small file can't unfold into gigabytes.

Torch-free, and safe to call from many threads at once.
"""

from __future__ import annotations

import io
import re
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from jaxtyping import Num, UInt8
from PIL import Image, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.TiffImagePlugin import TiffImageFile

from core.errors import PhotoError
from core.images.header import SAVE_AGAIN, SAVE_AS, early_size, reader_of, scans_of, strips_of
from core.images.photo import WORKING_SIDE, Photo, from_pixels

MAX_BYTES = 20 * 10**6
MAX_PIXELS = 40 * 10**6
MIN_SIDE = 16
MAX_RATIO = WORKING_SIDE // MIN_SIDE  # the working copy of a longer strip would be less than MIN_SIDE high
MAX_RUN_LENGTH_PIXELS = 4 * 10**6  # run-length BMPs are decoded in Python
MAX_STRIPS = 200_000  # of a TIFF, counting tiles: 3 planes of single rows at 40 megapixels have 190,000
LARGEST_TILE = 2048**2  # of a TIFF, in pixels, unless the picture itself is larger
MAX_SCANS = 100  # of a progressive JPEG: each costs a pass over all pixels; photos have about ten
BAND = 2**21  # pixels of 32 bits that are scaled in one go
NAME_LENGTH = 48

UPRIGHT = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
ORIENTATION = 0x0112
TILE_TAGS = (322, 323)  # the width and height of tiles
NO_WARNINGS = ("ignore", None, Warning, re.compile(r"PIL\."), 0)


def decode(data: bytes, name: str) -> Photo:
    """The photo in an encoded file. `name` is the file's; folders and control characters are taken out of it.

    Raises:
        PhotoError: the file is empty, damaged, not an image of these formats, larger than 20 MB or 40 megapixels,
            smaller than 16 pixels on a side, or longer than 100 times its width.
    """
    shown = shorten(name)
    if len(data) > MAX_BYTES:
        problem = f"“{shown}” has {len(data) / 10**6:,.1f} MB; the most is {MAX_BYTES // 10**6} MB."
        raise PhotoError(problem, "Save it smaller, for example as JPEG.")
    with _told_plainly(shown):
        return from_pixels(_pixels(data, shown), shown, source=data)


def original(photo: Photo) -> UInt8[np.ndarray, "h w 3"]:
    """The pixels of the original in its full size, up to 40 megapixels: decoded again, so keep them briefly."""
    if photo.source is None:
        return photo.pixels
    with _told_plainly(photo.name):
        return _pixels(photo.source, photo.name)


def shorten(name: str) -> str:
    """A file name for people: no folders, no invisible characters, at most 48 characters, its ending kept."""
    base = re.split(r"[/\\]", name.rstrip("/\\"))[-1]
    visible = "".join(" " if unicodedata.category(character)[0] in "CZ" else character for character in base)
    clean = unicodedata.normalize("NFC", " ".join(visible.split()))
    if len(clean) > NAME_LENGTH:
        clean = f"{clean[: NAME_LENGTH - 9]}…{clean[-8:]}"
    return clean or "photo"


@contextmanager
def _told_plainly(name: str) -> Iterator[None]:
    """Let whatever a decoder raises leave as a `PhotoError`."""
    try:
        yield
    except PhotoError:
        raise
    except MemoryError as error:
        problem = f"There is not enough memory for “{name}” now."
        raise PhotoError(problem, "Try again later, or choose a smaller photo.") from error
    except Exception as error:
        raise PhotoError(f"“{name}” is damaged or cut off, so its pixels can't be read.", SAVE_AGAIN) from error


def _pixels(data: bytes, name: str) -> UInt8[np.ndarray, "h w 3"]:
    """Every pixel of a file, 8-bit RGB. Raises whatever Pillow raises for a damaged one."""
    reader = reader_of(data, name)
    _silence_pillow()
    _check_most(*early_size(data), name)
    if reader is TiffImageFile and strips_of(data) > MAX_STRIPS:
        raise PhotoError(
            f"“{name}” is cut into more than {MAX_STRIPS:,} strips, which take too long to read.", SAVE_AGAIN
        )
    image = reader(io.BytesIO(data))
    _check_most(*image.size, name)
    _check_least(*image.size, name)
    _check_effort(image, data, name)
    image.load()
    return _rgb(_upright(image))


def _silence_pillow() -> None:
    """Ignore Pillow's warnings: they speak of the visitor's file, and what matters of that is said in a PhotoError.

    The filter is added once and left there, since `catch_warnings` swaps the filters under the feet of other threads.
    """
    if NO_WARNINGS not in warnings.filters:
        warnings.filterwarnings("ignore", module=r"PIL\.")


def _check_most(width: int, height: int, name: str) -> None:
    if width * height > MAX_PIXELS:
        most = f"the most is {MAX_PIXELS // 10**6} megapixels"
        raise PhotoError(f"“{name}” is {width:,} × {height:,} px; {most}.", "Save it smaller, or choose another photo.")


def _check_least(width: int, height: int, name: str) -> None:
    if min(width, height) < MIN_SIDE:
        problem = f"“{name}” is {width:,} × {height:,} px; the least is {MIN_SIDE} × {MIN_SIDE} px."
        raise PhotoError(problem, "Choose a larger photo.")
    if max(width, height) > MAX_RATIO * min(width, height):
        problem = f"“{name}” is {width:,} × {height:,} px; one side may be at most {MAX_RATIO} times the other."
        raise PhotoError(problem, "Cut a part out of it, then choose that.")


def _check_effort(image: ImageFile.ImageFile, data: bytes, name: str) -> None:
    """Refuse files that are small but take minutes or gigabytes to decode."""
    pixels = image.width * image.height
    if isinstance(image, BmpImageFile) and image.tile[0][0] == "bmp_rle" and pixels > MAX_RUN_LENGTH_PIXELS:
        raise PhotoError(f"“{name}” is a large run-length BMP, which takes too long to read.", SAVE_AS)
    if isinstance(image, JpegImageFile) and (scans := scans_of(data)) > MAX_SCANS:
        raise PhotoError(f"“{name}” has {scans:,} scans; the most is {MAX_SCANS}.", SAVE_AGAIN)
    if isinstance(image, TiffImageFile):
        width, height = (image.tag_v2.get(tag, 0) for tag in TILE_TAGS)
        if width * height > max(LARGEST_TILE, 1.25 * pixels):
            raise PhotoError(f"“{name}” has tiles of {width:,} × {height:,} px, larger than itself.", SAVE_AGAIN)


def _upright(image: Image.Image) -> Image.Image:
    """Turned as its EXIF orientation says. Pillow does so for TIFF by itself, and takes the orientation out."""
    try:
        orientation = image.getexif().get(ORIENTATION, 1)
    except Exception:  # noqa: BLE001 - a photo with broken notes is still a photo
        return image
    return image.transpose(UPRIGHT[orientation]) if orientation in UPRIGHT else image


def _rgb(image: Image.Image) -> UInt8[np.ndarray, "h w 3"]:
    """Any mode Pillow reads to 8-bit RGB, on white where it is transparent."""
    if image.mode in ("I", "F") or image.mode.startswith("I;16"):
        grey = _eight_bit(np.asarray(image))
        if "transparency" in image.info:
            grey[np.asarray(image) == image.info["transparency"]] = 255
        return np.repeat(grey[:, :, None], 3, axis=2)
    if not image.has_transparency_data:
        return np.asarray(image if image.mode == "RGB" else image.convert("RGB"))
    rgba = image if image.mode == "RGBA" else image.convert("RGBA")  # which copies 160 MB for nothing
    canvas = Image.new("RGB", image.size, "white")
    canvas.paste(rgba, mask=rgba)
    return np.asarray(canvas)


def _eight_bit(levels: Num[np.ndarray, "h w"]) -> UInt8[np.ndarray, "h w"]:
    """Grey levels of 16 or 32 bits, or floats, scaled to 0..255.

    16-bit levels are scaled by 65535. Of the others nobody knows the range: it is the first of 1 (floats only), 255
    and 65535 that holds them all, else from their least to their greatest. NaN is shown as the least.
    """
    if levels.dtype.itemsize == 2:
        table = np.round(np.arange(65536) / 257).astype(np.uint8)
        return table[levels]
    low, high = _span(levels)
    tops = (1.0, 255.0, 65535.0) if levels.dtype.kind == "f" else (255.0, 65535.0)
    top = next((top for top in tops if low >= 0 and high <= top), None)
    bottom, top = (low, high) if top is None else (0.0, top)
    factor = 255 / (top - bottom or 1.0)  # a flat picture has no span
    return np.concatenate([_scaled(rows, low, high, bottom, factor) for rows in _bands(levels)])


def _bands(levels: Num[np.ndarray, "h w"]) -> list[Num[np.ndarray, "rows w"]]:
    """Some rows at a time: with all of 40 megapixels at once the steps in between take a gigabyte."""
    return np.array_split(levels, -(-levels.size // BAND))


def _span(levels: Num[np.ndarray, "h w"]) -> tuple[float, float]:
    """The least and the greatest level that is a number; 0 and 0 where none is."""
    numbers = (rows[np.isfinite(rows)] for rows in _bands(levels))
    ends = [(float(some.min()), float(some.max())) for some in numbers if some.size]
    return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else (0.0, 0.0)


def _scaled(
    levels: Num[np.ndarray, "h w"], low: float, high: float, bottom: float, factor: float
) -> UInt8[np.ndarray, "h w"]:
    with np.errstate(invalid="ignore"):  # signalling NaNs
        scaled = np.nan_to_num(levels.astype(np.float64), copy=False, nan=low, posinf=high, neginf=low)
    scaled -= bottom
    scaled *= factor
    return np.round(scaled, out=scaled).astype(np.uint8)
