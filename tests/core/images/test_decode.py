"""From bytes to a photo: every mode that Pillow reads, the limits, and what is said about files that are refused."""

import io
import re
import struct
import subprocess
import sys
import warnings
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin

from core.errors import PhotoError
from core.images import decode as module
from core.images.decode import MAX_BYTES, decode, original, shorten
from core.images.photo import from_pixels

ROOT = Path(__file__).resolve().parents[3]
ORIENTED = {  # what EXIF says the stored pixels are, and how they become upright
    1: lambda a: a,
    2: lambda a: a[:, ::-1],
    3: lambda a: a[::-1, ::-1],
    4: lambda a: a[::-1],
    5: lambda a: a.transpose(1, 0, 2),
    6: lambda a: np.rot90(a, -1),
    7: lambda a: a[::-1, ::-1].transpose(1, 0, 2),
    8: lambda a: np.rot90(a, 1),
}


def pixels(height=20, width=30, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)


def encoded(image, kind, **options):
    file = io.BytesIO()
    (Image.fromarray(image) if isinstance(image, np.ndarray) else image).save(file, kind, **options)
    return file.getvalue()


def decoded(data, name="photo"):
    return decode(data, name).pixels


def grey(levels):
    return np.repeat(np.asarray(levels, np.uint8)[:, :, None], 3, axis=2)


def over_white(rgb, alpha):
    alpha = alpha[:, :, None] / 255
    return rgb * alpha + 255 * (1 - alpha)


def ramp(count, dtype):
    """16 rows that are all alike, `count` columns."""
    return np.tile(np.arange(count, dtype=dtype), (16, 1))


def raw_tiff(samples, *, photometric=2):
    """An uncompressed TIFF of 16-bit samples, which Pillow reads but doesn't write in colour."""
    height, width, bands = samples.shape
    body = samples.astype("<u2").tobytes()
    rows = [(256, 4, 1, width), (257, 4, 1, height), (258, 3, bands, 200), (259, 3, 1, 1), (262, 3, 1, photometric)]
    rows += [(273, 4, 1, 300), (277, 3, 1, bands), (278, 4, 1, height), (279, 4, 1, len(body))]
    head = struct.pack("<2sHLH", b"II", 42, 8, len(rows)) + b"".join(struct.pack("<HHLL", *row) for row in rows)
    return head.ljust(200, b"\0") + struct.pack(f"<{bands}H", *(16,) * bands).ljust(100, b"\0") + body


def raw_png(width, height, depth, colour, rows, extra=b""):
    def chunk(kind, body):
        return struct.pack(">L", len(body)) + kind + body + struct.pack(">L", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">LLBBBBB", width, height, depth, colour, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + extra + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


# --- pixels ---


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("BMP", {}),
        ("WEBP", {"lossless": True}),
        ("TIFF", {}),
        ("TIFF", {"compression": "tiff_lzw"}),
        ("TIFF", {"compression": "tiff_adobe_deflate"}),
    ],
)
def test_a_lossless_file_gives_back_its_pixels(kind, options):
    assert np.array_equal(decoded(encoded(pixels(), kind, **options)), pixels())


@pytest.mark.parametrize("kind", ["JPEG", "WEBP"])
def test_a_lossy_file_gives_back_nearly_its_pixels(kind):
    smooth = np.array(Image.fromarray(pixels(4, 5)).resize((60, 50), Image.Resampling.BICUBIC))
    difference = np.abs(decoded(encoded(smooth, kind, quality=95)).astype(int) - smooth)
    assert difference.mean() < 6


def test_the_same_pixels_share_a_digest_whatever_the_file():
    files = [
        encoded(pixels(), "PNG"),
        encoded(pixels(), "BMP"),
        encoded(pixels(), "TIFF"),
        encoded(pixels(), "PNG", compress_level=0),
    ]
    assert len({decode(data, f"{number}").digest for number, data in enumerate(files)}) == 1
    changed = pixels()
    changed[3, 4, 1] ^= 1
    assert decode(encoded(changed, "PNG"), "x").digest != decode(files[0], "x").digest


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "TIFF"])
@pytest.mark.parametrize("orientation", ORIENTED)
def test_photos_come_out_upright(kind, orientation):
    stored = np.zeros((48, 64, 3), np.uint8)
    stored[:16, :32] = (250, 20, 20)
    stored[32:, 48:] = (20, 20, 250)
    exif = Image.Exif()
    exif[0x0112] = orientation
    photo = decode(encoded(stored, kind, exif=exif), "tilted")
    upright = ORIENTED[orientation](stored)
    assert (photo.height, photo.width) == (photo.original_height, photo.original_width) == upright.shape[:2]
    assert np.abs(photo.pixels.astype(int) - upright).mean() < 6


