"""From the bytes a visitor gives to a photo, or to a `PhotoError` that says what to do: nothing else comes out.

PNG, JPEG, WebP, BMP, GIF and TIFF (of several frames the first). The pixels come out upright (EXIF orientation), on
white where the file is transparent, and as 8-bit RGB. Sizes are read from the header and checked before any pixel is
decoded, so that a small file can't unfold into gigabytes.

Torch-free, and safe to call from many threads at once.
"""

from __future__ import annotations

import io
import re
import struct
import unicodedata
import warnings
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
from jaxtyping import Num, UInt8
from PIL import Image, ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from core.errors import PhotoError
from core.images.photo import WORKING_SIDE, Photo, from_pixels

MAX_BYTES = 20 * 10**6
MAX_PIXELS = 40 * 10**6
MIN_SIDE = 16
MAX_RATIO = WORKING_SIDE // MIN_SIDE  # the working copy of a longer strip would be less than MIN_SIDE high
MAX_RUN_LENGTH_PIXELS = 4 * 10**6  # run-length BMPs are decoded in Python
MAX_STRIPS = 200_000  # of a TIFF, counting tiles: 3 planes of single rows at 40 megapixels have 190,000
LARGEST_TILE = 2048**2  # of a TIFF, in pixels, unless the picture itself is larger
MAX_SCANS = 100  # of a progressive JPEG: each costs a pass over all pixels; photos have about ten
NAME_LENGTH = 48

# The reader is chosen by what the bytes say, without Image.open: that warns of large files, and its own limit is
# told without the size.
READERS: tuple[tuple[re.Pattern[bytes], type[ImageFile.ImageFile]], ...] = (
    (re.compile(rb"\x89PNG\r\n\x1a\n"), PngImageFile),
    (re.compile(rb"\xff\xd8\xff"), JpegImageFile),
    (re.compile(rb"RIFF....WEBP", re.DOTALL), WebPImageFile),
    (re.compile(rb"GIF8[79]a"), GifImageFile),
    (re.compile(rb"II[*+]\0|MM\0[*+]|II\0\*|MM\*\0"), TiffImageFile),
    (re.compile(rb"BM"), BmpImageFile),
)
STRANGERS: tuple[tuple[re.Pattern[bytes], str], ...] = (
    (re.compile(rb"....ftypavi[fs]", re.DOTALL), "an AVIF image"),
    (re.compile(rb"....ftyp(?:hei|hev|mif1|msf1)", re.DOTALL), "a HEIC image"),
    (re.compile(rb"....ftyp|\x1aE\xdf\xa3", re.DOTALL), "a video"),
    (re.compile(rb"%PDF-"), "a PDF document"),
    (re.compile(rb"\xff\x0a|\0\0\0\x0cJXL "), "a JPEG XL image"),
    (re.compile(rb"\0\0\0\x0cjP  |\xff\x4f\xff\x51"), "a JPEG 2000 image"),
    (re.compile(rb"8BPS"), "a Photoshop file"),
    (re.compile(rb"\x00\x00\x01\x00"), "an icon file"),
    (re.compile(rb"PK\x03\x04|\x1f\x8b|7z\xbc\xaf|Rar!"), "an archive"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html)", re.IGNORECASE), "a web page"),
    (re.compile(rb"(?:\xef\xbb\xbf)?\s*<(?:svg|(?:\?xml|!)[^\0]{,4000}?<svg)", re.IGNORECASE), "an SVG drawing"),
)
SAVE_AS = "Save it as JPEG or PNG, then choose that file."
SAVE_AGAIN = "Open it in another program and save it again as JPEG or PNG, or choose another photo."
FORMATS = "Choose a PNG, JPEG, WebP, BMP, GIF or TIFF file."

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
STRIP_TAGS = (273, 324)  # the offsets of strips, of tiles
TILE_TAGS = (322, 323)  # the width and height of tiles
JPEG_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # without escaped bytes and restarts: what ends a scan
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
    reader = _reader(data, name)
    _silence_pillow()
    _check_most(*_early_size(data), name)
    if reader is TiffImageFile and _strips(data) > MAX_STRIPS:
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


def _reader(data: bytes, name: str) -> type[ImageFile.ImageFile]:
    """What can read these bytes, by a look at the first of them."""
    if not data:
        raise PhotoError(f"“{name}” is empty.", FORMATS)
    for magic, reader in READERS:
        if magic.match(data):
            return reader
    for magic, kind in STRANGERS:
        if magic.match(data):
            raise PhotoError(f"“{name}” is {kind}, which the lab can't read.", SAVE_AS)
    raise PhotoError(f"“{name}” is not an image the lab knows.", FORMATS)


