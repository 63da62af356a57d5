"""Verdicts as pictures: each where it belongs, each with stripes of its own."""

import numpy as np
import pytest

from core.experiments.mask_verdicts import VERDICTS, Verdict
from viz.error_maps import COLOURS, MARKS, error_picture, layer

MAP = np.repeat(np.array([[0, 1, 2, 3, 255]], np.uint8), 40, 0).repeat(20, 1)


@pytest.mark.parametrize("verdict", VERDICTS)
def test_a_layer_covers_the_pixels_of_its_verdict_alone(verdict):
    picture = np.asarray(layer(MAP, verdict))
    assert np.array_equal(picture[..., 3] > 0, VERDICTS.index(verdict) == MAP)
    assert {tuple(colour) for colour in picture[..., :3].reshape(-1, 3).tolist()} == {COLOURS[verdict].rgb}


def test_no_two_verdicts_have_the_same_colour_or_the_same_stripes():
    assert len({stroke.colour for stroke in COLOURS.values()}) == len(set(MARKS.values())) == len(VERDICTS)
    drawn = [np.asarray(layer(np.full((40, 40), place, np.uint8), one))[..., 3] for place, one in enumerate(VERDICTS)]
    assert not any(np.array_equal(a, b) for at, a in enumerate(drawn) for b in drawn[:at])


def test_what_is_not_shown_leaves_the_photo_as_it_is():
    pixels = np.full((*MAP.shape, 3), 128, np.uint8)
    changed = (np.asarray(error_picture(pixels, MAP, (Verdict.MISSED,))) != pixels).any(2)
    assert np.array_equal(changed, VERDICTS.index(Verdict.MISSED) == MAP)
    assert np.array_equal(np.asarray(error_picture(pixels, MAP, ())), pixels)


@pytest.mark.parametrize("shape", [(1, 1), (3, 1600)])
def test_the_smallest_and_the_longest_maps_are_drawn(shape):
    verdicts = np.ones(shape, np.uint8)
    assert layer(verdicts, Verdict.MISSED).size == shape[::-1]