@pytest.mark.parametrize("orientation", [0, 9, 77])
def test_an_orientation_without_meaning_is_ignored(orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    assert np.array_equal(decoded(encoded(pixels(), "PNG", exif=exif)), pixels())


def test_broken_exif_does_not_cost_the_photo():
    broken = b"Exif\0\0MM\0\x2a\0\0\xff\xff" + b"\xff" * 40
    assert decoded(encoded(pixels(), "JPEG", exif=broken)).shape == (20, 30, 3)


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "TIFF"])
def test_transparency_lies_on_white(kind):
    rgba = np.dstack((pixels(), pixels(seed=1)[:, :, 0]))
    options = {"lossless": True, "exact": True} if kind == "WEBP" else {}
    ours = decoded(encoded(rgba, kind, **options))
    assert np.abs(ours - over_white(rgba[:, :, :3].astype(float), rgba[:, :, 3])).max() <= 1


def test_grey_with_alpha_lies_on_white():
    levels, alpha = pixels()[:, :, 0], pixels(seed=1)[:, :, 0]
    image = Image.merge("LA", (Image.fromarray(levels), Image.fromarray(alpha)))
    for kind in ("PNG", "TIFF"):
        ours = decoded(encoded(image, kind))
        assert np.abs(ours - over_white(grey(levels).astype(float), alpha)).max() <= 1


def test_a_palette_with_alpha_lies_on_white():
    index, alpha = (pixels()[:, :, 0] // 64), pixels(seed=1)[:, :, 0]
    colours = pixels(1, 256, seed=2)[0]
    palette = Image.fromarray(index)
    palette.putpalette(colours.tobytes())
    for image, cover in (
        (Image.merge("PA", (palette, Image.fromarray(alpha))), alpha),
        (palette, np.array([255, 0, 100, 30], np.uint8)[index]),
    ):
        if image.mode == "PA":
            image.putpalette(colours.tobytes())
            data = encoded(image, "TIFF")
        else:
            data = encoded(image, "PNG", transparency=bytes([255, 0, 100, 30]))
        assert np.abs(decoded(data) - over_white(colours[index].astype(float), cover)).max() <= 1


def test_the_transparent_colour_of_a_gif_is_white():
    index = (np.indices((20, 30)).sum(axis=0) % 3).astype(np.uint8)
    image = Image.fromarray(index)
    image.putpalette([10, 20, 30, 200, 100, 0, 0, 90, 180])
    colours = np.array([[10, 20, 30], [255, 255, 255], [0, 90, 180]], np.uint8)
    assert np.array_equal(decoded(encoded(image, "GIF", transparency=1)), colours[index])


def test_one_transparent_colour_of_a_png_is_white():
    plain = np.full((20, 30, 3), 70, np.uint8)
    plain[5:9] = (1, 2, 3)
    ours = decoded(encoded(plain, "PNG", transparency=(1, 2, 3)))
    assert (ours[5:9] == 255).all()
    assert (ours[:5] == 70).all()
    level = decoded(encoded(plain[:, :, 0], "PNG", transparency=70))
    assert (level[:5] == 255).all()


def test_black_and_white_and_grey_become_rgb():
    bits = pixels()[:, :, 0] > 128
    for kind in ("PNG", "BMP", "TIFF"):
        assert np.array_equal(decoded(encoded(Image.fromarray(bits), kind)), grey(bits * 255))
        assert np.array_equal(decoded(encoded(pixels()[:, :, 0], kind)), grey(pixels()[:, :, 0]))


@pytest.mark.parametrize("kind", ["PNG", "GIF", "BMP", "TIFF"])
def test_palettes_become_their_colours(kind):
    image = Image.fromarray(pixels()).quantize(64)
    assert np.array_equal(decoded(encoded(image, kind)), np.asarray(image.convert("RGB")))


@pytest.mark.parametrize("order", ["<", ">"])
def test_16_bit_grey_is_scaled_not_clipped(order):
    levels = np.linspace(0, 65535, 16 * 400).round().astype(f"{order}u2").reshape(16, 400)
    expected = grey(np.round(levels / 257))
    image = Image.frombytes("I;16" if order == "<" else "I;16B", (400, 16), levels.tobytes())
    assert np.array_equal(decoded(encoded(image, "TIFF")), expected)
    png = raw_png(400, 16, 16, 0, b"".join(b"\0" + row.astype(">u2").tobytes() for row in levels))
    assert np.array_equal(decoded(png), expected)


def test_a_transparent_level_of_a_16_bit_png_is_white():
    levels = (ramp(300, np.uint16) * 200).astype(">u2")
    body = struct.pack(">H", 4000)
    chunk = struct.pack(">L", 2) + b"tRNS" + body + struct.pack(">L", zlib.crc32(b"tRNS" + body))
    ours = decoded(raw_png(300, 16, 16, 0, b"".join(b"\0" + row.tobytes() for row in levels), chunk))
    assert (ours[:, 20] == 255).all()
    assert (ours[:, 19] == round(19 * 200 / 257)).all()


def test_16_bit_colour_is_scaled_not_clipped():
    samples = (pixels().astype(np.uint16) << 8) + 200
    assert np.abs(decoded(raw_tiff(samples)).astype(int) - samples / 257).max() <= 1
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in samples)
    assert np.abs(decoded(raw_png(30, 20, 16, 2, rows)).astype(int) - samples / 257).max() <= 1


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        (ramp(256, np.int32), ramp(256, np.uint8)),  # within 8 bits: as they are
        (ramp(256, np.int32) * 257, ramp(256, np.uint8)),  # within 16
        (ramp(256, np.int32) * 1_000_000, ramp(256, np.uint8)),  # beyond: from the least to the greatest
        (ramp(256, np.int32) * 3 - 300, ramp(256, np.uint8)),  # below zero
        (np.full((16, 16), -7, np.int32), np.zeros((16, 16))),
        (ramp(256, np.float32) / 255, ramp(256, np.uint8)),
        (ramp(256, np.float32), ramp(256, np.uint8)),
        (ramp(256, np.float32) * 257, ramp(256, np.uint8)),
        (ramp(256, np.float32) / 255 - 0.5, ramp(256, np.uint8)),
        (ramp(256, np.float32) * 1e36, ramp(256, np.uint8)),
        (np.full((16, 16), np.nan, np.float32), np.zeros((16, 16))),
    ],
)
def test_levels_of_an_unknown_range_are_scaled_into_8_bits(levels, expected):
    assert np.array_equal(decoded(encoded(levels, "TIFF")), grey(expected))


