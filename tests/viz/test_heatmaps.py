"""Maps over photos and beside each other: what is bright is high, and what was not seen is dark."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from viz.heatmaps import overlay, tiles, viridis

PHOTO = np.random.default_rng(0).integers(40, 216, (60, 90, 3), dtype=np.uint8)
WHOLE = (0.0, 0.0, 90.0, 60.0)
LUMA = np.array([0.2126, 0.7152, 0.0722])


def covered(values: np.ndarray, seen=WHOLE, opacity: float = 0.6, pixels: np.ndarray = PHOTO) -> np.ndarray:
    return np.asarray(overlay(pixels, values, seen, opacity=opacity))


def test_viridis_begins_violet_and_ends_yellow():
    assert viridis(np.array([0.0, 1.0])).tolist() == [[0x44, 0x01, 0x54], [0xFD, 0xE7, 0x25]]


def test_viridis_grows_brighter_with_every_value():
    brightness = viridis(np.linspace(0, 1, 1001)) @ LUMA
    assert (np.diff(brightness) > -0.6).all(), "but for rounding to bytes"
    assert (np.diff(brightness[::20]) > 0).all()


def test_viridis_goes_straight_from_stop_to_stop():
    middle = viridis(np.array(0.5 / 9))
    assert np.abs(middle - (viridis(np.array(0.0)).astype(float) + viridis(np.array(1 / 9))) / 2).max() <= 0.5


@pytest.mark.parametrize("shape", [(), (3,), (4, 5), (2, 3, 4)])
def test_viridis_takes_any_shape(shape):
    out = viridis(np.zeros(shape))
    assert out.shape == (*shape, 3)
    assert out.dtype == np.uint8


def test_values_outside_zero_and_one_are_the_ends():
    assert np.array_equal(viridis(np.array([-3.0, 7.0])), viridis(np.array([0.0, 1.0])))


def test_an_overlay_is_the_photo_blended_with_the_colours_of_the_map():
    """A constant map: the blend can be written down."""
    for value in (0.0, 0.5, 1.0):
        cover = 0.6 * (0.35 + 0.65 * value)
        expected = (1 - cover) * PHOTO + cover * viridis(np.array(value)).astype(float)
        assert np.abs(covered(np.full((4, 6), value)) - expected).max() <= 0.5 + 1e-3


def test_high_values_cover_more_of_the_photo_than_low_ones():
    """How much of the photo's own contrast is left where the map is 0, and where it is 1."""
    values = np.zeros((6, 9))
    values[:, 5:] = 1
    out = covered(values)[..., 1]
    left, right = ((slice(None), slice(0, 30)), (slice(None), slice(70, 90)))
    kept = [out[part].std() / PHOTO[..., 1][part].std() for part in (left, right)]
    assert kept == pytest.approx([1 - 0.6 * 0.35, 1 - 0.6], abs=0.02)


def test_what_the_network_did_not_see_is_dimmed():
    seen = (20.0, 10.0, 70.0, 50.0)
    out = covered(np.ones((4, 4)), seen)
    outside = np.ones(PHOTO.shape[:2], bool)
    outside[10:50, 20:70] = False
    assert np.abs(out[outside] - 0.45 * PHOTO[outside]).max() <= 0.5 + 1e-3
    assert np.array_equal(out[10:50, 20:70], covered(np.ones((4, 4)))[10:50, 20:70])


def test_the_map_is_stretched_over_what_was_seen():
    """The bright corner cell of the map lies in the corner of `seen`."""
    values = np.zeros((4, 4))
    values[3, 0] = 1
    flat = np.full_like(PHOTO, 100)
    bright = covered(values, (20.0, 10.0, 60.0, 50.0), pixels=flat)[10:50, 20:60] @ LUMA
    row, column = np.unravel_index(bright.argmax(), bright.shape)
    assert row > 30
    assert column < 10


def test_a_map_of_zeros_leaves_the_photo_readable():
    out = covered(np.zeros((13, 13)))
    assert np.corrcoef(out[..., 1].ravel(), PHOTO[..., 1].ravel())[0, 1] > 0.99


@pytest.mark.parametrize(("height", "width"), [(1, 1), (16, 1600), (60, 90)])
def test_a_map_of_one_cell_colours_all_that_was_seen(height, width):
    flat = np.full((height, width, 3), 100, np.uint8)
    out = covered(np.ones((1, 1), np.float32), (0.0, 0.0, float(width), float(height)), pixels=flat)
    assert out.shape == flat.shape
    assert (out == out[0, 0]).all()
    assert out[0, 0, 1] > out[0, 0, 2], "yellow"


