"""The methods that are compared: each has words of its own, what is said of their maps is true, and nothing needs torch."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.attribution.methods import AttributionSettings, Method
from core.attribution.settings import Baseline, Channels, Measure, Rule


def test_each_method_has_a_name_of_its_own_and_one_line():
    assert len({method.title for method in Method}) == len(Method) == 12
    assert len({method.lesson for method in Method}) == 12
    assert all(method.lesson.endswith(".") and "\n" not in method.lesson for method in Method)


def test_a_method_is_found_by_the_word_that_stands_in_an_address():
    for method in Method:
        assert Method(method.value) is method
        assert method.value == method.value.lower()
        assert " " not in method.value


def test_five_methods_have_the_cells_of_a_layer():
    assert {method for method in Method if method.coarse} == {
        Method.GRAD_CAM,
        Method.GRAD_CAM_PLUS_PLUS,
        Method.LAYER_CAM,
        Method.SCORE_CAM,
        Method.CAM,
    }


def test_a_layer_can_be_chosen_for_the_coarse_ones_but_cam_and_for_guided_grad_cam():
    expected = {method for method in Method if method.coarse} - {Method.CAM} | {Method.GUIDED_GRAD_CAM}
    assert {method for method in Method if method.layered} == expected


def test_three_methods_say_what_speaks_against_a_class():
    assert {method for method in Method if method.signed} == {
        Method.CAM,
        Method.INTEGRATED_GRADIENTS,
        Method.GRADIENT_X_INPUT,
    }


def test_what_is_not_chosen_is_the_logit_from_black_and_the_largest_channel():
    settings = AttributionSettings()
    assert (settings.measure, settings.channels) == (Measure.SCORE, Channels.LARGEST)
    assert settings.baseline.kind is Baseline.BLACK
    assert (settings.integration.rule, settings.integration.steps) == (Rule.GAUSS_LEGENDRE, 32)
    assert (settings.noise.samples, settings.score_cam.top) == (20, 64)


def test_settings_are_one_value_that_a_cache_may_ask_for():
    assert hash(AttributionSettings()) == hash(AttributionSettings())
    assert AttributionSettings() == AttributionSettings()
    assert AttributionSettings(measure=Measure.CROSS_ENTROPY) != AttributionSettings()
    with pytest.raises(AttributeError):
        AttributionSettings().measure = Measure.SCORE  # pyright: ignore[reportAttributeAccessIssue]


def test_the_methods_bring_neither_torch_nor_numpy():
    code = "import sys, core.attribution.methods; print({'torch', 'numpy'} & {*sys.modules})"
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
