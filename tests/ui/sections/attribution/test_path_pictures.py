"""Signed maps as pictures: one scale for all frames, red for, blue against, and a map of zeros leaves the photo."""

from dataclasses import replace

import numpy as np
import pytest

from tests.ui.sections.attribution.path_cases import SATURATING
from ui.sections.attribution import path_pictures
from viz.attributions import blurred

PHOTO = np.full((24, 24, 3), 90, np.uint8)


def spot(value: float) -> np.ndarray:
    values = np.zeros((24, 24))
    values[8:16, 8:16] = value
    return values


def grown(*sizes: float):
    """A path whose gradient and attribution have one spot of these sizes."""
    maps = np.stack([size * spot(1.0) for size in sizes])
    return replace(SATURATING, slopes=maps, accumulated=maps, pictures=np.stack([PHOTO] * len(sizes)))


@pytest.mark.parametrize(("value", "strongest", "weakest"), [(1.0, 0, 2), (-1.0, 2, 0)])
def test_what_speaks_for_the_class_is_red_and_against_it_blue(value, strongest, weakest):
    pixels = np.asarray(path_pictures.signed(spot(value), PHOTO)).astype(int)
    assert pixels[12, 12, strongest] > pixels[12, 12, weakest] + 60


def test_where_a_map_says_nothing_the_grey_photo_stays():
    alone = np.asarray(path_pictures.grey(PHOTO))
    assert np.array_equal(np.asarray(path_pictures.signed(np.zeros((24, 24)), PHOTO)), alone)
    assert np.array_equal(np.asarray(path_pictures.signed(spot(1.0), PHOTO))[:2], alone[:2])


def test_frames_share_one_scale():
    """Half as strong at the end as in the middle: the colours say so."""
    path = grown(0, 0, 0.2, 1.0, 1.0, 1.0)
    frames = path_pictures.slopes(path).astype(int)
    strength = [int(frame[12, 12, 0] - frame[12, 12, 1]) for frame in frames]
    assert strength[0] == strength[1]
    assert strength[1] < strength[2] < strength[3]
    assert strength[3] == strength[5]


@pytest.mark.parametrize("over", [True, False])
def test_the_attribution_grows_to_full_colour(over):
    frames = path_pictures.accumulated(grown(0, 0.1, 0.2, 0.5, 0.8, 1.0), over=over).astype(int)
    assert frames.shape == (6, 24, 24, 3)
    strength = [int(frame[12, 12, 0] - frame[12, 12, 1]) for frame in frames]
    assert strength == sorted(strength)
    assert strength[-1] > strength[0] + 60


def test_blurring_keeps_the_sum_and_the_frames_apart():
    frames = np.stack([spot(1.0), np.zeros((24, 24))])
    soft = blurred(frames, 1.5)
    assert soft[0].sum() == pytest.approx(64.0, rel=1e-3)
    assert not soft[1].any()
    assert np.allclose(soft[0], blurred(frames[0], 1.5))


def test_a_few_values_above_zero_still_have_a_limit():
    values = np.zeros((100, 100))
    values[0, 0] = -3.0
    assert path_pictures.limit(values) == 3.0
    assert path_pictures.limit(np.zeros((4, 4))) == 0.0
