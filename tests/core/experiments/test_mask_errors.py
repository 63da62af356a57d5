"""Where a segmentation errs, and what boxes hide of it: naive references, laws, edges."""

import math

import numpy as np
import pytest

from core.errors import SettingError
from core.experiments.judging_masks import judge, known_truth
from core.experiments.mask_errors import boxed, near_contours, near_edge
from core.experiments.segmenting import segment
from core.images.samples import sample
from core.segmentation.settings import IGNORE
from core.segmentation.truths import TruthMask
from tests.core.experiments.test_judging_masks import NAMES, answer

CAT = NAMES.index("cat")


def truth(inside, *, unknown=None):
    numbers = np.array(inside, np.uint8)
    if unknown is not None:
        numbers[unknown] = IGNORE
    return TruthMask(numbers, ("background", "cat"))


def square(side: int, left: int, top: int, size: int = 20) -> np.ndarray:
    inside = np.zeros((size, size), np.uint8)
    inside[top : top + side, left : left + side] = 1
    return inside


@pytest.mark.parametrize("radius", [0.0, 1.0, 1.5, 2.0, 3.7])
@pytest.mark.parametrize("seed", range(3))
def test_near_is_what_a_loop_over_all_pixels_finds(radius, seed):
    generator = np.random.default_rng(seed)
    classes = generator.integers(0, 3, (4, 5)).repeat(4, 0).repeat(4, 1).astype(np.uint8)
    classes[generator.random(classes.shape) < 0.05] = IGNORE
    height, width = classes.shape
    edge = []
    for y in range(height):
        for x in range(width):
            beside = [(y - 1, x), (y + 1, x), (y, x - 1), (y, x + 1)]
            inside = [classes[one] for one in beside if 0 <= one[0] < height and 0 <= one[1] < width]
            if classes[y, x] != IGNORE and any(one not in (IGNORE, classes[y, x]) for one in inside):
                edge.append((y, x))
    expected = [
        [any(math.hypot(y - row, x - column) <= radius for row, column in edge) for x in range(width)]
        for y in range(height)
    ]
    assert np.array_equal(near_contours(classes, radius), expected)


def test_a_map_of_one_class_has_no_contour():
    assert not near_contours(np.zeros((5, 6), np.uint8), 3.0).any()


@pytest.mark.parametrize("radius", [-1.0, math.nan, math.inf])
def test_a_radius_without_meaning_is_refused(radius):
    with pytest.raises(SettingError, match="radius"):
        near_contours(np.zeros((5, 6), np.uint8), radius)


def test_a_wider_band_never_holds_fewer_errors_and_the_widest_holds_all():
    photo = sample("cat")
    judged = judge(segment(photo, "lab-fcn"), known_truth(photo))
    rows = [near_edge(judged, radius) for radius in (0.0, 2.0, 5.0, 20.0, 1000.0)]
    assert [row.wrong_near for row in rows] == sorted(row.wrong_near for row in rows)
    assert {(row.wrong, row.pixels) for row in rows} == {(rows[0].wrong, photo.width * photo.height)}
    assert (rows[-1].share, rows[-1].band) == (1.0, 1.0)


def test_what_nobody_knows_is_neither_wrong_nor_near():
    found = answer(square(8, 2, 2) * CAT)
    judged = judge(found, truth(square(8, 2, 2), unknown=np.s_[:, 12:]))
    row = near_edge(judged, 3.0)
    assert (row.wrong, row.share, row.pixels) == (0, None, 240)
    nothing = near_edge(judge(found, truth(square(8, 2, 2), unknown=np.s_[:])), 3.0)
    assert (nothing.share, nothing.band) == (None, None)


def test_a_mask_that_is_right_is_a_box_that_is_right():
    (row,) = boxed(judge(answer(square(8, 2, 2) * CAT), truth(square(8, 2, 2))), "cat")
    assert (row.box_iou, row.mask_iou) == (1.0, 1.0)
    assert row.truth.box == row.found.box == (2, 2, 10, 10)


def test_a_box_flatters_a_mask_with_a_hole():
    hollow = square(12, 2, 2) - square(8, 4, 4)
    (row,) = boxed(judge(answer(hollow * CAT), truth(square(12, 2, 2))), "cat")
    assert row.box_iou == 1.0
    assert row.mask_iou == pytest.approx((144 - 64) / 144)


def test_each_true_region_has_the_found_one_that_lies_on_it():
    both = square(5, 0, 0) + square(5, 12, 12)
    found = square(4, 13, 13)
    rows = boxed(judge(answer(found * CAT), truth(both)), "cat")
    assert sorted((row.truth.box[:2], row.box_iou) for row in rows) == [((0, 0), 0.0), ((12, 12), 16 / 25)]
    assert [row.found is None for row in sorted(rows, key=lambda row: row.truth.box)] == [True, False]


def test_a_class_without_a_region_or_without_a_name_has_no_boxes():
    judged = judge(answer(square(4, 2, 2) * CAT), truth(np.zeros((20, 20))))
    assert boxed(judged, "cat") == ()
    assert boxed(judged, "unicorn") == ()