def test_levels_that_are_no_numbers_are_the_least_and_infinities_the_ends():
    levels = ramp(256, np.float32)
    levels[:, 10:13] = (np.nan, np.inf, -np.inf)
    assert decoded(encoded(levels, "TIFF"))[0, 9:14, 0].tolist() == [9, 0, 255, 0, 13]


def test_a_signalling_nan_is_no_warning():
    bits = np.full((16, 16), 0x7F800001, np.uint32)
    image = Image.frombytes("F", (16, 16), bits.tobytes())
    assert not decoded(encoded(image, "TIFF")).any()


def test_cmyk_becomes_rgb():
    inks = np.dstack((pixels(), pixels(seed=1)[:, :, :1]))
    ours = decoded(encoded(Image.frombytes("CMYK", (30, 20), inks.tobytes()), "TIFF"))
    key = 1 - inks[:, :, 3:] / 255
    assert np.abs(ours - (255 - inks[:, :, :3].astype(float)) * key).max() <= 1


def test_a_cmyk_jpeg_is_not_a_negative():
    flat = Image.new("CMYK", (32, 32), (0, 255, 255, 0))
    assert np.abs(decoded(encoded(flat, "JPEG", quality=95)).astype(int) - (255, 0, 0)).max() < 12


def test_ycbcr_becomes_rgb():
    flat = Image.new("RGB", (32, 32), (200, 60, 30)).convert("YCbCr")
    for options in ({}, {"compression": "jpeg"}):
        ours = decoded(encoded(flat, "TIFF", **options))
        assert np.abs(ours.astype(int) - (200, 60, 30)).max() < 8


def test_lab_becomes_srgb():
    flat = Image.frombytes("LAB", (16, 16), bytes((136, 80, 67)) * 256)  # L* 53.2, a* 80, b* 67: the red of sRGB
    assert np.abs(decoded(encoded(flat, "TIFF")).astype(int) - (255, 0, 0)).max() <= 12  # the white of CIELab is D50


@pytest.mark.parametrize("kind", ["GIF", "TIFF", "WEBP", "PNG"])
def test_of_several_frames_the_first_is_taken(kind):
    first, second = Image.new("RGB", (20, 20), (200, 0, 0)), Image.new("RGB", (20, 20), (0, 0, 200))
    options = {"lossless": True} if kind == "WEBP" else {}
    ours = decoded(encoded(first, kind, save_all=True, append_images=[second], **options))
    assert np.abs(ours.astype(int) - (200, 0, 0)).max() <= 1


