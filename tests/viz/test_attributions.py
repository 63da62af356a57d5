"""Attribution maps as pictures: what is red is positive, what is clear says nothing, and one scale means one scale."""

from functools import partial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from core.errors import SettingError
from viz.attributions import (
    ColourMap,
    alone,
    colour_gradient,
    difference,
    over,
    percentile_clipped,
    ramp,
    same_scale,
    strongest,
    veil,
)
from viz.colours import RED_BLUE, Stroke
from viz.heatmaps import viridis

red_blue = partial(ramp, colour_map=ColourMap.RED_BLUE)

PHOTO = np.random.default_rng(0).integers(40, 216, (60, 90, 3), dtype=np.uint8)
WHOLE = (0.0, 0.0, 90.0, 60.0)
MAPS = st.lists(st.floats(-1, 1, width=32), min_size=6, max_size=6).map(
    lambda row: np.array(row, np.float32).reshape(2, 3)
)
SEQUENTIAL = [one for one in ColourMap if not one.signed]


def random_map(height: int, width: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).uniform(-1, 1, (height, width)).astype(np.float32)


# ---- Colours


def test_red_is_positive_blue_is_negative_and_zero_is_pale():
    negative, zero, positive = red_blue(np.array([-1.0, 0.0, 1.0])).astype(int)
    assert positive[0] > positive[2] + 100
    assert negative[2] > negative[0] + 100
    assert tuple(zero) == Stroke(RED_BLUE[4]).rgb
    assert np.ptp(zero) <= 3, "without a tint"


@settings(deadline=None)
@given(MAPS)
def test_the_two_signs_are_mirrored_around_zero(values):
    """The colour of -v is as far down the ramp as that of v is up."""
    stops = ColourMap.RED_BLUE.stops
    places = (values + 1) / 2 * (len(stops) - 1)
    naive = [
        np.array(Stroke(stops[int(place)]).rgb) * (1 - place % 1)
        + np.array(Stroke(stops[min(int(place) + 1, len(stops) - 1)]).rgb) * (place % 1)
        for place in places.ravel()
    ]
    assert np.abs(red_blue(values).reshape(-1, 3) - np.array(naive)).max() <= 1


@pytest.mark.parametrize("colour_map", SEQUENTIAL)
def test_a_sequential_map_goes_from_its_first_stop_at_0_to_its_last_at_1(colour_map):
    ends = [list(Stroke(colour_map.stops[place]).rgb) for place in (0, -1)]
    assert ramp(np.array([0.0, 1.0]), colour_map).tolist() == ends
    assert ramp(np.array([-1.0, 1.0]), colour_map, signed=True).tolist() == ends
    assert ramp(np.array([-9.0, 9.0]), colour_map).tolist() == ends, "values outside are the ends"


def test_viridis_is_the_viridis_of_the_heat_maps():
    values = np.linspace(0, 1, 999)
    assert np.array_equal(ramp(values, ColourMap.VIRIDIS), viridis(values))


@pytest.mark.parametrize("colour_map", [ColourMap.VIRIDIS, ColourMap.CIVIDIS])
def test_a_map_that_is_read_grows_brighter_with_every_value(colour_map):
    brightness = ramp(np.linspace(0, 1, 51), colour_map) @ np.array([0.2126, 0.7152, 0.0722])
    assert (np.diff(brightness) > 0).all()


def test_cividis_is_read_alike_without_red_green_vision():
    """Its stops are matplotlib's at 0, 1/9, ..., 1. Along it red and green rise together, and blue apart from them."""
    red, green, blue = ramp(np.linspace(0, 1, 10), ColourMap.CIVIDIS).astype(int).T
    assert [red[0], green[0], blue[0], red[-1], green[-1], blue[-1]] == [0, 34, 78, 254, 232, 56]
    assert (np.diff(red) > 0).all()
    assert (np.diff(green) > 0).all()
    assert np.abs(red[2:] - green[2:]).max() <= 24


