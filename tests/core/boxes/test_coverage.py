"""Anchors over points against a loop over single anchors, and the share of objects that some anchor fits."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.boxes.coverage import anchors_over
from core.boxes.layout import MOST_ANCHORS, AnchorSettings, Generator, Level, Shape, levels

# Quarters are exact in binary, so points fall on the borders of anchors often, and exactly.
STEPS = st.integers(1, 24).map(lambda number: number / 4)
LENGTHS = st.integers(1, 80).map(lambda number: number / 2)  # half of one is a quarter
POINTS = st.lists(st.integers(-20, 160).map(lambda number: number / 4), max_size=8)
SIZES = st.lists(st.tuples(LENGTHS, LENGTHS), max_size=3)
COUNTS = st.integers(1, 5)
GRIDS = st.lists(st.tuples(COUNTS, COUNTS, STEPS, STEPS, SIZES, st.booleans()), max_size=3)


def numbers(values, dtype=torch.float64):
    return torch.tensor(values, dtype=dtype)


def built(grids):
    return [Level(*grid, tuple(Shape("shape", *size) for size in sizes), order) for *grid, sizes, order in grids]


def naive(levels, x, y):
    """How many anchors hold the point inside, one anchor after the other."""
    boxes = (
        level.box(row, col, shape)
        for level in levels
        for row in range(level.rows)
        for col in range(level.cols)
        for shape in range(len(level.shapes))
    )
    return sum(x1 < x < x2 and y1 < y < y2 for x1, y1, x2, y2 in boxes)


@settings(deadline=None)
@given(grids=GRIDS, x=POINTS, y=POINTS)
def test_over_every_point_lie_as_many_anchors_as_a_loop_counts(grids, x, y):
    over = anchors_over(built(grids), numbers(x), numbers(y))
    assert over.shape == (len(y), len(x))
    assert over.tolist() == [[naive(built(grids), across, down) for across in x] for down in y]


@settings(deadline=None)
@given(
    step=st.floats(0.1, 100), side=st.floats(0.01, 300), cols=st.integers(1, 8), points=st.lists(st.floats(-50, 900))
)
def test_steps_and_sides_that_are_no_round_numbers_make_no_difference(step, side, cols, points):
    """But for points so close to a border that rounding decides on which side they lie."""
    level = Level(1, cols, step, 2.0, (Shape("shape", side, 1.0),))
    counted = anchors_over([level], numbers(points), numbers([1.0]))[0].tolist()
    for point, over in zip(points, counted, strict=True):
        nearest = min(abs(abs(point - (col + 0.5) * step) - side / 2) for col in range(cols))
        if nearest > 1e-9 * (step + side + abs(point)):
            assert over == naive([level], point, 1.0)


def test_the_border_of_an_anchor_counts_as_outside():
    level = Level(1, 1, 10.0, 16.0, (Shape("one", 4.0, 6.0),))  # (3, 5) to (7, 11)
    inside = anchors_over([level], numbers([2.75, 3.0, 3.25, 6.75, 7.0]), numbers([5.0, 5.25, 10.75, 11.0]))
    assert inside.tolist() == [[0] * 5, [0, 0, 1, 1, 0], [0, 0, 1, 1, 0], [0] * 5]


def test_anchors_that_share_a_border_leave_none_over_it_and_one_beside_it():
    level = Level(1, 4, 10.0, 10.0, (Shape("cell", 10.0, 10.0),))
    over = anchors_over([level], numbers([0.0, 5.0, 10.0, 10.5, 20.0, 39.5, 40.0]), numbers([5.0]))
    assert over.tolist() == [[0, 1, 0, 1, 0, 1, 0]]


@settings(deadline=None)
@given(grids=GRIDS, x=POINTS, y=POINTS)
def test_levels_add_up(grids, x, y):
    across, down = numbers(x), numbers(y)
    alone = [anchors_over([level], across, down) for level in built(grids)]
    assert torch.equal(anchors_over(built(grids), across, down), sum(alone, torch.zeros(len(y), len(x)).double()))


@settings(deadline=None)
@given(grids=GRIDS, x=POINTS, y=POINTS)
def test_the_order_in_which_anchors_are_counted_changes_nothing(grids, x, y):
    one, other = built(grids), built([(*grid, not order) for *grid, order in grids])
    across, down = numbers(x), numbers(y)
    assert torch.equal(anchors_over(one, across, down), anchors_over(other, across, down))


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_millions_of_anchors_are_counted_exactly_on_every_device(dtype, device):
    """Of the textbook's 2,042,040 anchors those whose centre is less than half a side away, counted by hand."""
    made = levels(AnchorSettings(generator=Generator.PIXEL), height=561, width=728)
    over = anchors_over(made, numbers([364.0], dtype).to(device), numbers([280.5], dtype).to(device))
    assert over.dtype == dtype
    assert over.device.type == device.type

    def reached(centre, side, count):
        return sum(abs(place + 0.5 - centre) < side / 2 for place in range(count))

    expected = sum(reached(364.0, s.width, 728) * reached(280.5, s.height, 561) for s in made[0].shapes)
    assert 0 < expected < MOST_ANCHORS
    assert over.item() == expected


def test_no_levels_and_no_points_are_answered_too():
    none, some = numbers([]), numbers([1.0, 2.0, 3.0])
    assert anchors_over([], some, some[:2]).tolist() == [[0.0] * 3] * 2
    assert anchors_over([Level(2, 2, 4.0, 4.0, (Shape("one", 4.0, 4.0),))], none, some).shape == (3, 0)
