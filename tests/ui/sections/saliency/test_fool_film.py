"""The film of an attack: three pictures and a chart over the same steps, and a change that is grey where nothing is."""

import numpy as np
import pytest

from tests.ui.sections.saliency.fool_cases import asked, made
from ui.sections.saliency import fool_film


def test_grey_is_0_and_the_change_is_magnified():
    clean = np.full((2, 2, 3), 100, np.uint8)
    changed = clean.copy()
    changed[0, 0] = (101, 99, 104)
    shown = fool_film.magnified(changed, clean, 20)
    assert shown[0, 0].tolist() == [148, 108, 208]
    assert (shown[1] == 128).all()


@pytest.mark.parametrize("factor", fool_film.FACTORS)
def test_what_is_too_large_for_the_screen_is_cut_and_does_not_wrap(factor):
    clean = np.array([[[0, 255, 128]]], np.uint8)
    changed = np.array([[[255, 0, 128]]], np.uint8)
    assert fool_film.magnified(changed, clean, factor)[0, 0].tolist() == [255, 0, 128]


def test_the_magnified_change_of_a_film_is_that_of_each_frame():
    frames = made().frames
    whole = fool_film.magnified(frames, frames[0], 10)
    assert np.array_equal(whole[-1], fool_film.magnified(frames[-1], frames[0], 10))
    assert (whole[0] == 128).all()


def test_three_pictures_and_a_chart_move_over_the_steps():
    outcome, case = made(), asked()
    reel = fool_film.reel("test", outcome.steps, outcome.classes, case.named, 20)
    count = len(outcome.steps)
    assert [panel.title for panel in reel.panels] == ["Clean", "Adversarial", "The change × 20"]
    assert all(panel.sheet.frames == count for panel in reel.panels)
    assert reel.steps[-1] == f"update {outcome.updates} of {outcome.updates}"
    (chart,) = reel.charts
    assert [one.name for one in chart.series[:2]] == ["cat", outcome.classes[outcome.aim.label]]
    assert chart.series[0].values[0] == pytest.approx(outcome.before.probability, abs=1e-5)
    assert len(chart.series) == fool_film.MOST
    assert "8 bits" in reel.panels[1].notes[-1]


def test_a_class_that_is_both_stands_once_in_the_chart():
    answers = np.array([[0.7, 0.2, 0.1, 0.0], [0.1, 0.2, 0.6, 0.1]])
    assert fool_film.shown(answers, (0, 0)) == [0, 2, 1, 3]


def test_the_others_are_those_that_came_highest_on_the_way():
    answers = np.array([[1.0, 0, 0, 0, 0, 0], [0.2, 0.1, 0, 0, 0.6, 0.1], [0, 0, 0, 0.9, 0, 0.1]])
    assert fool_film.shown(answers, (0, 1)) == [0, 1, 3, 4]
