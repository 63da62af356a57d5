"""Where anchors stand: counts, order, shapes and limits of the grids, without torch."""

import math
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.boxes.layout import (
    COURSE_SHAPES,
    MOST_ANCHORS,
    AnchorSettings,
    Convention,
    Generator,
    Level,
    Shape,
    count,
    find,
    grid_level,
    levels,
    pairs,
    pixel_level,
    pixel_size,
    pyramid_level,
)
from core.errors import SettingError

SIDES = st.floats(0.5, 200, allow_nan=False)
# Built inside the tests: the type checks of a dataclass draw random numbers, which a strategy must not.
GRIDS = st.tuples(st.integers(1, 9), st.integers(1, 9), SIDES, SIDES)
SHAPES = st.lists(st.tuples(SIDES, SIDES), min_size=1, max_size=4)


def built(grid, sizes, shape_major):
    return Level(*grid, tuple(Shape("any", *size) for size in sizes), shape_major)


def places(level):
    return [
        (row, col, shape)
        for row in range(level.rows)
        for col in range(level.cols)
        for shape in range(len(level.shapes))
    ]


def test_every_pixel_of_the_textbooks_photo_has_2_042_040_anchors():
    settings = AnchorSettings(generator=Generator.PIXEL, scales=(0.75, 0.5, 0.25), ratios=(1.0, 2.0, 0.5))
    assert count(levels(settings, height=561, width=728)) == 2_042_040


@given(grid=GRIDS, sizes=SHAPES, shape_major=st.booleans())
def test_indices_are_the_numbers_from_0_to_count_each_once(grid, sizes, shape_major):
    level = built(grid, sizes, shape_major)
    assert sorted(level.index(*place) for place in places(level)) == list(range(level.count))


@given(grid=GRIDS, sizes=SHAPES, shape_major=st.booleans())
def test_at_undoes_index(grid, sizes, shape_major):
    level = built(grid, sizes, shape_major)
    for place in places(level):
        assert level.at(level.index(*place)) == place


def test_shape_major_counts_all_places_of_the_first_shape_before_the_next():
    level = grid_level(2, 3, height=20, width=30, shapes=[(1, 1), (2, 2)])
    assert [level.at(index) for index in (0, 1, 3, 6, 11)] == [(0, 0, 0), (0, 1, 0), (1, 0, 0), (0, 0, 1), (1, 2, 1)]


def test_other_levels_count_all_shapes_of_the_first_place_before_the_next():
    level = pyramid_level(20, 30, stride=10, octaves=(2.0,), ratios=(1.0, 2.0))
    assert [level.at(index) for index in (0, 1, 2, 6, 11)] == [(0, 0, 0), (0, 0, 1), (0, 1, 0), (1, 0, 0), (1, 2, 1)]


@given(grid=GRIDS, sizes=SHAPES, shape_major=st.booleans())
def test_a_box_stands_around_the_centre_of_its_cell_with_the_size_of_its_shape(grid, sizes, shape_major):
    level = built(grid, sizes, shape_major)
    for row, col, shape in places(level):
        x1, y1, x2, y2 = level.box(row, col, shape)
        assert level.cell((x1 + x2) / 2, (y1 + y2) / 2) == (row, col)
        assert (x2 - x1, y2 - y1) == pytest.approx((level.shapes[shape].width, level.shapes[shape].height))
        assert (x1 + x2) / 2 == pytest.approx((col + 0.5) * level.step_x)
        assert (y1 + y2) / 2 == pytest.approx((row + 0.5) * level.step_y)


@given(grid=GRIDS, x=st.floats(-300, 2000), y=st.floats(-300, 2000))
def test_no_other_centre_is_nearer_to_a_point_than_that_of_its_cell(grid, x, y):
    level = built(grid, [(1.0, 1.0)], False)

    def apart(row, col):
        return math.dist(((col + 0.5) * level.step_x, (row + 0.5) * level.step_y), (x, y))

    nearest = min(apart(row, col) for row in range(level.rows) for col in range(level.cols))
    assert apart(*level.cell(x, y)) == pytest.approx(nearest)


