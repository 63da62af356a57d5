"""What a visitor chooses of attribution: every option has words, numbers without meaning are refused, nothing needs torch."""

import math
import subprocess
import sys
from pathlib import Path

import pytest

from core.attribution.settings import (
    Baseline,
    BaselineSettings,
    Channels,
    IntegrationSettings,
    Measure,
    Rule,
    SmoothGradSettings,
)
from core.errors import SettingError


@pytest.mark.parametrize(("options", "count"), [(Measure, 3), (Channels, 3), (Rule, 5), (Baseline, 9)])
def test_each_option_has_a_name_of_its_own_and_one_line(options, count):
    assert len({option.title for option in options}) == len(options) == count
    assert len({option.lesson for option in options}) == count
    assert all(option.lesson.endswith(".") and "\n" not in option.lesson for option in options)


def test_two_baselines_are_pictures_and_the_others_are_made():
    assert {kind for kind in Baseline if kind.needs_picture} == {Baseline.PICTURE, Baseline.MEAN_PHOTO}


@pytest.mark.parametrize(
    ("settings", "name", "value"),
    [
        (IntegrationSettings, "steps", 0),
        (IntegrationSettings, "steps", 1001),
        (SmoothGradSettings, "level", -0.01),
        (SmoothGradSettings, "level", 1.01),
        (SmoothGradSettings, "level", math.nan),
        (SmoothGradSettings, "samples", 0),
        (SmoothGradSettings, "samples", 201),
        (SmoothGradSettings, "seed", -1),
        (BaselineSettings, "blur", 0.0),
        (BaselineSettings, "blur", math.inf),
        (BaselineSettings, "blur", math.nan),
        (BaselineSettings, "noise", -0.1),
        (BaselineSettings, "noise", math.nan),
        (BaselineSettings, "colour", (0.0, 0.0, 1.1)),
        (BaselineSettings, "colour", (math.nan, 0.0, 0.0)),
        (BaselineSettings, "seed", 2**32),
    ],
)
def test_a_number_without_meaning_is_refused_by_its_name(settings, name, value):
    with pytest.raises(SettingError, match=f"{name} must") as raised:
        settings(**{name: value})
    assert str(value) in raised.value.problem


@pytest.mark.parametrize(
    ("settings", "name", "value"),
    [
        (IntegrationSettings, "steps", 1),
        (IntegrationSettings, "steps", 1000),
        (SmoothGradSettings, "level", 0.0),
        (SmoothGradSettings, "samples", 200),
        (BaselineSettings, "noise", 0.0),
        (BaselineSettings, "colour", (0.0, 1.0, 0.0)),
        (BaselineSettings, "seed", 2**32 - 1),
    ],
)
def test_both_ends_of_a_range_are_legal(settings, name, value):
    assert getattr(settings(**{name: value}), name) == value


def test_trapezoids_need_two_points():
    with pytest.raises(SettingError, match=r"from 2 to 1,000.*Trapezoids"):
        IntegrationSettings(rule=Rule.TRAPEZOID, steps=1)
    assert IntegrationSettings(rule=Rule.TRAPEZOID, steps=2).steps == 2


def test_the_settings_bring_neither_torch_nor_numpy():
    code = "import sys, core.attribution.settings; print({'torch', 'numpy'} & {*sys.modules})"
    root = Path(__file__).parents[3]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"
