"""Class maps as runs and outlines, and where two of them differ."""

import re

import numpy as np
import pytest

from viz.class_runs import differing, outline, runs
from viz.colours import Stroke
from viz.heatmaps import DIMMED


@pytest.mark.parametrize("seed", range(3))
def test_runs_are_the_pixels_in_their_order(seed):
    classes = np.random.default_rng(seed).integers(0, 3, (5, 7), dtype=np.uint8)
    made = np.array(runs(classes)).reshape(-1, 2)
    assert (np.repeat(made[:, 0], made[:, 1]) == classes.ravel()).all()
    assert (made[1:, 0] != made[:-1, 0]).all()


def test_one_class_is_one_run():
    assert runs(np.full((4, 6), 3, np.uint8)) == [3, 24]


def test_an_outline_goes_around_an_area():
    inside = np.zeros((4, 5), bool)
    inside[1:3, 2:4] = True
    assert outline(inside) == "M2 1H4M2 3H4M2 1V3M4 1V3"


@pytest.mark.parametrize("seed", range(3))
def test_an_outline_is_as_long_as_there_are_borders(seed):
    inside = np.random.default_rng(seed).random((9, 6)) < 0.5
    pieces = re.findall(r"M(\d+) (\d+)([HV])(\d+)", outline(inside))
    length = sum(int(end) - int(x if way == "H" else y) for x, y, way, end in pieces)
    assert length == (inside[1:] != inside[:-1]).sum() + (inside[:, 1:] != inside[:, :-1]).sum()


@pytest.mark.parametrize("value", [True, False])
def test_what_has_no_border_has_no_outline(value):
    assert outline(np.full((3, 4), value)) == ""


def test_pixels_that_differ_have_their_colour_and_the_others_are_dim():
    pixels = np.full((8, 12, 3), 100, np.uint8)
    kinds = np.array([[0, 1], [2, 0]], np.uint8)
    drawn = np.asarray(differing(pixels, kinds, {1: "#D55E00"}))
    assert drawn.shape == pixels.shape
    assert (drawn[:4, 6:] == Stroke("#D55E00").rgb).all()
    assert (drawn[:4, :6] == round(100 * DIMMED)).all()
    assert (drawn[4:] == round(100 * DIMMED)).all()
