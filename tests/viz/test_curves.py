"""Charts: what is read from a curve is what a count says, also beside its steps."""

import math
import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from viz.curves import coverage, coverage_curve, steps

IOUS = st.lists(st.floats(0, 1, allow_subnormal=False), min_size=1, max_size=8)


def naive(best, threshold):
    return 100 * len([iou for iou in best if not iou < threshold]) / len(best)


def read(best, threshold):
    """The height of the drawn line over `threshold`; where it falls straight down, its upper end."""
    corners = steps(best)
    for (x1, y1), (x2, y2) in pairwise(corners):
        if x1 <= threshold <= x2 and y1 == y2:
            return y1
    raise AssertionError(f"the curve has a gap at {threshold}")


def drawn(best, threshold):
    return ElementTree.fromstring(coverage_curve(best, threshold).replace(' xmlns="http://www.w3.org/2000/svg"', ""))


@settings(deadline=None)
@given(best=IOUS, at=st.floats(0, 1, allow_subnormal=False))
def test_the_curve_shows_the_share_of_objects_that_reach_each_threshold(best, at):
    for place in (at, 0.0, 1.0, *best):
        assert coverage(best, place) == pytest.approx(naive(best, place))
        for beside in (place, math.nextafter(place, 0), min(1.0, math.nextafter(place, 2))):
            assert read(best, beside) == pytest.approx(naive(best, beside))


@settings(deadline=None)
@given(best=IOUS)
def test_the_curve_goes_from_zero_to_one_and_never_rises(best):
    across, down = zip(*steps(best), strict=True)
    assert (across[0], across[-1]) == (0, 1)
    assert list(across) == sorted(across)
    assert list(down) == sorted(down, reverse=True)


@pytest.mark.parametrize("threshold", [0.0, 0.3, 0.5, 0.745, 1.0])
def test_one_mark_stands_on_the_curve_at_the_threshold_and_says_its_share(threshold):
    best = (0.745, 0.3, 0.9)
    picture = drawn(best, threshold)
    (mark,) = picture.iter("circle")
    corners = [tuple(map(float, pair.split(","))) for pair in next(picture.iter("polyline")).get("points").split()]
    x, y = float(mark.get("cx")), float(mark.get("cy"))
    assert any(
        min(x1, x2) - 0.1 <= x <= max(x1, x2) + 0.1 and min(y1, y2) - 0.1 <= y <= max(y1, y2) + 0.1
        for (x1, y1), (x2, y2) in pairwise(corners)
    )
    assert f"{naive(best, threshold):.0f} % at {threshold:.2f}" in [text.text for text in picture.iter("text")]


def test_just_above_the_best_iou_of_an_object_it_is_gone():
    assert [read((0.4, 0.8), at) for at in (0.4, 0.41, 0.8, 0.81, 1.0)] == [100, 50, 50, 0, 0]


def test_objects_that_fit_equally_well_fall_together():
    assert [read((0.6, 0.6, 0.6, 0.9), at) for at in (0.6, 0.61, 0.9, 0.91)] == [100, 25, 25, 0]


def test_no_objects_are_all_covered_and_draw_a_level_line():
    assert coverage((), 0.5) == 100
    assert steps(()) == [(0.0, 100.0), (1.0, 100.0)]
    assert "100 % at 0.50" in coverage_curve((), 0.5)


@pytest.mark.parametrize("threshold", [0.0, 0.5, 1.0])
def test_the_whole_curve_its_mark_and_their_words_are_in_view(threshold):
    picture = drawn((0.2, 1.0), threshold)
    left, top, width, height = map(float, picture.get("viewBox").split())
    for text in picture.iter("text"):
        x, y, wide = float(text.get("x")), float(text.get("y")), 6.5 * len(text.text)
        start = {"start": x, "middle": x - wide / 2, "end": x - wide}[text.get("text-anchor")]
        assert left <= start
        assert start + wide <= width
        assert top < y < height
    points = re.findall(r"([\d.]+),([\d.]+)", next(picture.iter("polyline")).get("points"))
    assert all(left <= float(x) <= width and top <= float(y) <= height for x, y in points)
