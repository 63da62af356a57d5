"""What a file says of itself, read from its first bytes."""

import io

import pytest
from PIL import Image

from core.errors import PhotoError
from core.images.header import early_size, reader_of, scans_of, strips_of


def encoded(kind, size=(70, 40), mode="RGB", **options):
    file = io.BytesIO()
    Image.new(mode, size, 120).save(file, kind, **options)
    return file.getvalue()


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "TIFF", "BMP"])
def test_the_reader_is_the_one_pillow_would_choose(kind):
    data = encoded(kind, mode="L" if kind == "GIF" else "RGB")
    assert reader_of(data, "photo") is type(Image.open(io.BytesIO(data)))


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7", "a PDF document"),
        (b"    ftypheic", "a HEIC image"),
        (b"hello there", "not a picture"),
    ],
)
def test_what_the_lab_cannot_read_is_named(data, words):
    with pytest.raises(PhotoError, match=words):
        reader_of(data, "photo")


@pytest.mark.parametrize("options", [{"lossless": True}, {"quality": 80}])
def test_the_size_of_a_webp_is_in_its_header(options):
    assert early_size(encoded("WEBP", **options)) == (70, 40)


def test_a_gif_is_as_large_as_its_first_frame_needs():
    data = bytearray(encoded("GIF", mode="L"))
    assert early_size(bytes(data)) == (70, 40)
    data[6:10] = b"\x01\x00\x01\x00"  # the screen claims 1 x 1, the frame does not
    assert early_size(bytes(data)) == (70, 40)


def test_other_formats_take_no_memory_on_opening_so_their_size_is_left_to_pillow():
    assert early_size(encoded("PNG")) == (0, 0)


def test_a_progressive_jpeg_has_more_scans_than_a_plain_one():
    assert scans_of(encoded("JPEG")) == 1
    assert scans_of(encoded("JPEG", progressive=True)) > 1


def test_strips_of_a_tiff_are_counted():
    assert strips_of(encoded("TIFF", size=(70, 40), tiffinfo={278: 4})) == 10


def test_strips_of_a_tiff_with_wide_numbers_are_counted():
    """BigTIFF counts its entries in eight bytes and keeps each of them in twenty."""
    assert strips_of(encoded("TIFF", size=(70, 40), tiffinfo={278: 4}, big_tiff=True)) == 10


def test_marks_of_a_jpeg_that_have_no_length_are_passed_over():
    data = encoded("JPEG", progressive=True)
    assert scans_of(data[:2] + b"\xff\x01" + data[2:]) == scans_of(data)