def test_a_phones_multi_picture_jpeg_shows_its_first_picture():
    first, second = Image.new("RGB", (40, 40), (200, 0, 0)), Image.new("RGB", (20, 20), (0, 0, 200))
    ours = decoded(encoded(first, "MPO", save_all=True, append_images=[second]))
    assert ours.shape == (40, 40, 3)
    assert np.abs(ours.astype(int) - (200, 0, 0)).max() <= 3


# --- originals ---


def test_the_original_of_a_large_photo_comes_back_whole():
    large = np.array(Image.fromarray(pixels(30, 60)).resize((3000, 1500), Image.Resampling.BICUBIC))
    data = encoded(large, "PNG")
    photo = decode(data, "large.png")
    assert (photo.width, photo.height, photo.scale) == (1600, 800, 1.875)
    assert photo.source == data
    assert np.array_equal(original(photo), large)


def test_the_original_of_a_small_photo_is_its_working_copy():
    photo = decode(encoded(pixels(), "PNG"), "small.png")
    assert photo.source is None
    assert original(photo) is photo.pixels


def test_the_original_of_a_large_drawing_comes_back_whole():
    large = np.array(Image.fromarray(pixels(30, 60)).resize((2000, 1000), Image.Resampling.BICUBIC))
    assert np.array_equal(original(from_pixels(large, "drawing")), large)


def test_the_original_of_a_drawing_may_have_more_bytes_than_a_visitors_file(monkeypatch):
    photo = from_pixels(pixels(20, 1700), "drawing")
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    assert len(photo.source) > 1000
    assert np.array_equal(original(photo), pixels(20, 1700))


def test_the_original_is_as_upright_as_the_photo():
    exif = Image.Exif()
    exif[0x0112] = 6
    photo = decode(encoded(np.zeros((1000, 2000, 3), np.uint8), "JPEG", exif=exif), "tilted.jpg")
    assert original(photo).shape == (2000, 1000, 3)
    assert (photo.height, photo.width) == (1600, 800)


# --- refusals ---


def refusal(data, name="photo.png"):
    with pytest.raises(PhotoError) as caught:
        decode(data, name)
    return caught.value


def test_an_empty_file_is_called_empty():
    assert refusal(b"", "cat.jpg").problem == "“cat.jpg” is empty."


def test_a_file_of_more_than_20_megabytes_is_refused_by_its_size():
    error = refusal(encoded(pixels(), "PNG") + bytes(MAX_BYTES + 700_000), "big.png")
    assert error.problem == "“big.png” has 20.7 MB; the most is 20 MB."


@pytest.mark.parametrize(("width", "height"), [(1, 1), (15, 300), (300, 15)])
def test_a_tiny_picture_is_refused_by_its_sides(width, height):
    error = refusal(encoded(pixels(height, width), "PNG"), "dot.png")
    assert error.problem == f"“dot.png” is {width} × {height} px; the least is 16 × 16 px."


def test_a_strip_is_refused_by_its_shape():
    error = refusal(encoded(pixels(16, 1601), "PNG"), "strip.png")
    assert error.problem == "“strip.png” is 1,601 × 16 px; one side may be at most 100 times the other."
    assert decode(encoded(pixels(16, 1600), "PNG"), "strip.png").height == 16


def test_40_megapixels_are_the_most(monkeypatch):
    monkeypatch.setattr(module, "MAX_PIXELS", 10**6)
    assert decode(encoded(np.zeros((1000, 1000, 3), np.uint8), "PNG"), "x.png").width == 1000
    error = refusal(encoded(np.zeros((1000, 1001, 3), np.uint8), "PNG"), "x.png")
    assert error.problem == "“x.png” is 1,001 × 1,000 px; the most is 1 megapixels."


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "BMP", "TIFF"])
@pytest.mark.parametrize("share", [0.3, 0.9])
def test_a_file_that_is_cut_off_is_called_damaged(kind, share):
    data = encoded(pixels(200, 300), kind)
    assert "“half.x” is damaged or cut off" in refusal(data[: int(len(data) * share)], "half.x").problem


