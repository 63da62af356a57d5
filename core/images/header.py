"""What a file says of itself before any of its pixels is decoded: its format, its size, and the work it asks for.

Torch-free.
"""

from __future__ import annotations

import re
import struct

from PIL import ImageFile
from PIL.BmpImagePlugin import BmpImageFile
from PIL.GifImagePlugin import GifImageFile
from PIL.JpegImagePlugin import JpegImageFile
from PIL.PngImagePlugin import PngImageFile
from PIL.TiffImagePlugin import TiffImageFile
from PIL.WebPImagePlugin import WebPImageFile

from core.errors import PhotoError

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

STRIP_TAGS = (273, 324)  # the offsets of strips, of tiles
JPEG_MARKER = re.compile(rb"\xff[\x01-\xcf\xd8-\xfe]")  # without escaped bytes and restarts: what ends a scan


def reader_of(data: bytes, name: str) -> type[ImageFile.ImageFile]:
    """What can read these bytes, by a look at the first of them."""
    if not data:
        raise PhotoError(f"“{name}” is empty.", FORMATS)
    for magic, reader in READERS:
        if magic.match(data):
            return reader
    for magic, kind in STRANGERS:
        if magic.match(data):
            raise PhotoError(f"“{name}” is {kind}, which the lab can't read.", SAVE_AS)
    raise PhotoError(f"“{name}” is not a picture that the lab can read.", FORMATS)


def early_size(data: bytes) -> tuple[int, int]:
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


def strips_of(data: bytes) -> int:
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


def scans_of(data: bytes) -> int:
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