def test_find_goes_through_the_levels_one_after_the_other():
    made = levels(
        AnchorSettings(generator=Generator.PYRAMID, strides=(32, 64), ratios=(1.0, 2.0)), height=100, width=130
    )
    numbered = [(level, *level.at(index)) for level in made for index in range(level.count)]
    assert [find(made, index) for index in range(count(made))] == numbered


@pytest.mark.parametrize("index", [-1, 18])
def test_find_knows_no_anchor_outside_the_levels(index):
    made = (grid_level(3, 3, height=9, width=9, shapes=[(1, 1), (2, 2)]),)
    with pytest.raises(IndexError):
        find(made, index)


def test_the_textbook_pairs_every_scale_with_the_first_ratio_and_the_first_scale_with_every_other():
    assert pairs((0.75, 0.5, 0.25), (1.0, 2.0, 0.5)) == [(0.75, 1), (0.5, 1), (0.25, 1), (0.75, 2), (0.75, 0.5)]


@pytest.mark.parametrize(("scale", "ratio"), [(0.75, 1.0), (0.5, 2.0), (0.25, 0.5)])
def test_a_textbook_anchor_has_its_ratio_and_its_share_of_a_square_photo_of_the_photos_height(scale, ratio):
    width, height = pixel_size(scale, ratio, height=561, width=728, convention=Convention.TEXTBOOK)
    assert width / height == pytest.approx(ratio)
    assert width * height == pytest.approx((scale * 561) ** 2)


@pytest.mark.parametrize(("scale", "ratio"), [(0.75, 1.0), (0.5, 2.0), (0.25, 0.5)])
def test_an_anchor_of_the_area_convention_has_its_share_of_the_photo_and_a_ratio_relative_to_the_photos(scale, ratio):
    width, height = pixel_size(scale, ratio, height=561, width=728, convention=Convention.AREA)
    assert (width / 728) / (height / 561) == pytest.approx(ratio)
    assert width * height == pytest.approx(scale**2 * 561 * 728)


def test_both_conventions_agree_on_a_square_photo():
    sizes = [pixel_size(0.5, 2.0, height=300, width=300, convention=convention) for convention in Convention]
    assert sizes[0] == sizes[1]


def test_a_pyramid_has_a_level_for_each_stride_with_places_for_strides_that_have_only_begun():
    made = levels(AnchorSettings(generator=Generator.PYRAMID, strides=(32, 64, 128)), height=333, width=500)
    assert [(level.rows, level.cols) for level in made] == [(11, 16), (6, 8), (3, 4)]
    assert [level.step_x for level in made] == [level.step_y for level in made] == [32, 64, 128]


def test_shapes_of_a_pyramid_are_octaves_of_the_stride_and_every_ratio_keeps_the_area():
    level = pyramid_level(100, 100, stride=16, octaves=(2.0, 4.0), ratios=(1.0, 4.0))
    assert [(shape.width, shape.height) for shape in level.shapes] == [(32, 32), (64, 16), (64, 64), (128, 32)]


def test_the_course_lays_its_nine_shapes_on_a_grid_of_49_cells_of_the_photo():
    (level,) = levels(AnchorSettings(), height=333, width=500)
    assert (level.rows, level.cols, level.count) == (7, 7, 441)
    assert [shape.width for shape in level.shapes] == pytest.approx([w * 500 / 7 for w, _ in COURSE_SHAPES])
    assert [shape.height for shape in level.shapes] == pytest.approx([h * 333 / 7 for _, h in COURSE_SHAPES])


def test_size_multiplies_every_shape_of_the_grid():
    (once,), (twice,) = (levels(AnchorSettings(size=size), height=333, width=500) for size in (1.0, 2.0))
    for small, large in zip(once.shapes, twice.shapes, strict=True):
        assert (large.width, large.height) == pytest.approx((2 * small.width, 2 * small.height))