def test_a_part_that_reaches_over_the_edge_is_cut_at_it():
    values = np.ones((3, 3))
    assert np.array_equal(covered(values, (-0.4, -0.4, 90.4, 60.4)), covered(values))


def test_the_photo_itself_is_not_painted_on():
    pixels = PHOTO.copy()
    pixels.setflags(write=False)
    covered(np.ones((2, 2)), pixels=pixels)
    assert np.array_equal(pixels, PHOTO)


def assembled(maps: np.ndarray, columns: int, side: int) -> np.ndarray:
    """The tiles, cell by cell, each `side` pixels wide and high."""
    count, height, width = maps.shape
    rows = -(-count // columns)
    out = np.zeros((rows * (height * side + 8) - 8, columns * (width * side + 8) - 8, 4), np.uint8)
    for place, y, x in np.ndindex(count, height, width):
        top = place // columns * (height * side + 8) + y * side
        left = place % columns * (width * side + 8) + x * side
        out[top : top + side, left : left + side] = (*viridis(maps[place, y, x]), 255)
    return out


@pytest.mark.parametrize(
    ("shape", "columns", "width", "side"),
    [
        ((8, 13, 13), 4, 960, 18),
        ((5, 4, 6), 4, 200, 7),
        ((1, 3, 3), 4, 100, 6),
        ((3, 5, 5), 1, 60, 12),
        ((4, 1, 1), 4, 100, 19),
        ((6, 2, 9), 3, 100, 3),
    ],
    ids=["eight maps", "five maps in four columns", "one map", "one column", "maps of one cell", "low maps"],
)
def test_tiles_are_what_a_naive_loop_assembles(shape, columns, width, side):
    maps = np.random.default_rng(0).random(shape)
    found = tiles(maps, columns, width)
    assert found.mode == "RGBA"
    assert np.array_equal(np.asarray(found), assembled(maps, columns, side))


@given(count=st.integers(1, 9), height=st.integers(1, 20), across=st.integers(1, 20), columns=st.integers(1, 5))
def test_each_cell_has_one_colour_and_gaps_are_transparent(count, height, across, columns):
    maps = np.random.default_rng(0).random((count, height, across))
    sheet = np.asarray(tiles(maps, columns, 300))
    assert sheet.shape[1] <= max(300, columns * (across + 8))
    side = (sheet.shape[1] + 8) // columns - 8
    assert side % across == 0, "a cell is a whole number of pixels wide"
    rows = -(-count // columns)
    opaque = sheet[..., 3] == 255
    assert opaque.sum() == count * height * across * (side // across) ** 2
    assert (sheet[~opaque] == 0).all()
    assert not opaque[:, side : side + 8].any(), "between columns"
    assert not opaque[(sheet.shape[0] + 8) // rows - 8 : (sheet.shape[0] + 8) // rows].any() or rows == 1


def test_the_last_row_of_five_maps_in_four_columns_is_one_map_and_air():
    sheet = np.asarray(tiles(np.ones((5, 4, 4)), 4, 200))
    below = sheet[(sheet.shape[0] + 8) // 2 :]
    side = (sheet.shape[1] + 8) // 4 - 8
    assert (below[:, :side, 3] == 255).all()
    assert (below[:, side:, 3] == 0).all()


def test_maps_larger_than_their_place_keep_a_pixel_for_each_cell():
    maps = np.random.default_rng(0).random((2, 90, 90))
    sheet = np.asarray(tiles(maps, 2, 100))
    assert sheet.shape == (90, 188, 4)
    assert np.array_equal(sheet[:, :90, :3], viridis(maps[0]))


def test_bright_cells_are_high_values():
    sheet = np.asarray(tiles(np.array([[[0.0, 0.5, 1.0]]]), 1, 30))
    assert (np.diff(sheet[0, [0, 12, 25], :3] @ LUMA) > 30).all()


def test_a_name_stands_in_the_upper_left_of_its_own_map():
    maps = np.full((3, 10, 10), 0.5)
    plain, named = (np.asarray(tiles(maps, 3, 316, names)).astype(int) for names in ((), ("7", "", "128")))
    changed = (plain != named).any(axis=2)
    for tile, name in enumerate(("7", "", "128")):
        part = changed[:, tile * 108 : tile * 108 + 100]
        assert part[:30, :50].any() == bool(name)
        assert not part[30:].any()
