"""Bars that divide as their shares do, and a loss that falls on a logarithmic axis."""

import re
import xml.etree.ElementTree as ElementTree

import pytest

from viz import plot
from viz.loss_charts import falling_chart, share_bars

PARTS = {
    "whole": [10.0, 1.0, 0.1],
    "confidence": [4.0, 0.5, 0.0],
    "offsets": [3.0, 0.2, 0.05],
    "class": [3.0, 0.3, 0.05],
}


def widths(svg: str) -> list[float]:
    return [float(found) for found in re.findall(r'width="([\d.]+)" height="26"', svg)]


def test_a_bar_divides_as_its_shares_do():
    svg = share_bars({"a": (0.5, 0.3, 0.2), "b": (0.0, 0.0, 1.0)}, ("one", "two", "three"))
    ElementTree.fromstring(svg)
    assert widths(svg) == pytest.approx([194, 116.4, 77.6, 0, 0, 388], abs=0.06)
    assert "50 %" in svg
    assert "100 %" in svg


def test_a_part_too_narrow_for_its_number_has_none():
    assert "1 %" not in share_bars({"a": (0.01, 0.0, 0.99)}, ("one", "two", "three"))


def test_nearly_all_is_not_told_as_all():
    assert "&gt; 99 %" in share_bars({"a": (0.998, 0.001, 0.001)}, ("one", "two", "three"))


def test_names_are_words_and_no_markup():
    svg = share_bars({"<b>": (1.0, 0.0, 0.0)}, ("a & b", "two", "three"))
    ElementTree.fromstring(svg)


def points(svg: str) -> list[list[tuple[float, float]]]:
    lines = re.findall(r'polyline points="([^"]+)"', svg)
    pairs = ([point.split(",") for point in line.split()] for line in lines)
    return [[(float(x), float(y)) for x, y in line] for line in pairs]


def test_ten_times_less_is_always_the_same_way_down():
    whole = points(falling_chart([0, 50, 100], PARTS, 100))[0]
    (_, first), (_, second), (_, third) = whole
    assert second - first == pytest.approx(third - second, abs=0.15)
    assert [x for x, _ in whole] == pytest.approx([plot.x(0), plot.x(0.5), plot.x(1)], abs=0.1)


def test_a_loss_of_nothing_lies_on_the_axis():
    confidence = points(falling_chart([0, 50, 100], PARTS, 100))[1]
    assert confidence[-1][1] == pytest.approx(plot.y(0), abs=0.1)


@pytest.mark.parametrize("steps", [[], [0, 1]])
def test_parts_of_another_length_are_refused(steps):
    with pytest.raises(ValueError, match="a value for each step"):
        falling_chart(steps, PARTS, 100)
