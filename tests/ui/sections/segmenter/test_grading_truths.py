"""What a file's numbers are taken for, and what the session keeps of painted masks."""

import io

import numpy as np
import pytest
from PIL import Image

from core.images.photo import from_pixels
from core.segmentation.mask_files import read_mask, voc_colour
from core.segmentation.settings import IGNORE
from core.segmentation.truths import TruthMask
from tests.core.experiments.test_judging_masks import NAMES, answer
from ui.cached import mask_grades
from ui.sections.segmenter import grading_file, grading_painted

CAT = NAMES.index("cat")
VOC = mask_grades.voc_names()


def photo(shade=0):
    return from_pixels(np.full((16, 16, 3), shade, np.uint8), "plain")


def reading(pixels, *, mode=None, palette=False):
    image = Image.fromarray(np.array(pixels, np.uint8).repeat(8, 0).repeat(8, 1), mode)
    if palette:
        image.putpalette([part for number in range(21) for part in voc_colour(number)])
    out = io.BytesIO()
    image.save(out, "PNG")
    return read_mask(out.getvalue(), "mask.png", photo())


def test_a_palette_speaks_voc():
    assert VOC[8] == "cat"
    found = answer([[0]])
    assert grading_file.meaning(reading([[0, 8], [15, 8]], palette=True), found, VOC) == {
        0: "background",
        8: "cat",
        15: "person",
    }
    assert grading_file.meaning(reading([[0, 40], [0, 0]], palette=True), found, VOC)[40] == "class 40"


def test_black_and_white_is_what_the_network_sees_most_of():
    found = answer([[CAT, CAT, 0, 1]])
    assert grading_file.meaning(reading([[0, 255], [0, 0]]), found, VOC) == {0: "background", 1: "cat"}


def test_free_numbers_get_names_of_their_own():
    assert grading_file.meaning(reading([[0, 1], [2, 2]]), answer([[CAT]]), VOC) == {
        0: "background",
        1: "class 1",
        2: "class 2",
    }


def test_a_class_that_is_not_counted_is_left_open():
    mask = TruthMask(np.array([[0, 1, 2]], np.uint8), ("background", grading_file.OPEN, "cat"))
    assert grading_file.counted(mask).numbers.tolist() == [[0, IGNORE, 2]]
    same = TruthMask(np.array([[0]], np.uint8), ("background",))
    assert grading_file.counted(same) is same


def test_a_session_keeps_the_masks_of_some_photos_each_for_its_own(visitor):
    photos = [photo(shade) for shade in range(grading_painted.MOST_KEPT + 1)]
    for one in photos:
        grading_painted.keep(one, grading_painted.empty(one))
    assert grading_painted.kept(photos[0]) is None
    assert all(grading_painted.kept(one) is not None for one in photos[1:])
    mask = TruthMask(np.ones((16, 16), np.uint8), ("background", "cat"))
    grading_painted.keep(photos[1], mask)
    assert grading_painted.kept(photos[1]) is mask
    assert grading_painted.kept(photos[2]) is not mask


def test_a_mask_keeps_its_classes_under_other_numbers():
    mask = TruthMask(np.array([[0, 1, IGNORE]], np.uint8), ("cat", "background"))
    again = grading_painted.renumbered(mask, ("background", "dog", "cat"))
    assert again.numbers.tolist() == [[2, 0, IGNORE]]


@pytest.mark.parametrize("held", [("background",), ("background", "unicorn", "cat")])
def test_the_numbers_of_a_mask_keep_their_meaning_when_classes_come(held):
    names = grading_painted.painted_names(held, answer([[0, CAT]]))
    assert names[: len(held)] == held
    assert set(names) == {*held, *NAMES}
    assert len(names) == len(set(names))
    assert names.index("cat") < names.index("person")
