"""The drawing of a function that saturates: the way lies on the curve, the bar is the rise, the tangent has its slope."""

import re
from xml.etree import ElementTree

import pytest

from viz.saturation_chart import saturation_chart

CURVE = tuple((place / 10, min(place / 10, 1.0)) for place in range(-10, 31))


def drawn(x, baseline, gradient):
    picture = saturation_chart(CURVE, x=x, baseline=baseline, gradient=gradient)
    return ElementTree.fromstring(picture.replace(' xmlns="http://www.w3.org/2000/svg"', ""))


def corners(polyline) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in re.findall(r"(\S+),(\S+)", polyline.get("points"))]


def line(picture, kind) -> list[float]:
    (found,) = [one for one in picture.iter("line") if one.get("class") == kind]
    return [float(found.get(name)) for name in ("x1", "y1", "x2", "y2")]


def units(picture) -> tuple[float, float]:
    """Pixels of one unit to the right and upwards, read off the curve itself."""
    spots = corners(next(picture.iter("polyline")))
    (left, low), (right, high) = spots[0], spots[-1]
    return (right - left) / 4, (low - high) / 2


@pytest.mark.parametrize(("x", "baseline"), [(2.0, 0.0), (0.0, 2.0), (0.53, -0.77), (3.0, -1.0), (1.0, 1.0)])
def test_the_way_lies_on_the_curve_between_baseline_and_x(x, baseline):
    picture = drawn(x, baseline, 0.0)
    curve, way = picture.iter("polyline")
    (left, bottom), *_ = corners(curve)
    across, up = units(picture)
    spots = corners(way)
    assert spots[0][0] == pytest.approx(left + across * (min(x, baseline) + 1), abs=0.06)
    assert spots[-1][0] == pytest.approx(left + across * (max(x, baseline) + 1), abs=0.06)
    for place, height in spots:
        value = min((place - left) / across - 1, 1.0)
        assert height == pytest.approx(bottom - up * (value + 1), abs=0.2)


@pytest.mark.parametrize(("x", "baseline", "rise"), [(2.0, 0.0, 1.0), (-1.0, 0.5, -1.5), (3.0, 2.0, 0.0)])
def test_the_bar_is_as_high_as_f_rises(x, baseline, rise):
    picture = drawn(x, baseline, 0.0)
    _, foot, _, top = line(picture, "rise")
    assert foot - top == pytest.approx(rise * units(picture)[1], abs=0.15)


@pytest.mark.parametrize("gradient", [0.0, 1.0])
def test_the_tangent_has_its_slope(gradient):
    picture = drawn(0.5, 0.0, gradient)
    x1, y1, x2, y2 = line(picture, "tangent")
    across, up = units(picture)
    assert (y1 - y2) / up == pytest.approx(gradient * (x2 - x1) / across, abs=0.01)


def test_a_place_outside_of_the_curve_is_no_place():
    with pytest.raises(ValueError, match=r"3\.5 lies outside"):
        saturation_chart(CURVE, x=3.5, baseline=0.0, gradient=0.0)
