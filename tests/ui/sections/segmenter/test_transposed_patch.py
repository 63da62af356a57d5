"""Which patch is enlarged: what a link names, what belongs to another photo, and where it begins."""

import pytest

from core.images.photo import from_pixels
from core.images.samples import sample
from ui.sections.segmenter import transposed_patch as patches
from ui.sections.segmenter.transposed_patch import POINT, WIDE


def test_it_begins_in_the_middle_of_the_main_object(visitor):
    photo = sample("cat")
    patches.follow(photo)
    x1, y1, x2, y2 = photo.truth.boxes[0]
    x, y = patches.point(photo)
    assert abs(x - (x1 + x2) / 2) <= 1
    assert abs(y - (y1 + y2) / 2) <= 1
    assert visitor.url == {}


def test_a_photo_without_objects_has_it_in_its_own_middle(visitor, blank):
    assert patches.point(blank(100, 40)) == (50, 20)


def test_a_link_names_it_until_another_photo_comes(visitor):
    visitor.url[POINT] = "20,30"
    patches.follow(sample("cat"))
    assert patches.point(sample("cat")) == (20, 30)
    patches.follow(sample("coffee"))
    assert patches.point(sample("coffee")) == patches.middle(sample("coffee"))
    assert POINT not in visitor.url


@pytest.mark.parametrize("words", ["", "1", "1,2,3", "-1,2", "99999,2", "a,b", "١,٢"])
def test_a_point_that_is_none_is_not_taken(visitor, words):
    visitor.url[POINT] = words
    patches.follow(sample("cat"))
    assert patches.point(sample("cat")) == patches.middle(sample("cat"))
    assert POINT not in visitor.url


def test_the_numbers_are_those_of_the_chosen_width(visitor):
    ramp = from_pixels(sample("cat").pixels.copy(), "Own")
    visitor.session.update({POINT: "100,100", WIDE: "8 px"})
    assert patches.corner(ramp) == (96, 96, 8)
    numbers = patches.patch(ramp)
    assert len(numbers) == len(numbers[0]) == 8
    assert all(value == int(value) and 0 <= value <= 255 for row in numbers for value in row)


def test_an_absurd_width_is_the_usual_one(visitor):
    visitor.session[WIDE] = "7 px"
    assert patches.corner(sample("cat"))[2] == 64
