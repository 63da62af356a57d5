"""Masks as PNG files, written here and read by the reader of visitors' files."""

import numpy as np
import pytest

from core.images.photo import from_pixels
from core.segmentation.mask_files import MaskKind, read_mask, voc_colour
from core.segmentation.settings import IGNORE
from viz import images
from viz.mask_files import numbered, palette_image

VOC = ("background", *(f"voc {number}" for number in range(1, 8)), "cat", *(f"voc {number}" for number in range(9, 21)))


@pytest.mark.parametrize("names", [("background", "cat"), ("cat", "circle", "background", "star")])
def test_what_is_written_is_read_again(names):
    generator = np.random.default_rng(0)
    mask = generator.choice(np.array([*range(len(names)), IGNORE], np.uint8), (20, 30))
    photo = from_pixels(np.zeros((20, 30, 3), np.uint8), "black")
    reading = read_mask(images.png(palette_image(mask, names, VOC)), "mask.png", photo)
    assert reading.kind is MaskKind.PALETTE
    of = numbered(names, VOC)
    assert {value.number for value in reading.values} == set(of)
    again = reading.truth(of)
    for place, name in enumerate(names):
        assert np.array_equal(again.numbers == again.names.index(name), mask == place)
    assert np.array_equal(again.numbers == IGNORE, mask == IGNORE)


def test_names_of_voc_keep_its_numbers_and_others_count_from_21():
    assert numbered(("cat", "circle", "background", "star"), VOC) == {
        8: "cat",
        21: "circle",
        0: "background",
        22: "star",
    }


def test_255_names_have_255_numbers():
    names = ("cat", *(f"class {number}" for number in range(254)))
    assert sorted(numbered(names, VOC)) == list(range(255))


def test_the_colours_are_those_of_voc():
    image = palette_image(np.array([[1]], np.uint8), ("background", "cat"), VOC)
    assert image.convert("RGB").getpixel((0, 0)) == voc_colour(8)
