"""The settings of decay: what has no meaning is refused, and nothing heavy is imported for it."""

import subprocess
import sys

import pytest

from core.boxes.decay import Decay, DecaySettings
from core.errors import SettingError


def test_the_values_of_the_paper_are_the_defaults():
    settings = DecaySettings()
    assert (settings.decay, settings.sigma, settings.iou_threshold) == (Decay.GAUSSIAN, 0.5, 0.3)


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("sigma", [0.0, -1.0, float("inf"), float("nan")]),
        ("iou_threshold", [-0.01, 1.01, float("nan")]),
        ("score_threshold", [-0.01, float("inf"), float("nan")]),
    ],
)
def test_a_setting_without_meaning_is_refused_by_its_name(name, values):
    for value in values:
        with pytest.raises(SettingError, match=f"{name} must"):
            DecaySettings(**{name: value})


def test_the_edges_of_the_ranges_are_settings():
    for iou_threshold in (0.0, 1.0):
        assert DecaySettings(iou_threshold=iou_threshold, score_threshold=0.0).iou_threshold == iou_threshold


def test_widgets_can_name_a_decay_before_torch_is_there():
    script = "import sys; import core.boxes.decay; assert 'torch' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
