"""Grids of numbers as pictures: whole cells, colours on the scale that was asked for, numbers only where they have room."""

import numpy as np
import pytest

from viz.colours import RED_BLUE, VIRIDIS
from viz.grids import EMPTY, GREY, LEGIBLE, VEIL, grid_picture, on_white, shown
from viz.heatmaps import between


def corner(image, row: int, column: int, cell: int) -> tuple[int, ...]:
    """A pixel of a cell that neither its edge nor its number touches."""
    return image.getpixel((column * cell + cell // 8, row * cell + cell // 8))


def test_cells_are_squares_of_their_colours_from_0_to_the_largest():
    values = np.array([[0.0, 1.0, 2.0], [4.0, 3.0, 2.0]])
    image = grid_picture(values, longest=300)
    assert (image.mode, image.size) == ("RGBA", (300, 200))
    for row, column in np.ndindex(values.shape):
        expected = (*between(values[row, column] / 4, VIRIDIS).tolist(), 255)
        assert corner(image, row, column, 100) == expected


def test_signed_values_have_zero_in_the_middle():
    image = grid_picture(np.array([[-2.0, 0.0, 1.0]]), longest=300)
    for column, share in enumerate((0.0, 0.5, 0.75)):
        assert corner(image, 0, column, 100)[:3] == tuple(between(np.array(share), RED_BLUE).tolist())


def test_a_scale_and_a_ramp_can_be_given():
    image = grid_picture(np.array([[255.0, 51.0]]), longest=200, high=255, ramp=GREY)
    assert corner(image, 0, 0, 100)[:3] == (255, 255, 255)
    assert corner(image, 0, 1, 100)[:3] == (51, 51, 51)


def test_zeros_can_be_left_empty():
    image = grid_picture(np.array([[0.0, 1.0]]), longest=200, blank=True)
    assert corner(image, 0, 0, 100) == (*EMPTY, VEIL)
    assert corner(image, 0, 1, 100)[3] == 255
    assert on_white(image).mode == "RGB"
    assert min(corner(on_white(image), 0, 0, 100)) > 220


def test_numbers_stand_in_cells_that_have_room():
    values = np.full((2, 2), 5.0)
    large, small = grid_picture(values, longest=2 * LEGIBLE), grid_picture(values, longest=2 * LEGIBLE - 2)
    assert len(large.getcolors()) > 2
    assert len(small.getcolors()) == 1


def test_a_grid_with_more_cells_than_pixels_has_a_pixel_for_each():
    assert grid_picture(np.ones((200, 3)), longest=50).size == (3, 200)


def test_a_grid_of_zeros_has_the_colour_of_zero():
    assert corner(grid_picture(np.zeros((1, 1)), longest=40), 0, 0, 40)[:3] == tuple(between(np.array(0), VIRIDIS))


@pytest.mark.parametrize(
    ("value", "words"),
    [(0.0, "0"), (-0.0, "0"), (-3.0, "−3"), (0.0625, "0.0625"), (1 / 3, "0.3333"), (123456.7, "123457")],
)
def test_numbers_are_short(value, words):
    assert shown(value) == words
