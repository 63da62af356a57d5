"""Gaps over numbers of points: each stands where both logarithms put it, all of it is in view, five rules can be told apart."""

import re
from xml.etree import ElementTree

import pytest

from viz import plot
from viz.gap_chart import LEAST, RULES, gap_chart
from viz.threshold_curves import Line

FALLING = Line("midpoints", RULES[2], ((8.0, 1.0), (16.0, 0.1), (32.0, 0.01)))


def drawn(lines, *, first=8, last=32, wanted=0.05, at=None):
    picture = gap_chart(lines, first=first, last=last, wanted=wanted, at=at)
    return ElementTree.fromstring(picture.replace(' xmlns="http://www.w3.org/2000/svg"', ""))


def corners(polyline) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(\S+),(\S+)", polyline.get("points"))]


def words(picture) -> list[str]:
    return [text.text for text in picture.iter("text")]


def test_a_gap_that_falls_tenfold_for_twice_the_points_is_a_straight_line():
    (curve,) = drawn([FALLING]).iter("polyline")
    expected = [(plot.x(part), plot.y(1 - part)) for part in (0.0, 0.5, 1.0)]
    for spot, wanted in zip(corners(curve), expected, strict=True):
        assert spot == pytest.approx(wanted, abs=0.06)


def test_the_axes_say_points_and_percent():
    said = words(drawn([FALLING]))
    for word in ("8", "16", "32", "1", "10", "100"):
        assert word in said


def test_the_wanted_gap_lies_where_its_curve_would():
    level = Line("level", RULES[0], ((8.0, 0.05), (32.0, 0.05)))
    picture = drawn([FALLING, level])
    (line,) = [one for one in picture.iter("line") if one.get("class") == "wanted"]
    assert float(line.get("y1")) == pytest.approx(corners(list(picture.iter("polyline"))[1])[0][1], abs=0.06)
    assert "5 %" in words(picture)


def test_the_ring_marks_what_is_set_between_two_points():
    (ring,) = [one for one in drawn([FALLING], at=(16.0, 0.1)).iter("circle") if one.get("class") == "set"]
    assert (float(ring.get("cx")), float(ring.get("cy"))) == pytest.approx((plot.x(0.5), plot.y(0.5)), abs=0.06)
    assert not [one for one in drawn([FALLING]).iter("circle") if one.get("class") == "set"]


def test_a_gap_of_none_is_left_out_and_one_of_zero_stays_in_view():
    line = Line("exact", RULES[4], ((8.0, None), (16.0, 0.0), (32.0, 1e9)))
    (curve,) = drawn([line]).iter("polyline")
    zero, huge = corners(curve)
    assert zero == pytest.approx((plot.x(0.5), plot.y(0)), abs=0.06)
    assert huge == pytest.approx((plot.x(1), plot.y(1)), abs=0.06)
    assert f"{LEAST * 100:g}" in words(drawn([line]))


def test_without_any_gap_there_is_a_frame():
    assert "5 %" in words(drawn([Line("none", RULES[0], ((8.0, None),))]))


def test_a_gap_above_the_whole_rise_has_a_tick_that_is_a_number():
    assert "1,000" in words(drawn([Line("wild", RULES[0], ((8.0, 2.3), (16.0, 0.2)))]))


def test_five_rules_differ_in_colour_and_in_dash():
    assert len({one.colour for one in RULES}) == len({one.dash for one in RULES}) == 5
