"""Boxes with tags: each in its colour, the photo left alone elsewhere, and tags that can be read."""

import numpy as np
import pytest

from viz.colours import AREAS, Stroke
from viz.detections import Tagged, detection_picture

GREY = np.full((300, 400, 3), 100, np.uint8)


def drawn(*found: Tagged, pixels: np.ndarray = GREY) -> np.ndarray:
    return np.asarray(detection_picture(pixels, found))


def filled(picture: np.ndarray, colour: str) -> np.ndarray:
    """Where the picture has exactly this colour."""
    return (picture == Stroke(colour).rgb).all(axis=-1)


def test_nothing_found_leaves_the_photo_as_it_is():
    assert (drawn() == GREY).all()


def test_a_box_has_its_colour_on_its_border_and_none_inside():
    out = drawn(Tagged((100, 80, 300, 250), "1 cat 85%", AREAS[0]))
    where = filled(out, AREAS[0])
    assert where[81:249, 101:103].all()
    assert where[247:249, 101:299].all()
    assert (out[110:240, 110:290] == 100).all()
    assert (out[:50] == 100).all()


def test_the_tag_stands_on_the_box():
    where = filled(drawn(Tagged((100, 80, 300, 250), "1 cat 85%", AREAS[0])), AREAS[0])
    assert where[66:79, 101:103].all()
    assert not where[:60].any()


@pytest.mark.parametrize(
    "box", [(0, 0, 400, 300), (380, 280, 400, 300), (0, 0, 5, 5), (-3, -3, 500, 400), (50, 20, 50.4, 21)], ids=str
)
def test_a_tag_never_leaves_the_picture(box):
    """Wherever the box is, all of its tag is seen: the pixels that the words leave free, and the words."""
    out = drawn(Tagged(box, "1 person 97%", AREAS[1]))
    assert out.shape == GREY.shape
    assert filled(out, AREAS[1]).sum() > 300
    assert ((out.min(axis=-1) > 180) | (out.max(axis=-1) < 60)).sum() > 20


def test_tags_of_boxes_in_one_place_do_not_cover_each_other():
    """Above the box, where no stroke is, each tag has as many pixels of its colour as it has alone."""
    wide, narrow = (60.0, 80.0, 340.0, 260.0), (60.0, 80.0, 340.0, 261.0)
    first, second = Tagged(wide, "1 sheep 80%", AREAS[0]), Tagged(narrow, "2 cow 60%", AREAS[1])
    together = drawn(first, second)
    for one in (first, second):
        alone = filled(drawn(one), one.colour)[:79].sum()
        assert alone > 300
        assert filled(together, one.colour)[:79].sum() == alone


def test_where_there_is_no_room_the_tag_of_the_surest_is_seen():
    box = (0.0, 0.0, 60.0, 16.0)
    pixels = np.full((16, 60, 3), 100, np.uint8)
    alone = filled(drawn(Tagged(box, "1 sheep", AREAS[0]), pixels=pixels), AREAS[0]).sum()
    both = drawn(Tagged(box, "1 sheep", AREAS[0]), Tagged(box, "2 sheep", AREAS[1]), pixels=pixels)
    assert filled(both, AREAS[0]).sum() == alone > 100


def test_the_surest_lies_on_top():
    box = (60.0, 80.0, 340.0, 260.0)
    out = drawn(Tagged(box, "1", AREAS[0]), Tagged(box, "2", AREAS[1]))
    assert tuple(out[150, 61]) == Stroke(AREAS[0]).rgb


@pytest.mark.parametrize("colour", AREAS)
def test_words_stand_out_from_their_tag(colour):
    """Black on bright colours, white on dark ones: always at least 4.5 : 1."""
    out = drawn(Tagged((100, 80, 300, 250), "1 cat 85%", colour))
    tag = out[66:79, 101:150].reshape(-1, 3)
    ink = tag[np.abs(tag.astype(int) - np.array(Stroke(colour).rgb)).sum(axis=1).argmax()]
    assert contrast(ink, Stroke(colour).rgb) >= 4.5


def contrast(a, b) -> float:
    """WCAG 2.1, relative luminance."""

    def luminance(rgb) -> float:
        parts = np.asarray(rgb, float) / 255
        linear = np.where(parts <= 0.03928, parts / 12.92, ((parts + 0.055) / 1.055) ** 2.4)
        return float(linear @ (0.2126, 0.7152, 0.0722))

    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("size", [(16, 16), (16, 1600), (1600, 16)], ids=str)
def test_the_strangest_pictures_keep_their_size(size):
    pixels = np.full((*size, 3), 100, np.uint8)
    out = drawn(Tagged((1.0, 1.0, size[1] - 1.0, size[0] - 1.0), "1 horse 50%", AREAS[2]), pixels=pixels)
    assert out.shape == pixels.shape
