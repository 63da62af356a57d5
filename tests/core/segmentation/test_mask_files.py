"""Masks in files: every way to write one, the colours of VOC, sizes, and what is refused in a visitor's words."""

import io
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import PhotoError, SettingError, VisionLabError
from core.images.photo import from_pixels
from core.segmentation import mask_files
from core.segmentation.mask_files import MaskKind, read_mask, voc_colour

NUMBERS = np.zeros((20, 30), np.uint8)
NUMBERS[5:15, 5:15] = 8
NUMBERS[2:4, 20:30] = 15
NUMBERS[4, 4:16] = 255
PHOTO = from_pixels(np.zeros((20, 30, 3), np.uint8), "photo")


def png(image, **options):
    file = io.BytesIO()
    image.save(file, "PNG", **options)
    return file.getvalue()


def palette_file(numbers=NUMBERS):
    image = Image.fromarray(numbers).convert("L")
    image = Image.frombytes("P", image.size, numbers.tobytes())
    image.putpalette([value for number in range(256) for value in voc_colour(number)])
    return png(image)


def colour_file(colours, numbers=NUMBERS):
    table = np.zeros((256, 3), np.uint8)
    for number, colour in colours.items():
        table[number] = colour
    return png(Image.fromarray(table[numbers]))


def read(data, photo=PHOTO):
    return read_mask(data, "mask.png", photo)


def test_the_colours_of_voc_are_those_of_its_development_kit():
    expected = {0: (0, 0, 0), 1: (128, 0, 0), 2: (0, 128, 0), 8: (64, 0, 0), 15: (192, 128, 128), 20: (0, 64, 128)}
    assert {number: voc_colour(number) for number in expected} == expected
    assert voc_colour(255) == (224, 224, 192)


def test_a_palette_holds_the_numbers_themselves():
    found = read(palette_file())
    assert found.kind is MaskKind.PALETTE
    assert found.numbers.tolist() == NUMBERS.tolist()
    known = (NUMBERS != 255).sum()
    assert [(value.number, value.colour) for value in found.values] == [
        (0, (0, 0, 0)),
        (8, (64, 0, 0)),
        (15, (192, 128, 128)),
    ]
    assert [value.share for value in found.values] == [(number == NUMBERS).sum() / known for number in (0, 8, 15)]
    assert found.notes == ()


def test_a_grey_file_holds_numbers():
    found = read(png(Image.fromarray(NUMBERS)))
    assert found.kind is MaskKind.NUMBERS
    assert found.numbers.tolist() == NUMBERS.tolist()
    assert {value.colour for value in found.values} == {None}
    wide = read(png(Image.fromarray(NUMBERS.astype(np.uint16))))
    assert wide.numbers.tolist() == NUMBERS.tolist()


def test_grey_saved_in_colours_holds_numbers_too():
    found = read(png(Image.fromarray(np.repeat(NUMBERS[..., None], 3, axis=2))))
    assert found.kind is MaskKind.NUMBERS
    assert found.numbers.tolist() == NUMBERS.tolist()


def test_vocs_colours_become_vocs_numbers():
    found = read(colour_file({number: voc_colour(number) for number in (0, 8, 15, 255)}))
    assert found.kind is MaskKind.VOC
    assert found.numbers.tolist() == NUMBERS.tolist()


def test_any_other_few_colours_are_numbered_by_their_area():
    found = read(colour_file({0: (10, 20, 30), 8: (255, 0, 0), 15: (0, 255, 0), 255: (0, 0, 255)}))
    assert found.kind is MaskKind.COLOURS
    assert [(value.number, value.colour) for value in found.values] == [
        (0, (10, 20, 30)),
        (1, (255, 0, 0)),
        (2, (0, 255, 0)),
        (3, (0, 0, 255)),
    ]
    assert (found.numbers == 1).tolist() == (NUMBERS == 8).tolist()


@pytest.mark.parametrize("kind", ["L", "RGB", "1"])
def test_of_black_and_white_white_is_an_object(kind):
    white = np.where(NUMBERS == 8, 255, 0).astype(np.uint8)
    found = read(png(Image.fromarray(white).convert(kind)))
    assert found.numbers.tolist() == (NUMBERS == 8).astype(int).tolist()
    assert bool(found.notes) == (kind != "1")


def test_transparent_pixels_are_open():
    pixels = np.zeros((20, 30, 4), np.uint8)
    pixels[..., 0] = np.where(NUMBERS == 8, 128, 0)
    pixels[..., 3] = np.where(NUMBERS == 255, 0, 255)
    found = read(png(Image.fromarray(pixels)))
    assert (found.numbers == 255).tolist() == (NUMBERS == 255).tolist()
    assert (found.numbers == 1).tolist() == (NUMBERS == 8).tolist()
    assert "Transparent" in found.notes[0]