def test_jet_is_brightest_in_its_middle_and_dark_at_both_ends():
    brightness = ramp(np.array([0.0, 0.5, 1.0]), ColourMap.JET) @ np.array([0.2126, 0.7152, 0.0722])
    assert brightness[1] > 4 * max(brightness[0], brightness[2])


def test_jet_has_its_four_corners_where_they_belong():
    """Dark blue, blue, cyan, yellow, red, dark red at 0, 1/8, 3/8, 5/8, 7/8, 1, each channel one trapezium."""
    values = np.linspace(0, 1, 801)
    naive = np.stack([np.clip(1.5 - np.abs(4 * values - centre), 0, 1) for centre in (3, 2, 1)], axis=-1)
    assert np.abs(ramp(values, ColourMap.JET) - naive * 255).max() <= 1.5


def test_a_colour_map_is_called_what_a_page_calls_it():
    assert [one.value for one in ColourMap] == ["viridis", "cividis", "red-blue", "jet, as in the older papers"]


# ---- Veils and photos


@pytest.mark.parametrize("signed", [True, False])
@pytest.mark.parametrize("colour_map", ColourMap)
def test_a_veil_is_clear_where_the_map_is_0_and_opaque_where_it_is_strongest(colour_map, signed):
    values = np.array([[0.0, 0.25, 0.5, 1.0]], np.float32)
    alpha = np.asarray(veil(values, colour_map, (4, 1), smooth=False, signed=signed))[0, :, 3].astype(int)
    assert (alpha[0], alpha[-1]) == (0, 255)
    assert (np.diff(alpha) > 40).all()


@settings(deadline=None)
@given(MAPS)
def test_the_alpha_of_a_veil_knows_no_sign(values):
    alphas = [
        np.asarray(veil(one, ColourMap.RED_BLUE, (3, 2), smooth=False, signed=True))[..., 3]
        for one in (values, -values)
    ]
    assert np.array_equal(*alphas)


def test_a_veil_has_the_colours_of_its_ramp():
    values = random_map(5, 7)
    layer = np.asarray(veil(values, ColourMap.CIVIDIS, (7, 5), smooth=False, signed=True))
    assert np.array_equal(layer[..., :3], ramp(values, ColourMap.CIVIDIS, signed=True))


def test_without_smoothing_each_cell_is_one_area():
    values = random_map(3, 4)
    layer = np.asarray(veil(values, ColourMap.RED_BLUE, (40, 30), smooth=False, signed=True))
    assert np.array_equal(layer[..., :3], red_blue(values).repeat(10, axis=0).repeat(10, axis=1))


def test_smoothing_interpolates_values_and_not_colours():
    """Halfway from strongly negative to strongly positive lies 0: clear and pale, not purple."""
    layer = np.asarray(
        veil(np.array([[-1.0, 1.0]], np.float32), ColourMap.RED_BLUE, (101, 1), smooth=True, signed=True)
    )
    assert layer[0, 50, 3] < 10
    assert np.ptp(layer[0, 50, :3].astype(int)) < 12
    assert (np.diff(layer[0, 25:50, 3].astype(int)) <= 0).all()


@pytest.mark.parametrize("smooth", [True, False])
def test_a_map_that_shrinks_loses_no_cell_altogether(smooth):
    values = np.zeros((64, 64), np.float32)
    values[13, 37] = 1
    alpha = np.asarray(veil(values, ColourMap.JET, (8, 8), smooth=smooth, signed=False))[..., 3]
    assert np.unravel_index(alpha.argmax(), alpha.shape) == (1, 4)
    assert alpha.max() > 0


def test_under_a_veil_the_photo_is_what_the_pasting_of_pillow_makes_of_it():
    layer = veil(random_map(60, 90), ColourMap.RED_BLUE, (90, 60), smooth=False, signed=True)
    expected = Image.alpha_composite(Image.fromarray(PHOTO).convert("RGBA"), layer).convert("RGB")
    assert np.abs(np.asarray(over(PHOTO, layer, WHOLE, 1.0)).astype(int) - np.asarray(expected)).max() <= 1


