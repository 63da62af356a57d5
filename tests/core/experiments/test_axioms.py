"""A function that saturates: the golden case, the laws of its attributions, and its edges."""

import math

import pytest

from core.errors import SettingError
from core.experiments.axioms import LEAST, MOST, saturation

PLACES = (-1.0, -0.4, 0.0, 0.35, 1.0, 1.6, 2.0, 3.0)


def test_the_gradient_misses_what_integrated_gradients_give_whole():
    found = saturation(2.0, 0.0)
    assert (found.value, found.baseline_value, found.rise) == (1.0, 0.0, 1.0)
    assert found.gradient == 0.0
    assert found.gradient_x_input == 0.0
    assert found.integrated == pytest.approx(1.0, abs=1e-9)
    assert found.breaks_sensitivity


@pytest.mark.parametrize("x", PLACES)
@pytest.mark.parametrize("baseline", PLACES)
def test_integrated_gradients_give_the_rise_but_for_the_step_with_the_bend(x, baseline):
    found = saturation(x, baseline)
    most = abs(x - baseline) / (2 * found.points)
    assert found.integrated == pytest.approx(found.rise, abs=most + 1e-12)
    assert found.rise == pytest.approx(min(x, 1.0) - min(baseline, 1.0))


@pytest.mark.parametrize("x", PLACES)
def test_the_gradient_is_1_before_the_bend_and_0_from_it_on(x):
    found = saturation(x, 0.0)
    assert found.gradient == float(x < 1)
    assert found.gradient_x_input == x * found.gradient


def test_where_nothing_rises_no_axiom_is_broken():
    assert not saturation(2.0, 2.0).breaks_sensitivity
    assert not saturation(3.0, 1.0).breaks_sensitivity
    assert not saturation(0.5, 0.0).breaks_sensitivity


def test_an_input_that_is_its_baseline_gets_nothing():
    assert saturation(0.7, 0.7).integrated == 0.0


def test_the_drawing_has_the_bend_and_goes_from_end_to_end():
    curve = saturation(2.0, 0.0).curve
    assert (curve[0], curve[-1]) == ((LEAST, -1.0), (MOST, 1.0))
    for place, value in curve:
        assert value == pytest.approx(min(place, 1.0))
    assert any(math.isclose(place, 1.0) for place, _ in curve)


@pytest.mark.parametrize(("x", "baseline", "name"), [(3.1, 0.0, "x"), (0.0, -1.01, "baseline"), (math.nan, 0.0, "x")])
def test_a_number_outside_of_the_drawing_is_refused(x, baseline, name):
    with pytest.raises(SettingError, match=f"{name} must be from -1 to 3"):
        saturation(x, baseline)
