"""Formulas hold the numbers of the moment."""

import pytest

from core.experiments.grading import grade
from core.experiments.verdicts import Operating
from tests.core.experiments.test_grading import NAMES, by_chance
from ui.sections.detector import grading_formula


def test_the_shares_are_put_in_as_fractions():
    formula = grading_formula.shares(Operating(0.5, 6, 2, 4))
    assert r"\frac{6}{8} = 0.75" in formula
    assert r"\frac{6}{10} = 0.60" in formula
    assert r"\frac{12}{18} = 0.67" in formula


def test_a_share_of_nothing_is_a_dash():
    assert r"\text{–}" in grading_formula.shares(Operating(0.5, 0, 0, 3))


@pytest.mark.parametrize("eleven", [False, True])
def test_the_area_ends_with_the_average_precision(eleven):
    curve = grade(*by_chance(3), NAMES).pooled
    value = curve.ap_11 if eleven else curve.ap
    assert f"= {value:.3f}" in grading_formula.area(curve, eleven=eleven)


def test_the_written_heights_make_the_area():
    graded = grade(*by_chance(5), NAMES)
    curve = next(one for one in graded.classes if one.line.truths and one.line.right.any())
    heights = curve.line.envelope[curve.line.right].tolist()
    assert sum(heights) / curve.line.truths == pytest.approx(curve.ap)
    assert f"{heights[0]:.2f}" in grading_formula.area(curve, eleven=False)


def test_without_anything_to_find_there_is_a_dash():
    assert r"\text{–}" in grading_formula.area(grade([], [], NAMES).pooled, eleven=False)