def test_the_names_of_the_shapes_of_a_level_differ():
    for generator in Generator:
        for level in levels(AnchorSettings(generator=generator), height=333, width=500):
            assert len({shape.name for shape in level.shapes}) == len(level.shapes)


@pytest.mark.parametrize(("height", "width", "every"), [(561, 728, 1), (900, 1200, 2), (2000, 2000, 3)])
def test_a_photo_with_too_many_pixels_gets_a_place_for_every_second_or_third(height, width, every):
    (level,) = levels(AnchorSettings(generator=Generator.PIXEL), height=height, width=width)
    assert (level.step_x, level.step_y) == (every, every)
    assert (level.rows, level.cols) == (math.ceil(height / every), math.ceil(width / every))
    assert level.count <= MOST_ANCHORS
    assert every == 1 or 5 * math.ceil(height / (every - 1)) * math.ceil(width / (every - 1)) > MOST_ANCHORS


def test_sparser_pixels_keep_the_shapes_of_all_pixels():
    options = {"scales": (0.75, 0.5), "ratios": (1.0, 2.0), "convention": Convention.TEXTBOOK}
    assert pixel_level(90, 120, **options, every=3).shapes == pixel_level(90, 120, **options).shapes


def test_exactly_the_most_anchors_are_made():
    settings = AnchorSettings(generator=Generator.PIXEL, scales=(0.5,), ratios=(1.0,))
    (level,) = levels(settings, height=1250, width=2000)
    assert level.count == MOST_ANCHORS


def test_a_pyramid_of_too_many_anchors_is_refused_with_its_number():
    settings = AnchorSettings(generator=Generator.PYRAMID, strides=(1,), ratios=(1.0,))
    with pytest.raises(SettingError, match=r"make 2,500,001 anchors, and 2,500,000 is the most\. Choose fewer scales"):
        levels(settings, height=1, width=2_500_001)


def test_a_grid_of_too_many_anchors_is_refused():
    settings = AnchorSettings(cells=100, shapes=((1.0, 1.0),) * 251)
    with pytest.raises(SettingError, match="make 2,510,000 anchors"):
        levels(settings, height=100, width=100)


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"scales": ()}, "scales must be numbers above 0, at least one"),
        ({"scales": (0.5, 0.0)}, "scales must be numbers above 0"),
        ({"scales": (1.5,)}, r"scales must lie in \(0, 1\]"),
        ({"ratios": (-1.0,)}, "ratios must be numbers above 0"),
        ({"ratios": (math.nan,)}, "ratios must be numbers above 0"),
        ({"strides": (0,)}, "strides must be numbers above 0"),
        ({"octaves": (math.inf,)}, "octaves must be numbers above 0"),
        ({"cells": 0}, "cells must be from 1 to 100, got 0"),
        ({"cells": 101}, "cells must be from 1 to 100, got 101"),
        ({"size": 0.0}, "size must be above 0 and at most 10"),
        ({"size": math.nan}, "size must be above 0"),
        ({"shapes": ()}, "shapes must be numbers above 0, at least one"),
        ({"shapes": ((1, 1), (0, 2))}, "shapes must be numbers above 0"),
    ],
)
def test_a_setting_without_meaning_is_named_with_its_rule(settings, said):
    with pytest.raises(SettingError, match=said):
        AnchorSettings(**settings)


def test_strides_of_half_a_pixel_are_refused():
    # In a process without the type checks of the tests, which would stop it first.
    code = "from core.boxes.layout import AnchorSettings; AnchorSettings(strides=(2.5,))"
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert "SettingError: strides must be whole pixels, got (2.5,)" in done.stderr


def test_a_fresh_process_counts_anchors_without_torch():
    code = "import sys, core.boxes.layout; sys.exit('torch' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
