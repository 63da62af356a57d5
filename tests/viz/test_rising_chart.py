"""The chart of a run so far."""

import re

import pytest

from viz import plot
from viz.colours import Stroke
from viz.rising_chart import rising_chart


def spots(svg: str) -> list[tuple[float, float]]:
    (line,) = re.findall(r'<polyline points="([^"]+)"', svg)
    return [tuple(map(float, spot.split(","))) for spot in line.split()]


def test_points_lie_where_their_steps_and_values_are():
    found = spots(rising_chart([(0, 0.0), (5, 10.0), (10, 5.0)], 10, name="score"))
    assert found == [(plot.x(0), plot.y(0)), (plot.x(0.5), plot.y(1)), (plot.x(1), plot.y(0.5))]


def test_zero_is_always_on_the_axis():
    svg = rising_chart([(1, -4.0), (2, -2.0)], 4, name="score")
    assert spots(svg)[0][1] == plot.y(0)
    assert ">0</text>" in svg
    assert ">−4</text>" in svg
    assert ">1,262</text>" in rising_chart([(1, 1262.4)], 4, name="strength")


def test_one_point_of_nothing_is_a_chart():
    assert spots(rising_chart([(1, 0.0)], 1, name="score")) == [(plot.x(1), plot.y(0))]


def test_a_run_that_was_made_shorter_stays_on_the_axis():
    assert spots(rising_chart([(1, 1.0), (30, 2.0)], 20, name="score"))[-1] == (plot.x(1), plot.y(1))


def test_a_name_is_escaped_and_no_point_is_no_chart():
    assert "&lt;b&gt;" in rising_chart([(1, 1.0)], 2, name="<b>")
    with pytest.raises(ValueError, match="at least one"):
        rising_chart([], 10, name="score")


def test_a_step_at_which_something_changed_has_an_upright():
    svg = rising_chart([(0, 0.0), (10, 1.0)], 10, name="loss", marks=(5,))
    assert svg.count(plot.upright(0.5)) == 1


def test_what_is_above_the_most_lies_at_the_upper_end():
    svg = rising_chart([(0, 50.0), (5, 1.0), (10, 2.0)], 10, name="loss", most=2.0)
    assert [y for _, y in spots(svg)] == [plot.y(1), plot.y(0.5), plot.y(1)]
    assert ">50</text>" not in svg


def test_a_curve_has_its_stroke():
    svg = rising_chart([(0, 0.0), (10, 1.0)], 10, name="loss", stroke=Stroke("#D55E00", "2 3"))
    assert 'stroke="#D55E00"' in svg
    assert 'stroke-dasharray="2 3"' in svg
