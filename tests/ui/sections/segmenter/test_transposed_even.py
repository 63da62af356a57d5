"""The checkerboard: which kernel stands beside which, and the verdicts."""

import pytest

from core.experiments.transposing import reached
from core.segmentation.settings import MOST_KERNEL, MOST_STRIDE
from ui.sections.segmenter.transposed_even import SIDE, cases, verdict


@pytest.mark.parametrize(
    ("shape", "stride", "expected"),
    [
        ((3, 3), 2, [(3, 3, 2), (4, 4, 2)]),
        ((4, 4), 2, [(4, 4, 2), (5, 5, 2)]),
        ((16, 16), 2, [(16, 16, 2), (15, 15, 2)]),
        ((16, 16), 9, [(16, 16, 9), (9, 9, 9)]),
        ((4, 3), 2, [(4, 3, 2), (4, 4, 2)]),
        ((3, 3), 1, [(3, 3, 1), (3, 3, 2)]),
        ((2, 2), 1, [(2, 2, 1), (3, 3, 2)]),
        ((16, 16), 1, [(16, 16, 1), (15, 15, 2)]),
        ((4, 3), 1, [(4, 3, 1), (4, 3, 2)]),
    ],
)
def test_the_other_case_is_the_nearest_of_the_other_kind(shape, stride, expected):
    assert cases(shape, stride) == expected


def test_one_is_even_and_the_other_is_not_for_every_kernel_and_stride():
    for stride in range(1, MOST_STRIDE + 1):
        for side in range(1, MOST_KERNEL + 1):
            verdicts = [reached(*one, SIDE).even for one in cases((side, side), stride)]
            assert sorted(verdicts) == [False, True], (side, stride)


def test_verdicts_name_the_counts():
    assert verdict(reached(3, 3, 2, SIDE)) == "uneven: away from the edge a place gets 1, 2 or 4 products"
    assert verdict(reached(4, 4, 2, SIDE)) == "even: away from the edge every place gets 4 products"
    assert verdict(reached(1, 1, 2, SIDE)) == "uneven: away from the edge a place gets 0 or 1 product"
