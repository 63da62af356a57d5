"""What a visitor may choose of a transposed convolution: sizes, and refusals in words."""

import math
import subprocess
import sys

import pytest

from core.errors import SettingError
from core.segmentation.transposed_settings import TransposeSettings, sides

COURSE = ((0.0, 1.0), (2.0, 3.0))


@pytest.mark.parametrize(
    ("stride", "padding", "whole", "output"),
    [(1, 0, (3, 3), (3, 3)), (2, 0, (4, 4), (4, 4)), (1, 1, (3, 3), (1, 1)), (3, 1, (5, 5), (3, 3))],
)
def test_sizes_follow_the_law(stride, padding, whole, output):
    made = TransposeSettings(input=COURSE, kernel=COURSE, stride=stride, padding=padding)
    assert made.whole == whole
    assert made.output == output


def test_rows_and_columns_are_told_apart():
    made = TransposeSettings(input=((1.0, 2.0, 3.0),), kernel=((1.0,), (2.0,)))
    assert sides(made.input) == (1, 3)
    assert made.whole == (2, 3)


@pytest.mark.parametrize(
    ("grid", "words"),
    [
        ((), "The input has no numbers"),
        (((),), "The input has no numbers"),
        (((1.0, 2.0), (3.0,)), "Row 2 of the input has 1 number, and row 1 has 2 numbers"),
        (((math.nan,),), "Numbers of the input must lie from −1,000,000 to 1,000,000"),
        (((-2e6,),), "Numbers of the input must lie"),
        (((1.0,) * 13,), "width of the input must be from 1 to 12 numbers, got 13"),
    ],
)
def test_what_is_no_grid_is_refused(grid, words):
    with pytest.raises(SettingError, match=words):
        TransposeSettings(input=grid, kernel=COURSE)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"kernel": ()}, "The kernel has no numbers"),
        ({"kernel": ((0.0,) * 17,)}, "width of the kernel must be from 1 to 16"),
        ({"stride": 0}, "stride must be from 1 to 16"),
        ({"padding": -1}, "padding must be at least 0"),
        ({"padding": 2}, "takes away all of the output"),
    ],
)
def test_what_leaves_nothing_is_refused(changed, words):
    with pytest.raises(SettingError, match=words):
        TransposeSettings(**{"input": COURSE, "kernel": COURSE, **changed})


def test_they_are_there_before_torch():
    code = "import core.segmentation.transposed_settings, core.images.patches, sys; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
