"""Grids as people type them: read, written, and refused in words."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.errors import SettingError
from ui.sections.segmenter.transposed_typed import read, written

COURSE = ((0.0, 1.0), (2.0, 3.0))


@pytest.mark.parametrize(
    "words",
    [
        "0 1; 2 3",
        " 0,1 ;2,  3; ",
        "[[0, 1], [2, 3]]",
        "torch.tensor([[0., 1.],\n [2., 3.]])".removeprefix("torch.tensor"),
        "0 1e0; .2e1 +3.0",
    ],
)
def test_a_grid_is_read_however_it_is_written(words):
    assert read(words, "input") == COURSE


def test_a_real_minus_is_a_minus():
    assert read("−1 -2", "input") == ((-1.0, -2.0),)


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        ("", "The kernel has no numbers"),
        (" ; ;", "The kernel has no numbers"),
        ("0 1; 2", "Row 2 of the kernel has 1 number, and row 1 has 2 numbers"),
        ("0 x", "The kernel needs numbers, got “x”"),
        ("nan", "The kernel needs numbers, got “nan”"),
        ("1e99", "must lie from −1,000,000 to 1,000,000"),
        ("<b>", "got “<b>”"),
        ("١", "needs numbers"),
    ],
)
def test_what_is_no_grid_is_refused_in_words(words, rule):
    with pytest.raises(SettingError, match=rule):
        read(words, "kernel")


@settings(deadline=None)
@given(st.lists(st.lists(st.floats(-1e6, 1e6), min_size=3, max_size=3), min_size=1, max_size=4))
def test_what_is_written_is_read_back_exactly(rows):
    grid = tuple(tuple(row) for row in rows)
    assert read(written(grid), "input") == grid


def test_whole_numbers_are_written_short():
    assert written(((0.0, -1.0), (0.0625, 255.0))) == "0 -1; 0.0625 255"
