"""Measures, rules and settings: names, what is refused, and no torch."""

import dataclasses
import math
import subprocess
import sys

import pytest

from core.boxes.settings import AssignmentSettings, DescentSettings, Labelled, Measure, Rule, kind_of
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


def test_the_rules_of_a_link_are_these_three():
    assert [rule.value for rule in Rule] == ["textbook", "thresholds", "cell"]


def test_the_defaults_are_the_courses_rule_and_the_usual_thresholds():
    settings = AssignmentSettings()
    assert (settings.rule, settings.positive, settings.negative) == (Rule.CELL, 0.5, 0.3)


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize(("negative", "positive"), [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.5, 0.5)])
def test_the_ends_of_the_thresholds_are_legal(rule, negative, positive):
    settings = AssignmentSettings(rule=rule, negative=negative, positive=positive)
    assert (settings.negative, settings.positive) == (negative, positive)


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("name", ["positive", "negative"])
@pytest.mark.parametrize("bad", [-0.01, 1.01, math.nan, math.inf])
def test_a_threshold_that_is_no_iou_is_named_with_its_rule(rule, name, bad):
    with pytest.raises(SettingError, match=rf"thresholds must lie in \[0, 1\], got .*{bad}"):
        AssignmentSettings(rule=rule, **{name: bad})


def test_thresholds_that_cross_are_refused_with_both_values():
    with pytest.raises(SettingError, match=r"0\.6 must not be above the positive one 0\.5\. Move one of the two\."):
        AssignmentSettings(rule=Rule.THRESHOLDS, negative=0.6, positive=0.5)


@pytest.mark.parametrize("rule", [Rule.GREEDY, Rule.CELL])
def test_rules_with_one_threshold_do_not_look_at_the_other(rule):
    assert AssignmentSettings(rule=rule, negative=0.9, positive=0.1).positive == 0.1


def test_settings_and_objects_are_equal_by_value_and_cannot_be_changed():
    """They are keys of caches."""
    box = (1.0, 2.0, 3.0, 4.0)
    assert len({AssignmentSettings(), AssignmentSettings(), AssignmentSettings(rule=Rule.GREEDY)}) == 2
    assert len({Labelled("cat", box), Labelled("cat", box), Labelled("dog", box)}) == 2
    for one, name in ((AssignmentSettings(), "positive"), (Labelled("cat", box), "label")):
        with pytest.raises(dataclasses.FrozenInstanceError):
            setattr(one, name, None)


def test_a_fresh_process_reads_the_settings_without_torch():
    code = "import sys, core.boxes.settings; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.parametrize(("label", "kind"), [("cat", "cat"), ("circle 2", "circle"), ("box 12", "box"), ("7", "7")])
def test_a_number_is_no_part_of_a_class(label, kind):
    assert kind_of(label) == kind