@pytest.mark.parametrize(
    ("start", "words"),
    [
        (b"\0\0\0\x20ftypavif", "is an AVIF image"),
        (b"\0\0\0\x20ftypheic", "is a HEIC image"),
        (b"\0\0\0\x20ftypmif1", "is a HEIC image"),
        (b"\0\0\0\x20ftypisom", "is a video"),
        (b"%PDF-1.7", "is a PDF document"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'>", "is an SVG drawing"),
        (b"\xef\xbb\xbf<?xml version='1.0'?>\n<!-- a comment -->\n<svg>", "is an SVG drawing"),
        (b"\n<!DOCTYPE html><html>", "is a web page"),
        (b"PK\x03\x04", "is an archive"),
        (b"8BPS", "is a Photoshop file"),
    ],
)
def test_other_formats_are_called_by_name_with_what_to_do(start, words):
    error = refusal(start + bytes(100), "other")
    assert words in error.problem
    assert error.advice == "Save it as JPEG or PNG, then choose that file."


@pytest.mark.parametrize(
    "data", [b"hello", b"\0", bytes(1000), b"P6 20 20 255 " + bytes(1200), b"<?xml version='1.0'?><x/>"]
)
def test_what_is_no_image_is_told_the_formats(data):
    error = refusal(data, "notes.txt")
    assert error.problem == "“notes.txt” is not a picture that the lab can read."
    assert error.advice == "Choose a PNG, JPEG, WebP, BMP, GIF or TIFF file."


def test_too_little_memory_is_said_plainly(monkeypatch):
    def fail(*_):
        raise MemoryError

    monkeypatch.setattr(module, "_rgb", fail)
    assert refusal(encoded(pixels(), "PNG"), "x.png").problem == "There is not enough memory for “x.png” now."


def test_the_reason_is_kept_for_the_log():
    data = encoded(pixels(200, 300), "PNG")
    assert refusal(data[: len(data) // 2]).__cause__ is not None


def test_pillows_warnings_are_neither_errors_nor_needed(recwarn):
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[270] = "a description of more than four letters"
    data = bytearray(encoded(pixels(), "TIFF", tiffinfo=tags))
    at = data.index(struct.pack("<HH", 270, 2))
    data[at + 4 : at + 12] = struct.pack("<LL", 10**6, 8)  # longer than the file: Pillow warns and goes on
    with pytest.warns(UserWarning, match="larger than file"):
        Image.open(io.BytesIO(bytes(data))).load()
    assert np.array_equal(decoded(bytes(data)), pixels())
    assert not recwarn.list


def test_warnings_of_others_stay_what_they_were():
    decoded(encoded(pixels(), "PNG"))
    with pytest.raises(UserWarning, match="mine"):
        warnings.warn("mine", UserWarning, stacklevel=1)


def test_many_threads_decode_at_once():
    files = [(encoded(pixels(seed=seed), "PNG"), seed) for seed in range(8)] * 8
    files += [(b"II*\0" + bytes([seed]) * 50, None) for seed in range(32)]

    def outcome(file):
        data, seed = file
        try:
            return np.array_equal(decoded(data), pixels(seed=seed))
        except PhotoError:
            return seed is None

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(outcome, files))


# --- names ---


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("cat.png", "cat.png"),
        ("/home/me/photos/cat.png", "cat.png"),
        ("C:\\photos\\cat.png", "cat.png"),
        ("../../etc/", "etc"),
        ("", "photo"),
        ("///", "photo"),
        (" \t\n", "photo"),
        ("a\x00b\x1b[31m\u202ec.png", "a b [31m c.png"),
        ("été.png", "été.png"),
        ("x" * 300 + ".jpeg", "x" * 39 + "…" + "xxx.jpeg"),
        ("\ud800.png", ".png"),
    ],
)
def test_names_are_made_fit_for_people(name, shown):
    assert shorten(name) == shown
    assert decode(encoded(pixels(), "PNG"), name).name == shown


@given(st.text())
def test_a_name_is_short_visible_and_without_folders(name):
    shown = shorten(name)
    assert 1 <= len(shown) <= 48
    assert not re.search(r"[/\\\x00-\x1f]", shown)
    assert shorten(shown) == shown


# --- memory ---


def test_the_largest_photo_takes_less_than_half_a_gigabyte():
    code = """
import io
from PIL import Image
from core.images.decode import decode
from tests.memory import peak
file = io.BytesIO()
Image.new("L", (7300, 5400), 99).save(file, "PNG", compress_level=1)
before = peak()
photo = decode(file.getvalue(), "large.png")
print(photo.original_width * photo.original_height, peak() - before)
"""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True, timeout=60
    )
    count, memory = map(int, done.stdout.split())
    assert count == 39_420_000
    assert memory < 500e6