def test_where_a_map_says_nothing_the_photo_is_untouched():
    values = np.zeros((6, 9), np.float32)
    values[:, 6:] = -1
    out = np.asarray(over(PHOTO, veil(values, ColourMap.RED_BLUE, (90, 60), smooth=False, signed=True), WHOLE, 0.8))
    assert np.array_equal(out[:, :60], PHOTO[:, :60])
    assert np.abs(out[:, 60:] - (0.2 * PHOTO[:, 60:] + 0.8 * red_blue(np.array(-1.0)))).max() <= 0.51


def test_an_opacity_of_0_leaves_the_photo():
    layer = veil(np.ones((2, 2), np.float32), ColourMap.JET, (90, 60), smooth=True, signed=False)
    assert np.array_equal(np.asarray(over(PHOTO, layer, WHOLE, 0.0)), PHOTO)


def test_a_veil_lies_on_what_was_seen_and_the_rest_is_dimmed():
    seen = (20.0, 10.0, 70.0, 50.0)
    layer = veil(np.ones((4, 4), np.float32), ColourMap.VIRIDIS, (25, 20), smooth=True, signed=False)
    out = np.asarray(over(PHOTO, layer, seen, 1.0))
    outside = np.ones(PHOTO.shape[:2], bool)
    outside[10:50, 20:70] = False
    assert (out[10:50, 20:70] == viridis(np.array(1.0))).all(), "a veil of another size is stretched"
    assert np.abs(out[outside] - 0.45 * PHOTO[outside]).max() <= 0.5 + 1e-3


def test_alone_is_the_map_and_nothing_else():
    values = np.abs(random_map(3, 5))
    found = alone(values, ColourMap.CIVIDIS, (50, 30))
    assert (found.mode, found.size) == ("RGB", (50, 30))
    assert np.array_equal(np.asarray(found), ramp(values, ColourMap.CIVIDIS).repeat(10, axis=0).repeat(10, axis=1))
    assert np.asarray(alone(values, ColourMap.CIVIDIS, (50, 30), smooth=True)).std() > 0


@pytest.mark.parametrize("smooth", [True, False])
def test_a_map_of_one_cell_is_one_colour(smooth):
    found = np.asarray(alone(np.full((1, 1), -0.5, np.float32), ColourMap.RED_BLUE, (9, 4), smooth=smooth))
    assert (found == red_blue(np.array(-0.5))).all()


# ---- Colour gradients


def test_a_colour_gradient_of_zeros_is_mid_grey():
    found = np.asarray(colour_gradient(np.zeros((3, 4, 5), np.float32)))
    assert found.shape == (4, 5, 3)
    assert (found == 128).all()


def test_a_colour_gradient_is_symmetric_around_mid_grey():
    slope = np.random.default_rng(0).standard_normal((3, 8, 9)).astype(np.float32)
    above, below = (np.asarray(colour_gradient(one)).astype(int) for one in (slope, -slope))
    assert np.abs(above + below - 255).max() <= 1
    assert np.array_equal(above > 128, slope.transpose(1, 2, 0) > 0.5 / 127.5 * np.percentile(np.abs(slope), 99.5))


def test_a_colour_gradient_clips_at_the_percentile():
    slope = np.linspace(-1, 1, 1200, dtype=np.float32).reshape(3, 20, 20)
    found = np.asarray(colour_gradient(slope, percent=50)).transpose(2, 0, 1)
    assert np.mean((found == 0) | (found == 255)) == pytest.approx(0.5, abs=0.01)
    assert np.array_equal(found == 255, slope >= np.percentile(np.abs(slope), 50) * 127 / 127.5)


def test_one_strong_pixel_does_not_turn_the_others_grey():
    slope = np.random.default_rng(0).uniform(-1, 1, (3, 40, 40))
    slope[0, 0, 0] = 1e6
    assert np.asarray(colour_gradient(slope)).std() > 50


