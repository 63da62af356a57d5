"""Tiles: they cover the photo, lie inside, overlap enough, and are as many as counted; windows never reach 0."""

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from core.errors import SettingError
from core.images.tiles import MOST_TILES, Tile, Window, tiles, window

SIDES = st.integers(1, 200)


@st.composite
def cases(draw):
    height, width, size = draw(SIDES), draw(SIDES), draw(st.integers(1, 220))
    overlap = draw(st.integers(0, size - 1))
    assume(len(naive(height, size, overlap)) * len(naive(width, size, overlap)) <= MOST_TILES)
    return height, width, size, overlap


def naive(side: int, size: int, overlap: int) -> list[int]:
    """Where tiles begin along one side: step by step until one reaches the end, and that one moved inward."""
    if side <= size:
        return [0]
    starts = [0]
    while starts[-1] + size < side:
        starts.append(starts[-1] + size - overlap)
    starts[-1] = side - size
    return starts


@given(cases())
def test_tiles_stand_where_a_walk_along_each_side_puts_them(case):
    height, width, size, overlap = case
    expected = [
        Tile(x, y, min(size, width), min(size, height))
        for y in naive(height, size, overlap)
        for x in naive(width, size, overlap)
    ]
    assert list(tiles(height, width, size=size, overlap=overlap)) == expected


@given(cases())
def test_tiles_cover_every_pixel_and_none_lies_outside(case):
    height, width, size, overlap = case
    seen = np.zeros((height, width), int)
    for x, y, w, h in tiles(height, width, size=size, overlap=overlap):
        assert 0 <= x <= x + w <= width
        assert 0 <= y <= y + h <= height
        seen[y : y + h, x : x + w] += 1
    assert (seen > 0).all()


@given(cases())
def test_neighbours_overlap_by_at_least_as_much_as_asked_and_no_tile_stands_twice(case):
    height, width, size, overlap = case
    found = tiles(height, width, size=size, overlap=overlap)
    for starts, side in (
        (sorted({t.x for t in found}), found[0].width),
        (sorted({t.y for t in found}), found[0].height),
    ):
        assert all(one + side - two >= overlap for one, two in pairwise(starts))
    assert len(set(found)) == len(found)
    assert len({(t.width, t.height) for t in found}) == 1


@given(cases())
def test_their_number_is_that_of_the_formula(case):
    height, width, size, overlap = case
    counts = [1 if side <= size else 1 + math.ceil((side - size) / (size - overlap)) for side in (height, width)]
    assert len(tiles(height, width, size=size, overlap=overlap)) == counts[0] * counts[1]


@given(SIDES, SIDES)
def test_a_small_photo_is_one_tile(height, width):
    size = max(height, width)
    assert tiles(height, width, size=size, overlap=size // 2) == (Tile(0, 0, width, height),)


def test_a_photo_that_is_small_along_one_side_is_tiled_along_the_other():
    found = tiles(100, 500, size=224, overlap=24)
    assert found == (Tile(0, 0, 224, 100), Tile(200, 0, 224, 100), Tile(276, 0, 224, 100))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"height": 0}, "height must be at least 1, got 0"),
        ({"width": -3}, "width must be at least 1, got -3"),
        ({"size": 0}, "size must be at least 1, got 0"),
        ({"overlap": -1}, "overlap must be from 0 to 49 pixels, got -1"),
        ({"overlap": 50}, "overlap must be from 0 to 49 pixels, got 50"),
        ({"overlap": 49}, "1551 × 1551 tiles are more than 400"),
    ],
)
def test_settings_without_meaning_are_refused(changes, said):
    given = {"height": 1600, "width": 1600, "size": 50, "overlap": 0} | changes
    with pytest.raises(SettingError, match=said):
        tiles(given["height"], given["width"], size=given["size"], overlap=given["overlap"])


@pytest.mark.parametrize("kind", Window)
@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 7), (8, 7), (224, 224), (1600, 1600)])
def test_a_window_is_positive_symmetric_and_largest_in_the_middle(kind, height, width):
    weights = window(height, width, kind)
    assert weights.shape == (height, width)
    assert (weights > 0).all()
    assert weights.max() <= 1
    np.testing.assert_allclose(weights, weights[::-1, ::-1], rtol=1e-4)
    assert weights[(height - 1) // 2, (width - 1) // 2] == weights.max()


def test_windows_have_the_values_of_their_formulas():
    assert (window(3, 4, Window.FLAT) == 1).all()
    linear, hann = ([1 / 4, 3 / 4, 3 / 4, 1 / 4], [math.sin(math.pi * (i + 0.5) / 4) ** 2 for i in range(4)])
    np.testing.assert_allclose(window(4, 4, Window.LINEAR), np.outer(linear, linear), rtol=1e-6)
    np.testing.assert_allclose(window(4, 4, Window.HANN), np.outer(hann, hann), rtol=1e-6)


@pytest.mark.parametrize("kind", Window)
def test_averaging_tiles_of_a_picture_gives_the_picture(kind):
    picture = np.random.default_rng(0).random((90, 130))
    total, weights = np.zeros_like(picture), np.zeros_like(picture)
    for x, y, w, h in tiles(90, 130, size=40, overlap=13):
        place = np.s_[y : y + h, x : x + w]
        total[place] += window(h, w, kind) * picture[place]
        weights[place] += window(h, w, kind)
    np.testing.assert_allclose(total / weights, picture, rtol=1e-6)


def test_a_window_without_pixels_is_refused():
    with pytest.raises(SettingError, match="width must be at least 1, got 0"):
        window(3, 0, Window.FLAT)
