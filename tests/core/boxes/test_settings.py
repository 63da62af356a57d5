"""Measures and descent settings: names, rules, and no torch."""

import math
import subprocess
import sys

import pytest

from core.boxes.settings import DescentSettings, Measure
from core.errors import SettingError


def test_measures_are_titled_as_the_papers_write_them_and_each_has_one_line_to_say():
    assert [measure.title for measure in Measure] == ["IoU", "GIoU", "DIoU", "CIoU"]
    lessons = [measure.lesson for measure in Measure]
    assert len(set(lessons)) == 4
    assert all(lesson.endswith(".") and "\n" not in lesson for lesson in lessons)


@pytest.mark.parametrize("steps", [1, 1000])
@pytest.mark.parametrize("rate", [1e-6, 1.0])
def test_the_ends_of_the_ranges_are_legal(steps, rate):
    settings = DescentSettings(steps=steps, learning_rate=rate)
    assert (settings.steps, settings.learning_rate) == (steps, rate)


@pytest.mark.parametrize("steps", [0, -1, 1001])
def test_a_number_of_steps_outside_the_range_is_named_with_its_rule(steps):
    with pytest.raises(SettingError, match=rf"steps must be .* 1 to 1000, got {steps}\."):
        DescentSettings(steps=steps)


@pytest.mark.parametrize("rate", [0.0, -0.1, 1.01, math.inf, math.nan])
def test_a_rate_outside_the_range_is_named_with_its_rule(rate):
    with pytest.raises(SettingError, match=rf"learning_rate must be .* at most 1, got {rate}\."):
        DescentSettings(learning_rate=rate)


def test_a_fresh_process_reads_the_settings_without_torch():
    code = "import sys, core.boxes.settings; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
