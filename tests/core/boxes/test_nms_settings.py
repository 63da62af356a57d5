"""What a visitor chooses of suppression: every method says what it is, and numbers without meaning are refused."""

import math

import pytest

from core.boxes.decay import Decay
from core.boxes.nms_settings import Method, NmsSettings
from core.errors import SettingError


def test_each_method_has_a_name_of_its_own_and_one_line():
    assert len({method.title for method in Method}) == len(Method) == 5
    assert len({method.lesson for method in Method}) == 5
    assert all(method.lesson.endswith(".") for method in Method)


def test_either_a_threshold_decides_or_a_sigma_and_scores_fall_where_a_least_score_decides():
    assert {method for method in Method if method.has_threshold} == {Method.GREEDY, Method.DIOU, Method.LINEAR}
    assert {method for method in Method if method.decays} == {Method.LINEAR, Method.GAUSSIAN, Method.MATRIX}
    assert all(method.has_threshold or method.decays for method in Method)


@pytest.mark.parametrize("method", Method)
def test_decay_has_the_same_numbers_and_is_linear_for_one_method_alone(method):
    settings = NmsSettings(method=method, iou_threshold=0.3, sigma=0.7, score_threshold=0.1)
    decay = settings.decay_settings()
    assert (decay.iou_threshold, decay.sigma, decay.score_threshold) == (0.3, 0.7, 0.1)
    assert decay.decay is (Decay.LINEAR if method is Method.LINEAR else Decay.GAUSSIAN)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("iou_threshold", -0.01),
        ("iou_threshold", 1.01),
        ("iou_threshold", math.nan),
        ("sigma", 0.0),
        ("sigma", math.inf),
        ("sigma", math.nan),
        ("score_threshold", -0.1),
        ("score_threshold", math.nan),
    ],
)
def test_a_number_without_meaning_is_refused_by_its_name(name, value):
    with pytest.raises(SettingError, match=f"{name} must"):
        NmsSettings(**{name: value})


@pytest.mark.parametrize("value", [0.0, 1.0])
def test_both_ends_of_the_threshold_are_legal(value):
    assert NmsSettings(iou_threshold=value).iou_threshold == value
