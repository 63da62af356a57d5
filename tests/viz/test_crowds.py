"""One object found many times: its box in colour, its doubles beside it, and the rest of the photo left alone."""

import numpy as np
import pytest

from viz.colours import AREAS, Stroke
from viz.crowds import crowd_picture

GREY = np.full((300, 400, 3), 100, np.uint8)
BOX = (100.0, 80.0, 300.0, 220.0)


def drawn(box=BOX, pixels=GREY) -> np.ndarray:
    return np.asarray(crowd_picture(pixels, box))


def test_the_object_has_its_box_and_nobody_covers_it():
    where = (drawn() == Stroke(AREAS[0]).rgb).all(axis=-1)
    assert where[80, 100:300].all()
    assert where[80:220, 100].all()


def test_five_doubles_lie_beside_it():
    """Along a row through the middle the pale strokes of their left and right sides are met."""
    row = (drawn()[150] == 255).all(axis=-1).astype(int)
    strokes = (np.diff(row, prepend=0) == 1).sum()
    assert 2 * 5 <= strokes <= 2 * 5 + 4, "two of each double, and the casing of the box, but where they meet"


def test_far_from_the_object_the_photo_is_as_it_was():
    assert (drawn()[:, :60] == 100).all()
    assert (drawn()[:50] == 100).all()


@pytest.mark.parametrize("box", [(0.0, 0.0, 400.0, 300.0), (399.0, 299.0, 400.0, 300.0), (0.0, 0.0, 1.0, 1.0)], ids=str)
def test_boxes_at_the_border_are_drawn_on_a_picture_of_the_same_size(box):
    out = drawn(box)
    assert out.shape == GREY.shape
    assert (out != GREY).any()
