"""Settings of a visualisation: words for every choice, ranges that are checked, no torch."""

import subprocess
import sys

import pytest

from core.adversarial.visualisation_settings import DREAM, Raised, Start, VisualisationSettings
from core.errors import SettingError


@pytest.mark.parametrize("option", [*Raised, *Start])
def test_every_choice_has_words(option):
    assert option.title
    assert option.lesson.endswith(".")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("target", -1),
        ("seed", -1),
        ("seed", 2**32),
        ("steps", 0),
        ("steps", 1001),
        ("rate", -0.1),
        ("rate", 1.5),
        ("rate", float("nan")),
        ("l2", -1.0),
        ("total_variation", float("inf")),
        ("blur", -0.1),
        ("blur", 21.0),
        ("blur_every", 0),
        ("jitter", -1),
        ("jitter", 129),
        ("octaves", 0),
        ("octaves", 9),
        ("octave_scale", 0.9),
        ("octave_scale", 4.5),
    ],
)
def test_a_number_without_meaning_is_refused_by_name_rule_and_value(name, value):
    with pytest.raises(SettingError, match=rf"{name} must be (from|at least) .*, got {value}"):
        VisualisationSettings(**{name: value})


def test_the_rule_names_both_ends():
    with pytest.raises(SettingError, match=r"seed must be from 0 to 4,294,967,295, got -1\."):
        VisualisationSettings(seed=-1)
    with pytest.raises(SettingError, match=r"target must be at least 0, got -1\."):
        VisualisationSettings(target=-1)


def test_everything_that_keeps_calm_can_be_switched_off():
    plain = VisualisationSettings(
        rate=0.0, l2=0.0, total_variation=0.0, blur=0.0, jitter=0, octaves=1, octave_scale=1.0
    )
    assert plain.octaves == 1


def test_a_dream_begins_with_the_photo():
    assert DREAM.start is Start.PHOTO


def test_needs_no_torch():
    code = "import sys, core.adversarial.visualisation_settings; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