def test_a_mask_of_another_size_is_made_as_large_and_that_is_told():
    photo = from_pixels(np.zeros((40, 60, 3), np.uint8), "photo")
    found = read(palette_file(), photo)
    assert found.numbers.tolist() == np.kron(NUMBERS, np.ones((2, 2), np.uint8)).tolist()
    assert "30 × 20 px, and the photo 60 × 40 px" in found.notes[0]


def test_a_mask_of_the_originals_size_needs_no_word():
    photo = from_pixels(np.zeros((1000, 3200, 3), np.uint8), "photo")
    numbers = np.kron(np.arange(2, dtype=np.uint8), np.ones((1000, 1600), np.uint8))
    found = read(palette_file(numbers), photo)
    assert found.numbers.shape == (500, 1600)
    assert found.numbers.mean() == 0.5
    assert found.notes == ()


def test_numbers_get_names_and_numbers_of_one_name_become_one_class():
    found = read(palette_file())
    truth = found.truth({0: "background", 8: "animal", 15: "animal", 3: "boat"})
    assert truth.names == ("background", "animal")
    assert (truth.numbers == 1).tolist() == np.isin(NUMBERS, (8, 15)).tolist()
    assert (truth.numbers == 255).tolist() == (NUMBERS == 255).tolist()
    with pytest.raises(SettingError, match="holds the number 15, which has no name"):
        found.truth({0: "background", 8: "cat"})


JPEG = io.BytesIO()
Image.fromarray(NUMBERS).save(JPEG, "JPEG")
NOISE = Image.fromarray(np.random.default_rng(0).integers(0, 256, (20, 30, 3), dtype=np.uint8))


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "is empty"),
        (b"hello", "not a picture that the lab can read"),
        (JPEG.getvalue(), "not a PNG file. Other formats may change the class numbers"),
        (palette_file()[:60], "damaged or cut off"),
        (png(NOISE), "has 600 colours; a mask has one for each class, 64 at most"),
        (png(Image.fromarray(NUMBERS.astype(np.uint16) * 20)), "holds numbers up to 5100; classes go to 254"),
        (palette_file(np.full((20, 30), 255, np.uint8)), "leaves every pixel open"),
        (
            palette_file(np.zeros((30, 30), np.uint8)),
            "30 × 30 px, and the photo 30 × 20 px: they have different shapes",
        ),
    ],
)
def test_a_file_that_is_no_mask_of_this_photo_is_refused_in_plain_words(data, problem):
    with pytest.raises(PhotoError, match=problem) as caught:
        read(data)
    assert caught.value.advice


def test_files_and_pictures_have_a_largest_size(monkeypatch):
    with pytest.raises(PhotoError, match="the most is 20 MB"):
        read(b"\0" * (20 * 10**6 + 1))
    monkeypatch.setattr(mask_files, "MAX_PIXELS", 599)
    with pytest.raises(PhotoError, match="30 × 20 px; the most is"):
        read(palette_file())


def test_a_lack_of_memory_is_told(monkeypatch):
    def short(_):
        raise MemoryError

    monkeypatch.setattr(mask_files.PngImageFile, "load", short)
    with pytest.raises(PhotoError, match="not enough memory"):
        read(palette_file())


@settings(deadline=None, max_examples=200)
@given(st.data())
def test_whatever_is_done_to_a_file_nothing_but_a_mask_or_an_error_in_words_comes_out(data):
    content = bytearray(palette_file())
    for _ in range(data.draw(st.integers(1, 5))):
        content[data.draw(st.integers(8, len(content) - 1))] = data.draw(st.integers(0, 255))
    with suppress(VisionLabError):
        assert read(bytes(content)).numbers.shape == (20, 30)


@pytest.mark.parametrize("alpha", [False, True])
@pytest.mark.parametrize("count", [1, 5, 64])
def test_colours_are_counted_in_bands_as_in_one_piece(monkeypatch, alpha, count):
    monkeypatch.setattr(mask_files, "BAND", 70)
    rng = np.random.default_rng(count)
    colours = rng.integers(0, 256, (count, 3), np.uint8)
    which = rng.integers(0, count, (20, 30))
    pixels, known = colours[which], np.ones((20, 30), bool)
    if alpha:
        known = rng.random((20, 30)) < 0.7
        pixels = np.dstack((pixels, np.where(known, np.uint8(255), np.uint8(0))))
    reading = read(png(Image.fromarray(pixels)))
    for number in range(count):
        there = (which == number) & known
        assert len(np.unique(reading.numbers[there])) == 1
    areas = np.bincount(reading.numbers[known], minlength=count)
    assert sorted(areas.tolist(), reverse=True) == areas.tolist() == sorted(np.bincount(which[known]).tolist())[::-1]
    assert (reading.numbers[~known] == 255).all()
    assert ("Transparent pixels count for nothing." in reading.notes) == alpha


def test_eight_threads_read_the_same():
    file = palette_file()
    with ThreadPoolExecutor(8) as pool:
        assert all((one.numbers == NUMBERS).all() for one in pool.map(read, [file] * 32))
