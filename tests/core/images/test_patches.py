"""Small grey patches: means of their parts, inside of the photo wherever one points."""

import numpy as np
import pytest

from core.images.patches import SIDE, grey_patch, patch_corner
from core.images.photo import from_pixels
from core.images.samples import sample


def ramp(width: int, height: int):
    pixels = np.broadcast_to(np.arange(width, dtype=np.uint8)[:, None], (height, width, 3))
    return from_pixels(pixels.copy(), "Ramp")


def test_a_patch_of_eight_pixels_is_those_pixels():
    assert grey_patch(ramp(100, 40), 50, 20, SIDE).tolist() == [list(range(46, 54))] * SIDE


def test_each_number_is_the_mean_of_its_part():
    photo = sample("cat")
    left, top, width = patch_corner(photo, 200, 120, 64)
    assert (left, top, width) == (168, 88, 64)
    red, green, blue = photo.pixels[88:152, 168:232].astype(float).transpose(2, 0, 1)
    grey = 0.299 * red + 0.587 * green + 0.114 * blue
    means = grey.reshape(SIDE, 8, SIDE, 8).mean(axis=(1, 3))
    assert abs(grey_patch(photo, 200, 120, 64) - means).max() <= 1


@pytest.mark.parametrize("point", [(0, 0), (10**6, 10**6), (-5, 20), (50, -(10**6))])
def test_a_point_anywhere_gives_a_patch_inside_of_the_photo(point):
    left, top, width = patch_corner(ramp(100, 40), *point, 32)
    assert 0 <= left <= 68
    assert 0 <= top <= 8
    assert width == 32


def test_a_photo_that_is_smaller_gives_what_it_has():
    photo = ramp(100, 16)
    assert patch_corner(photo, 50, 3, 64) == (42, 0, 16)
    assert grey_patch(photo, 50, 3, 64).shape == (SIDE, SIDE)
