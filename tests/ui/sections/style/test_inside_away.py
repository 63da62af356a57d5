"""The heat maps that leave the page."""

import numpy as np
from PIL import Image

from ui.components.matrix_view import Matrix
from ui.sections.style.inside_away import SIDE, heat_map, on_white
from viz.colours import RED_BLUE, VIRIDIS, Stroke


def corner(image: Image.Image, row: int, column: int, count: int = 2) -> tuple[int, ...]:
    step = image.width // count
    return image.getpixel((column * step + 1, row * step + 1))


def test_a_matrix_has_the_colours_of_the_page():
    made = heat_map(Matrix("Style", np.array([[4.0, 1.0], [1.0, 0.0]]), 4.0))
    assert made.size == (SIDE, SIDE)
    assert corner(made, 0, 0) == Stroke(VIRIDIS[-1]).rgb
    assert corner(made, 1, 1) == Stroke(VIRIDIS[0]).rgb
    middle = corner(made, 0, 1)
    assert max(abs(a - b) for a, b in zip(middle, (35, 138, 141), strict=True)) < 12, "the root of a quarter is a half"


def test_a_signed_matrix_is_pale_at_zero_and_ends_alike():
    made = heat_map(Matrix("Less", np.array([[2.0, 0.0], [0.0, -2.0]]), 2.0, signed=True))
    assert [corner(made, *at) for at in ((0, 0), (0, 1), (1, 1))] == [
        Stroke(RED_BLUE[place]).rgb for place in (-1, 4, 0)
    ]


def test_a_matrix_of_nothing_is_drawn():
    assert corner(heat_map(Matrix("Style", np.zeros((2, 2)), 0.0)), 0, 0) == Stroke(VIRIDIS[0]).rgb


def test_what_is_transparent_becomes_white():
    clear = Image.new("RGBA", (2, 1), (0, 0, 0, 0))
    clear.putpixel((1, 0), (10, 20, 30, 255))
    made = on_white(clear)
    assert [made.getpixel((x, 0)) for x in (0, 1)] == [(255, 255, 255), (10, 20, 30)]
