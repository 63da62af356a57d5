"""How maps become colours: sign, clipping, blur, one scale."""

from dataclasses import replace

import numpy as np
import pytest

from core.attribution.methods import Method
from core.experiments.attribution import Explanation
from core.experiments.cost import Cost
from ui.sections.attribution.display import Display, Sign, apart, shown, words
from viz.attributions import ColourMap

SHARP = Display(blur=0.0, clip=100.0)


def explanation(values, method=Method.INTEGRATED_GRADIENTS) -> Explanation:
    map = np.array(values, np.float32)
    return Explanation(method, 0, "cat", 0.9, 3.0, None, map, map, None, Cost("CPU", 0, 1, 1.0, 0.0))


def values(map, display=SHARP, method=Method.INTEGRATED_GRADIENTS):
    (one,) = shown([explanation(map, method)], display)
    return one


def test_a_signed_map_is_divided_by_its_largest_magnitude():
    one = values([[2.0, -4.0], [0.0, 1.0]])
    assert one.signed
    assert one.colours is ColourMap.RED_BLUE
    assert one.most == 4
    assert one.values.tolist() == [[0.5, -1.0], [0.0, 0.25]]


@pytest.mark.parametrize(("sign", "expected"), [(Sign.FOR, [[1.0, 0.0]]), (Sign.MAGNITUDE, [[0.5, 1.0]])])
def test_without_its_sign_a_map_has_the_chosen_colours(sign, expected):
    one = values([[2.0, -4.0]], replace(SHARP, sign=sign, colours=ColourMap.CIVIDIS))
    assert not one.signed
    assert one.colours is ColourMap.CIVIDIS
    assert one.values.tolist() == expected


def test_a_map_of_zeros_stays_empty():
    one = values(np.zeros((3, 3)))
    assert not one.values.any()
    assert np.isfinite(one.values).all()


def test_a_percentile_lets_a_few_pixels_be_as_bright_as_the_others():
    map = np.ones((10, 10))
    map[0, 0] = 100
    assert values(map, replace(SHARP, clip=95.0)).values[5, 5] == 1
    assert values(map).values[5, 5] == pytest.approx(0.01)


def test_cells_of_a_layer_are_neither_clipped_nor_blurred():
    map = np.zeros((10, 10))
    map[0, 0], map[5, 5] = 100, 1
    one = values(map, Display(), Method.GRAD_CAM)
    assert (one.values[0, 0], one.values[5, 5]) == (1, pytest.approx(0.01))


def test_blur_spreads_a_pixel_and_keeps_its_sum():
    map = np.zeros((21, 21))
    map[10, 10] = 1.0
    one = values(map, replace(SHARP, blur=1.5))
    assert one.values[10, 11] > 0.5
    assert (one.values * one.most).sum() == pytest.approx(1.0, abs=1e-3)


def test_on_one_scale_the_weaker_class_is_paler():
    strong, weak = explanation([[4.0, 0.0]]), explanation([[1.0, 0.0]])
    own = shown([strong, weak], SHARP)
    same = shown([strong, weak], replace(SHARP, same_scale=True))
    assert [one.values.max() for one in own] == [1, 1]
    assert [one.values.max() for one in same] == [1, 0.25]
    assert {one.most for one in same} == {4.0}


def test_a_method_is_named_with_its_layer():
    assert words(Method.GRAD_CAM, "features.12") == "Grad-CAM at features.12"
    assert words(Method.GRADIENT, None) == "Gradient"


def test_a_difference_is_clipped_and_signed_as_maps_are_and_keeps_its_unit():
    first, second = explanation([[3.0, 0.0], [1.0, 0.0]]), explanation([[1.0, 4.0], [1.0, 0.0]])
    values, most = apart(first, second, SHARP)
    assert most == pytest.approx(4.0)
    assert values.tolist() == [[0.5, -1.0], [0.0, 0.0]]
    values, most = apart(first, explanation([[-1.0, 0.0], [1.0, 0.0]]), replace(SHARP, sign=Sign.FOR))
    assert most == pytest.approx(3.0), "what speaks against the second class is not shown"
    assert values.tolist() == [[1.0, 0.0], [0.0, 0.0]]


def test_the_difference_of_a_map_and_itself_is_empty():
    values, most = apart(explanation([[1.0, 2.0]]), explanation([[1.0, 2.0]]), SHARP)
    assert not values.any()
    assert most == 0
