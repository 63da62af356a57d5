"""Curves over a threshold: they stand where their values are, with gaps where there are none, and all of it is in view."""

import re
from xml.etree import ElementTree

import pytest

from viz.colours import POSITIVE, TRUTH, Stroke
from viz.threshold_curves import Line, threshold_curves, value_at

RISING = Line("kept", POSITIVE, tuple((place / 10, place * 5.0) for place in range(11)))
GAPPED = Line("precision", TRUTH, ((0.0, 0.5), (0.2, 0.25), (0.4, None), (0.6, 1.0), (1.0, 0.0)))


def drawn(lines, *, at=0.5, x_name="IoU threshold", x_most=1.0, y_most=50.0, y_name="boxes kept"):
    picture = threshold_curves(lines, at=at, x_name=x_name, x_most=x_most, y_most=y_most, y_name=y_name)
    return ElementTree.fromstring(picture.replace(' xmlns="http://www.w3.org/2000/svg"', ""))


def corners(polyline) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(\S+),(\S+)", polyline.get("points"))]


def frame(picture) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of the plot, as its grid draws it."""
    grid = [line for line in picture.iter("line") if line.get("opacity")]
    heights = [float(line.get("y1")) for line in grid]
    return float(grid[0].get("x1")), min(heights), float(grid[0].get("x2")), max(heights)


@pytest.mark.parametrize("x_most", [1.0, 2.0])
def test_each_point_stands_where_its_value_is(x_most):
    line = Line("kept", POSITIVE, tuple((x * x_most, y) for x, y in RISING.points))
    picture = drawn([line], x_most=x_most, at=0.3 * x_most)
    left, top, right, bottom = frame(picture)
    (curve,) = picture.iter("polyline")
    assert curve.get("stroke") == POSITIVE.colour
    expected = [(left + (right - left) * part / 10, bottom + (top - bottom) * part / 10) for part in range(11)]
    for (x, y), (wanted_x, wanted_y) in zip(corners(curve), expected, strict=True):
        assert (x, y) == pytest.approx((wanted_x, wanted_y), abs=0.06)


@pytest.mark.parametrize("at", [0.0, 0.3, 1.0])
def test_the_mark_stands_on_the_curve_at_the_value_that_is_set(at):
    picture = drawn([RISING], at=at)
    left, top, right, bottom = frame(picture)
    (mark,) = picture.iter("circle")
    x, y = float(mark.get("cx")), float(mark.get("cy"))
    assert (x, y) == pytest.approx((left + (right - left) * at, bottom + (top - bottom) * at), abs=0.06)
    (dashed,) = [line for line in picture.iter("line") if not line.get("opacity")]
    assert float(dashed.get("x1")) == float(dashed.get("x2")) == pytest.approx(x, abs=0.06)


def test_a_gap_parts_the_curve_and_has_no_mark():
    picture = drawn([GAPPED], y_most=1.0, at=0.4)
    assert [len(corners(curve)) for curve in picture.iter("polyline")] == [2, 2]
    assert not list(picture.iter("circle"))
    assert len(list(drawn([GAPPED], y_most=1.0, at=0.7).iter("circle"))) == 1


def test_a_curve_without_any_value_draws_nothing():
    picture = drawn([Line("none", POSITIVE, ((0.0, None), (1.0, None))), Line("empty", TRUTH, ())])
    assert not list(picture.iter("polyline"))
    assert not list(picture.iter("circle"))


def test_the_value_is_that_of_the_last_point_up_to_where_it_is_read():
    assert value_at(RISING, 0.3) == 15
    assert value_at(RISING, 0.30000000000000004) == 15
    assert value_at(RISING, 0.1 + 0.2) == value_at(RISING, 0.3)
    assert value_at(RISING, 0.39) == 15
    assert value_at(RISING, 9.0) == 50
    assert value_at(RISING, -0.1) is None
    assert value_at(GAPPED, 0.5) is None
    assert value_at(Line("empty", TRUTH, ()), 0.5) is None


def test_each_curve_has_its_stroke_and_dash():
    picture = drawn([RISING, Line("dashed", Stroke("#123456", "4 2"), RISING.points)])
    first, second = picture.iter("polyline")
    assert first.get("stroke-dasharray") == (POSITIVE.dash or None)
    assert (second.get("stroke"), second.get("stroke-dasharray")) == ("#123456", "4 2")
    assert [mark.get("fill") for mark in picture.iter("circle")] == [POSITIVE.colour, "#123456"]


@pytest.mark.parametrize(
    ("y_most", "expected"),
    [
        (1.0, ["0", "0.25", "0.5", "0.75", "1"]),
        (2000.0, ["0", "500", "1,000", "1,500", "2,000"]),
        (7.0, ["0", "1.75", "3.5", "5.25", "7"]),
        (0.0, ["0", "0.25", "0.5", "0.75", "1"]),
    ],
)
def test_the_heights_are_written_beside_the_grid(y_most, expected):
    texts = [text.text for text in drawn([], y_most=y_most).iter("text") if text.get("text-anchor") == "end"]
    assert texts == expected


@pytest.mark.parametrize(
    ("x_most", "expected"),
    [(1.0, ["0", "0.2", "0.4", "0.6", "0.8", "1"]), (2.0, ["0", "0.4", "0.8", "1.2", "1.6", "2"])],
)
def test_the_places_are_written_below_it(x_most, expected):
    texts = [text.text for text in drawn([], x_most=x_most).iter("text") if text.get("text-anchor") == "middle"]
    assert texts == [*expected, "IoU threshold"]


@pytest.mark.parametrize("at", [0.0, 1.0, 5.0])
def test_all_of_it_is_in_view(at):
    picture = drawn([RISING, GAPPED], at=at, y_most=2000.0)
    left, top, width, height = map(float, picture.get("viewBox").split())
    for text in picture.iter("text"):
        x, y, wide = float(text.get("x")), float(text.get("y")), 6.5 * len(text.text)
        start = {"start": x, "middle": x - wide / 2, "end": x - wide}[text.get("text-anchor")]
        assert left <= start
        assert start + wide <= width
        assert top < y < height
    places = [corner for curve in picture.iter("polyline") for corner in corners(curve)]
    places += [(float(mark.get("cx")), float(mark.get("cy"))) for mark in picture.iter("circle")]
    assert all(left <= x <= width and top <= y <= height for x, y in places)


def test_names_are_text_and_never_markup():
    picture = drawn([RISING], x_name="σ < 1 & more", y_name="<script>kept</script>")
    assert not list(picture.iter("script"))
    assert {"σ < 1 & more", "<script>kept</script>"} <= {text.text for text in picture.iter("text")}