def test_one_channel_gives_a_grey_picture():
    found = np.asarray(colour_gradient(random_map(4, 6)[None]))
    assert found.shape == (4, 6, 3)
    assert (found == found[..., :1]).all()


# ---- Scales


@settings(deadline=None)
@given(MAPS, MAPS)
def test_a_difference_times_its_scale_is_the_difference(first, second):
    found = difference(first, second)
    assert np.abs(found.values * found.scale - (first - second)).max() <= 1e-5
    assert np.abs(found.values).max() == pytest.approx(1 if (first != second).any() else 0, abs=1e-5)


def test_what_only_the_first_map_has_is_red_in_the_difference():
    found = difference(np.array([[0.8, 0.0]]), np.array([[0.0, 0.2]]))
    assert found.scale == pytest.approx(0.8)
    assert found.values.tolist() == [pytest.approx([1, -0.25])]


def test_equal_maps_differ_nowhere_and_by_nothing():
    values = random_map(4, 4)
    found = difference(values, values)
    assert (found.scale, np.abs(found.values).max()) == (0, 0)


def test_a_coarse_map_is_compared_at_the_size_of_the_finer_one():
    fine, coarse = np.full((20, 30), 0.25, np.float32), np.full((2, 3), 0.75, np.float32)
    for pair, sign in (((fine, coarse), -1), ((coarse, fine), 1)):
        found = difference(*pair)
        assert found.values.shape == (20, 30)
        assert found.scale == pytest.approx(0.5)
        assert np.allclose(found.values, sign)


def test_so_many_percent_of_the_values_stay_below_full_colour():
    values = np.arange(-500, 501, dtype=np.float32)
    found = percentile_clipped(values, 80)
    assert np.mean(np.abs(found) < 1) == pytest.approx(0.8, abs=0.002)
    assert np.array_equal(np.sign(found), np.sign(values))
    assert np.allclose(found, np.clip(values / np.percentile(np.abs(values), 80), -1, 1))


@settings(deadline=None)
@given(MAPS, st.floats(0.1, 100))
def test_a_clipped_map_reaches_1_and_goes_no_further(values, percent):
    found = np.abs(percentile_clipped(values, percent))
    assert found.max() == pytest.approx(1 if values.any() else 0)


def test_where_most_values_are_0_the_largest_one_sets_the_scale():
    values = np.zeros((10, 10), np.float32)
    values[3, 4], values[5, 6] = 4.0, -1.0
    found = percentile_clipped(values, 90)
    assert (found[3, 4], found[5, 6]) == (1, -0.25)
    assert not percentile_clipped(np.zeros((3, 3), np.float32), 99).any()


@pytest.mark.parametrize("percent", [0, -1, 100.5, float("nan")])
def test_a_percentage_without_meaning_is_refused(percent):
    with pytest.raises(SettingError, match="percent must lie above 0 and be at most 100"):
        percentile_clipped(np.ones((2, 2)), percent)
    with pytest.raises(SettingError):
        colour_gradient(np.ones((3, 2, 2)), percent=percent)


def test_on_one_scale_equal_values_stay_equal_and_the_strongest_is_1():
    maps = (np.array([[2.0, -8.0]]), np.array([[2.0], [4.0]]), np.zeros((1, 1)))
    found = same_scale(maps)
    assert [one.tolist() for one in found] == [[[0.25, -1]], [[0.25], [0.5]], [[0]]]
    assert strongest(maps) == 8


def test_maps_of_nothing_stay_nothing():
    assert [one.tolist() for one in same_scale((np.zeros((1, 2)), np.zeros((1, 1))))] == [[[0, 0]], [[0]]]
    assert same_scale(()) == ()
    assert strongest(()) == 0


def test_no_map_is_painted_on():
    values = random_map(6, 6)
    values.setflags(write=False)
    before = values.copy()
    difference(values, values)
    same_scale((values,))
    percentile_clipped(values, 50)
    veil(values, ColourMap.JET, (6, 6), smooth=True, signed=True)
    assert np.array_equal(values, before)
