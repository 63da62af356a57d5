"""The curve: its area is the average precision, and the point stands where the counts say."""

import re

import pytest

from core.experiments.grading import grade
from tests.core.experiments.test_grading import NAMES, by_chance
from ui.sections.detector.grading_stage import points
from viz import plot
from viz.precision_recall import Points, precision_recall

SIMPLE = Points(recall=(0.5, 0.5, 1.0), precision=(1.0, 0.5, 2 / 3), envelope=(1.0, 2 / 3, 2 / 3))


@pytest.mark.parametrize("seed", range(8))
def test_the_area_below_the_drawn_steps_is_the_average_precision(seed):
    curve = grade(*by_chance(seed), NAMES).pooled
    if not curve.line.truths:
        assert curve.ap is None
        return
    steps = points(curve).steps
    area = sum((b[0] - a[0]) * b[1] for a, b in zip(steps[::2], steps[1::2], strict=True))
    assert area == pytest.approx(curve.ap)


def test_heights_are_the_best_precision_from_a_recall_on():
    assert [SIMPLE.height(at) for at in (0, 0.5, 0.51, 1)] == pytest.approx([1, 1, 2 / 3, 2 / 3])
    assert Points((0.5,), (1.0,), (1.0,)).height(0.6) == 0


@pytest.mark.parametrize(("shown", "at"), [(1, (0.5, 1.0)), (2, (0.5, 0.5)), (3, (1.0, 2 / 3)), (9, (1.0, 2 / 3))])
def test_the_point_stands_after_so_many_boxes(shown, at):
    picture = precision_recall(SIMPLE, shown, words="here")
    assert f'<circle cx="{plot.x(at[0]):.1f}" cy="{plot.y(at[1]):.1f}" r="6"' in picture
    assert "here" in picture


def test_before_the_first_box_there_is_no_point():
    picture = precision_recall(SIMPLE, 0, words="no box")
    assert "<circle" not in picture
    assert "no box" in picture


def test_eleven_heights_stand_in_for_the_area():
    picture = precision_recall(SIMPLE, 0, words="", eleven=True)
    assert len(re.findall("<circle", picture)) == 11
    assert "<polygon" not in picture
    assert "<polygon" in precision_recall(SIMPLE, 0, words="")


def test_a_curve_without_boxes_is_an_empty_frame():
    assert "<polyline" not in precision_recall(Points((), (), ()), 0, words="")