def _early_size(data: bytes) -> tuple[int, int]:
    """Width and height where Pillow takes memory on opening: WebP, and GIF with its first frame. Else 0 and 0."""
    if data.startswith(b"GIF8"):
        return _gif_size(data)
    kind = data[12:16] if data.startswith(b"RIFF") else b""
    if kind == b"VP8X":
        return int.from_bytes(data[24:27], "little") + 1, int.from_bytes(data[27:30], "little") + 1
    if kind == b"VP8L":
        (bits,) = struct.unpack_from("<L", data, 21)
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    return 0, 0


def _gif_size(data: bytes) -> tuple[int, int]:
    """The screen of a GIF, widened by its first frame."""
    width, height, flags = struct.unpack_from("<HHB", data, 6)
    at = 13 + (3 << (flags & 7) + 1 if flags & 0x80 else 0)
    while data[at : at + 1] != b",":  # a file without a frame ends in an IndexError, as a damaged one
        if data[at] == ord("!"):
            at += 2
            while data[at]:
                at += data[at] + 1
        at += 1
    left, top, frame_width, frame_height = struct.unpack_from("<HHHH", data, at + 1)
    return max(width, left + frame_width), max(height, top + frame_height)


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


def _strips(data: bytes) -> int:
    """Into how many strips or tiles the first picture of a TIFF is cut: Pillow makes an object of each on opening."""
    order = "<" if data.startswith(b"II") else ">"
    if 43 in data[2:4]:
        (at,) = struct.unpack_from(f"{order}Q", data, 8)
        first, size, entry = at + 8, 20, f"{order}HHQ"
        (length,) = struct.unpack_from(f"{order}Q", data, at)
    else:
        (at,) = struct.unpack_from(f"{order}L", data, 4)
        first, size, entry = at + 2, 12, f"{order}HHL"
        (length,) = struct.unpack_from(f"{order}H", data, at)
    last = min(first + size * length, len(data) - size + 1)
    tags = (struct.unpack_from(entry, data, at) for at in range(first, last, size))
    return max((count for tag, _, count in tags if tag in STRIP_TAGS), default=0)


def _check_effort(image: ImageFile.ImageFile, data: bytes, name: str) -> None:
    """Refuse files that are small but take minutes or gigabytes to decode."""
    pixels = image.width * image.height
    if isinstance(image, BmpImageFile) and image.tile[0][0] == "bmp_rle" and pixels > MAX_RUN_LENGTH_PIXELS:
        raise PhotoError(f"“{name}” is a large run-length BMP, which takes too long to read.", SAVE_AS)
    if isinstance(image, JpegImageFile) and (scans := _scans(data)) > MAX_SCANS:
        raise PhotoError(f"“{name}” has {scans:,} scans; the most is {MAX_SCANS}.", SAVE_AGAIN)
    if isinstance(image, TiffImageFile):
        width, height = (image.tag_v2.get(tag, 0) for tag in TILE_TAGS)
        if width * height > max(LARGEST_TILE, 1.25 * pixels):
            raise PhotoError(f"“{name}” has tiles of {width:,} × {height:,} px, larger than itself.", SAVE_AGAIN)


def _scans(data: bytes) -> int:
    """How many times a JPEG goes over its picture."""
    count, at = 0, 2
    while marker := JPEG_MARKER.search(data, at):
        kind, at = data[marker.start() + 1], marker.end()
        if kind == 0xD9:  # the end: what follows (a second picture, a film) isn't decoded
            break
        count += kind == 0xDA
        if kind not in (0x01, 0xD8):
            at += int.from_bytes(data[at : at + 2], "big")
    return count


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
    rgba = image.convert("RGBA")
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
    finite = levels[np.isfinite(levels)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 0.0)
    tops = (1.0, 255.0, 65535.0) if levels.dtype.kind == "f" else (255.0, 65535.0)
    top = next((top for top in tops if low >= 0 and high <= top), None)
    bottom, top = (low, high) if top is None else (0.0, top)
    with np.errstate(invalid="ignore"):  # signalling NaNs
        scaled = np.nan_to_num(levels.astype(np.float64), copy=False, nan=low, posinf=high, neginf=low)
    scaled -= bottom
    scaled *= 255 / (top - bottom or 1.0)  # a flat picture has no span
    return np.round(scaled, out=scaled).astype(np.uint8)
