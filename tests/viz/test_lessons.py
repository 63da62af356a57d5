"""The grid over a photo, the cell that answers, and boxes that stay where they are."""

import numpy as np
import pytest

from viz.detections import Tagged
from viz.lessons import ANCHOR, gridded, lesson_picture, scaled

GREY = np.full((140, 210, 3), 128, np.uint8)


def test_lines_stand_between_the_cells_and_nowhere_else():
    made = np.asarray(gridded(GREY, 7, 7))
    changed = (made != 128).any(axis=2)
    assert made.shape == GREY.shape
    inner = changed[5]  # a row of pixels within the first row of cells
    assert {int(x) // 30 for x in np.flatnonzero(inner)} == set(range(1, 7))
    assert all(int(x) % 30 in (0, 1) for x in np.flatnonzero(inner))
    assert inner.sum() == 12


def test_one_cell_has_no_lines():
    assert (np.asarray(gridded(GREY, 1, 1)) == 128).all()


@pytest.mark.parametrize("cell", [(0, 0), (3, 3), (6, 6)])
def test_only_the_cell_that_answers_is_filled(cell):
    made = np.asarray(lesson_picture(GREY, 7, 7, cell, [])).astype(int)
    row, col = cell
    filled = made[20 * row + 10, 30 * col + 15]
    assert filled[2] > filled[0] + 30  # blue, as the anchor is
    assert ANCHOR.rgb[2] > ANCHOR.rgb[0]
    other = made[20 * ((row + 2) % 7) + 10, 30 * col + 15]
    assert (other == 128).all()


def test_boxes_and_tags_are_drawn_over_the_grid():
    plain = np.asarray(lesson_picture(GREY, 7, 7, (3, 3), []))
    drawn = np.asarray(lesson_picture(GREY, 7, 7, (3, 3), [Tagged((20.0, 40.0, 120.0, 100.0), "cat", "#009E73")]))
    assert (plain != drawn).any()


@pytest.mark.parametrize("size", [(1, 1), (3, 200), (200, 3)])
def test_the_smallest_pictures_have_a_cell_too(size):
    made = lesson_picture(np.zeros((*size, 3), np.uint8), 14, 14, (13, 13), [])
    assert made.size == size[::-1]


def test_a_box_grows_with_its_picture():
    assert scaled((1.0, 2.0, 3.0, 4.0), 2.0) == (2.0, 4.0, 6.0, 8.0)
