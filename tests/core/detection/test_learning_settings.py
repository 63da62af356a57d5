"""Settings of a detector's learning check themselves."""

import subprocess
import sys

import pytest

from core.detection.learning_settings import LossSettings, OverfitSettings, Start
from core.errors import SettingError


@pytest.mark.parametrize(
    "changes",
    [{"focus": 0.0}, {"focus": 5.0}, {"offsets": 0.0}, {"classes": 10.0}],
    ids=str,
)
def test_weights_at_the_ends_of_their_ranges_are_legal(changes):
    assert LossSettings(**changes) != LossSettings()


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"focus": -0.1}, "focus must lie in"),
        ({"focus": float("nan")}, "focus must lie in"),
        ({"offsets": 11.0}, "offsets must lie in"),
        ({"classes": -1.0}, "classes must lie in"),
    ],
)
def test_weights_without_meaning_are_refused(changes, said):
    with pytest.raises(SettingError, match=said):
        LossSettings(**changes)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"learning_rate": -1e-9}, "learning_rate must lie in"),
        ({"learning_rate": float("nan")}, "learning_rate must lie in"),
        ({"steps": 0}, "steps must be from 1 to 1000, got 0"),
        ({"steps": 1001}, "steps must be from 1 to 1000, got 1001"),
        ({"seed": -1}, "seed must be from 0"),
        ({"seed": 2**32}, "seed must be from 0"),
    ],
)
def test_a_run_without_meaning_is_refused(changes, said):
    with pytest.raises(SettingError, match=said):
        OverfitSettings(**changes)


def test_a_rate_of_nothing_is_legal_and_every_start_has_its_words():
    assert OverfitSettings(learning_rate=0.0).start is Start.RANDOM
    assert all(start.title and start.lesson for start in Start)


def test_settings_need_no_torch():
    code = "import sys, core.detection.learning_settings; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
