"""Anchors and objects of the anchors page: the course's numbers, a naive loop over single anchors, laws, and refusals."""

import math
from itertools import combinations

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core.boxes.layout import MOST_ANCHORS, AnchorSettings, Generator, count, levels
from core.boxes.matching import BACKGROUND, IGNORED
from core.boxes.settings import MOST_OBJECTS, AssignmentSettings, Rule, State
from core.errors import SettingError
from core.experiments import assignment
from core.experiments.assignment import (
    MOST_DRAWN,
    MOST_IGNORED,
    MOST_PLACES,
    anchors,
    assign,
    at_place,
    offsets,
    pick,
)
from core.images.samples import sample

COURSE = AnchorSettings()
COURSE_IOUS = (0.1007, 0.4029, 0.7454, 0.5733, 0.3971, 0.5918, 0.5216, 0.6619, 0.4799)
CELL, GREEDY, THRESHOLDS = (AssignmentSettings(rule=rule) for rule in (Rule.CELL, Rule.GREEDY, Rule.THRESHOLDS))

# On photos whose sides are multiples of four every corner of these anchors is a multiple of a half. IoUs of whole boxes
# with them are exact but for one rounding, so a loop in plain Python finds the same ties.
SMALL = {
    Generator.GRID: AnchorSettings(cells=4, shapes=((1.0, 1.0), (2.0, 2.0), (1.0, 2.0), (3.0, 1.0))),
    Generator.PIXEL: AnchorSettings(generator=Generator.PIXEL, scales=(0.5, 0.25), ratios=(1.0, 4.0, 0.25)),
    Generator.PYRAMID: AnchorSettings(
        generator=Generator.PYRAMID, strides=(4, 8), octaves=(1.0, 2.0), ratios=(1.0, 4.0, 0.25)
    ),
}
FITTING = [
    (generator, rule)
    for generator in Generator
    for rule in Rule
    if rule is not Rule.CELL or generator is Generator.GRID
]
SIDES = st.sampled_from([8, 12, 16])
LIMITS = st.sampled_from([0.0, 0.1, 0.25, 0.3, 0.5, 0.7, 0.9, 1.0])


@st.composite
def worlds(draw, least=0):
    """Height and width of a photo, and whole boxes on it."""
    height, width = draw(SIDES), draw(SIDES)

    def side(length):
        return st.tuples(st.integers(0, length - 1), st.integers(1, length)).filter(lambda ends: ends[0] < ends[1])

    boxes = st.tuples(side(width), side(height)).map(lambda ends: tuple(float(e) for e in np.transpose(ends).ravel()))
    return height, width, tuple(draw(st.lists(boxes, min_size=least, max_size=4)))


def rules(rule):
    limits = st.tuples(LIMITS, LIMITS).map(sorted)
    return limits.map(lambda ends: AssignmentSettings(rule=rule, negative=ends[0], positive=ends[1]))


def naive_iou(a, b):
    wide, high = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    shared = max(0.0, wide) * max(0.0, high)
    return shared / (sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)) - shared)


def every_anchor(grids):
    """The box of every anchor and where it stands, (level, row, column), one level after the other."""
    made = []
    for number, level in enumerate(grids):
        part = [None] * level.count
        for row in range(level.rows):
            for col in range(level.cols):
                for shape in range(len(level.shapes)):
                    part[level.index(row, col, shape)] = (level.box(row, col, shape), (number, row, col))
        made += part
    return made


def first_largest(values):
    return max(range(len(values)), key=lambda index: (values[index], -index))


def naive_greedy(table, how, _):
    won = [first_largest(row) if max(row) >= how.positive else BACKGROUND for row in table]
    rows, columns = set(range(len(table))), set(range(len(table[0])))
    while rows and columns:
        _, row, column = min((-table[row][column], row, column) for row in rows for column in columns)
        won[row] = column
        rows.remove(row)
        columns.remove(column)
    return won


def naive_thresholds(table, how, _):
    highest = [max(column) for column in zip(*table, strict=True)]
    won = []
    for row in table:
        unbeaten = any(iou == most > 0 for iou, most in zip(row, highest, strict=True))
        empty_handed = BACKGROUND if max(row) < how.negative else IGNORED
        won.append(first_largest(row) if unbeaten or max(row) >= how.positive else empty_handed)
    return won


def naive_cell(table, _, wanted):
    won = [BACKGROUND] * len(table)
    for truth in reversed(range(len(wanted))):
        won[wanted[truth]] = truth
    return won


def naive_activated(truth, grid):
    """The anchor of the nearest cell that overlaps `truth` most."""
    x, y = (truth[0] + truth[2]) / 2, (truth[1] + truth[3]) / 2
    places = [(row, col) for row in range(grid.rows) for col in range(grid.cols)]
    apart = [abs((col + 0.5) * grid.step_x - x) + abs((row + 0.5) * grid.step_y - y) for row, col in places]
    row, col = places[apart.index(min(apart))]
    shape = first_largest([naive_iou(grid.box(row, col, shape), truth) for shape in range(len(grid.shapes))])
    return grid.index(row, col, shape)


NAIVE = {Rule.GREEDY: naive_greedy, Rule.THRESHOLDS: naive_thresholds, Rule.CELL: naive_cell}


def points_of(heat, height, width):
    """Some of the points of a map, and its values there."""
    for down in range(0, heat.shape[0], 17):
        for across in range(5, heat.shape[1], 17):
            yield (across + 0.5) * width / heat.shape[1], (down + 0.5) * height / heat.shape[0], heat[down, across]


def assert_largest_are_drawn(drawn, values, made, most):
    """`values` by row of those that may be drawn: the largest are, largest first, each one once and in its place."""
    assert len({one.index for one in drawn}) == len(drawn)
    assert [one.iou for one in drawn] == pytest.approx(sorted(values.values(), reverse=True)[:most], abs=1e-6)
    for one in drawn:
        assert one.iou == pytest.approx(values[one.index], abs=1e-6)
        assert one.box == made[one.index][0]


def triangle():
    photo = sample("triangle")
    return tuple(photo.truth.boxes[0].tolist()), photo.height, photo.width


def test_the_triangle_activates_the_anchor_that_the_course_says():
    truth, height, width = triangle()
    answer = assign((truth,), COURSE, CELL, height=height, width=width)
    (one,) = answer.activations
    assert (one.cell, one.anchor, one.flat_index) == ((3, 3), 2, 122)
    assert one.distance == 20.5
    assert one.distances.flatten().sort().values[:2].tolist() == pytest.approx([20.5, 34.0714], abs=5e-5)
    assert one.iou.tolist() == pytest.approx(COURSE_IOUS, abs=5e-5)
    assert [(row.index, row.truth) for row in answer.positives] == [(122, 0)]
    assert answer.positives[0].iou == pytest.approx(0.7454, abs=5e-5)
    assert (answer.counts, answer.learns, answer.rivals) == ((1, 0, 440), (1,), ())
    assert np.argwhere(answer.states[0] == 2).tolist() == [[3, 3]]


def test_the_place_of_the_triangle_has_the_nine_anchors_of_the_course():
    truth, height, width = triangle()
    placed = at_place(levels(COURSE, height=height, width=width), (truth,), x=253.5, y=183.5)
    assert [one.iou for one in placed] == pytest.approx(COURSE_IOUS, abs=5e-5)
    assert {(one.row, one.col, one.truth) for one in placed} == {(3, 3, 0)}
    assert [one.index for one in placed] == [24 + 49 * shape for shape in range(9)]


def test_the_textbooks_example_has_as_many_anchors_as_the_textbook_says():
    assert anchors(AnchorSettings(generator=Generator.PIXEL), height=561, width=728).count == 2_042_040


def test_all_anchors_that_hold_an_object_equally_well_are_positive():
    """3,136 of them hold the whole object, with an area that float32 rounds now up and now down."""
    pixel = AnchorSettings(generator=Generator.PIXEL, scales=(0.8, 0.5, 0.2))
    how = AssignmentSettings(rule=Rule.THRESHOLDS, positive=0.7, negative=0.3)
    answer = assign([(301.0, 201.0, 331.0, 231.0)], pixel, how, height=427, width=640)
    assert answer.counts[0] == 3136


@pytest.mark.parametrize(("generator", "rule"), FITTING)
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_rule_decides_as_a_naive_loop_over_single_anchors_does(generator, rule, data):
    height, width, truths = data.draw(worlds(least=1))
    how = data.draw(rules(rule))
    answer = assign(truths, SMALL[generator], how, height=height, width=width)
    made = every_anchor(answer.levels)
    table = [[naive_iou(box, truth) for truth in truths] for box, _ in made]
    columns = list(zip(*table, strict=True))
    best = [one.index for one in answer.best]
    wanted = [naive_activated(truth, answer.levels[0]) for truth in truths] if rule is Rule.CELL else best
    won = NAIVE[rule](table, how, wanted)

    assert [one.truth for one in answer.best] == list(range(len(truths)))
    assert [column[index] for index, column in zip(best, columns, strict=True)] == pytest.approx(
        [max(column) for column in columns], abs=1e-6
    )
    for index, truth in zip(best, truths, strict=True):
        middle = {"x": (truth[0] + truth[2]) / 2, "y": (truth[1] + truth[3]) / 2}
        assert index in {one.index for one in at_place(answer.levels, (truth,), **middle)}
    assert [one.iou for one in answer.best] == pytest.approx([table[a][t] for t, a in enumerate(best)], abs=1e-6)
    for truth, one in enumerate(answer.taught):
        learned = [column for row, column in enumerate(columns[truth]) if won[row] == truth]
        assert (one is None) == (not learned)
        if one is not None:
            assert (won[one.index], one.truth, one.state) == (truth, truth, State.POSITIVE)
            assert one.iou == pytest.approx(max(learned), abs=1e-6)
    assert answer.matched.tolist() == won
    assert answer.learns == tuple(won.count(truth) for truth in range(len(truths)))
    assert answer.counts == (sum(answer.learns), won.count(IGNORED), won.count(BACKGROUND))
    assert answer.rivals == tuple(
        (a, b)
        for a, b in combinations(range(len(truths)), 2)
        if wanted[a] == wanted[b] and table[wanted[a]][a] > 5e-7 and table[wanted[b]][b] > 5e-7
    )
    assert [one.flat_index for one in answer.activations] == (wanted if rule is Rule.CELL else [])
    for truth in range(len(truths)):
        drawn = [one for one in answer.positives if one.truth == truth]
        values = {row: table[row][truth] for row, winner in enumerate(won) if winner == truth}
        assert_largest_are_drawn(drawn, values, made, MOST_DRAWN // len(truths))
    left_out = {row: max(table[row]) for row, winner in enumerate(won) if winner == IGNORED}
    assert_largest_are_drawn(answer.ignored, left_out, made, MOST_IGNORED)
    assert all(one.truth == first_largest(table[one.index]) for one in answer.ignored)

    states = [np.zeros((level.rows, level.cols), np.uint8) for level in answer.levels]
    for (_, (level, row, col)), winner in zip(made, won, strict=True):
        states[level][row, col] = max(states[level][row, col], 2 if winner >= 0 else int(winner == IGNORED))
    for ours, naive in zip(answer.states, states, strict=True):
        np.testing.assert_array_equal(ours, naive)


@pytest.mark.parametrize("generator", Generator)
@settings(max_examples=15, deadline=None)
@given(world=worlds())
def test_the_heat_at_a_point_is_the_largest_iou_of_the_anchors_nearest_to_it(generator, world):
    height, width, truths = world
    answer = assign(truths, SMALL[generator], GREEDY, height=height, width=width)
    largest = {}
    for box, place in every_anchor(answer.levels):
        largest[place] = max([largest.get(place, 0.0), *(naive_iou(box, truth) for truth in truths)])
    for x, y, value in points_of(answer.heat, height, width):
        near = [largest[number, *level.cell(x, y)] for number, level in enumerate(answer.levels)]
        assert value == pytest.approx(max(near), rel=1e-3, abs=1e-6)  # float16, of six decimals


@pytest.mark.parametrize(("generator", "rule"), FITTING)
@settings(max_examples=15, deadline=None)
@given(world=worlds(least=1))
def test_every_anchor_is_counted_once_and_the_brightest_place_is_the_best_match(generator, rule, world):
    height, width, truths = world
    answer = assign(truths, SMALL[generator], AssignmentSettings(rule=rule), height=height, width=width)
    assert sum(answer.counts) == count(levels(SMALL[generator], height=height, width=width))
    assert answer.counts[0] == sum(answer.learns)
    assert answer.heat.max() == np.float16(max(one.iou for one in answer.best))
    assert max(answer.heat.shape) == assignment.MAP_SIDE


@given(world=worlds(least=1))
@settings(max_examples=15, deadline=None)
def test_a_rule_changes_neither_the_heat_nor_what_is_best(world):
    height, width, truths = world
    one, *others = (
        assign(truths, SMALL[Generator.GRID], AssignmentSettings(rule=rule), height=height, width=width)
        for rule in Rule
    )
    for other in others:
        np.testing.assert_array_equal(one.heat, other.heat)
        assert [(row.index, row.iou) for row in one.best] == [(row.index, row.iou) for row in other.best]


@pytest.mark.parametrize("how", [CELL, GREEDY, THRESHOLDS], ids=lambda how: how.rule.value)
def test_objects_that_move_by_a_cell_take_the_whole_answer_with_them(how):
    grid = AnchorSettings(cells=8)  # cells of 40 x 30 pixels, and a map with a value for every pixel
    truths = ((101.0, 72.0, 170.0, 140.0), (130.0, 80.0, 240.0, 190.0))
    moved = tuple((x1 + 40, y1 + 30, x2 + 40, y2 + 30) for x1, y1, x2, y2 in truths)
    here, there = (assign(boxes, grid, how, height=240, width=320) for boxes in (truths, moved))
    assert 0 < here.counts[0] < MOST_DRAWN
    assert (there.counts, there.learns) == (here.counts, here.learns)

    def a_cell_on(index):
        row, col, shape = here.levels[0].at(index)
        return here.levels[0].index(row + 1, col + 1, shape)

    assert [(one.index, one.iou) for one in there.best] == [(a_cell_on(one.index), one.iou) for one in here.best]
    assert {one.index: one.truth for one in there.positives} == {a_cell_on(o.index): o.truth for o in here.positives}
    np.testing.assert_allclose(there.heat[30:, 40:], here.heat[:-30, :-40], atol=1e-3)
    np.testing.assert_array_equal(there.states[0][1:, 1:], here.states[0][:-1, :-1])
    for before, after in zip(here.activations, there.activations, strict=True):
        assert after.cell == (before.cell[0] + 1, before.cell[1] + 1)
        assert after.distance == before.distance


@pytest.mark.parametrize("rule", [Rule.GREEDY, Rule.THRESHOLDS])
@pytest.mark.parametrize("share", [5, 30, 55, 70, 90, 95])
def test_an_object_whose_anchor_learns_at_a_threshold_has_an_iou_that_reaches_it(rule, share):
    """An object that fills exactly this share of its anchor, in percent; in float32 0.7 lies below 0.7."""
    one = AnchorSettings(generator=Generator.PYRAMID, strides=(100,), octaves=(1.0,), ratios=(1.0,))
    how, truth = AssignmentSettings(rule=rule, positive=share / 100, negative=0.0), (100.0, 100.0, 200.0, 100.0 + share)
    (best,) = assign((truth,), one, how, height=400, width=400).best
    assert best.iou >= how.positive


def test_two_objects_in_one_cell_are_rivals_and_the_second_learns_nothing():
    truths = ((200.0, 100.0, 300.0, 240.0), (204.0, 98.0, 298.0, 236.0), (0.0, 0.0, 60.0, 60.0))
    answer = assign(truths, COURSE, CELL, height=333, width=500)
    assert answer.rivals == ((0, 1),)
    assert answer.learns == (1, 0, 1)


def test_two_objects_are_no_rivals_where_each_has_an_equally_good_anchor_of_its_own():
    """Both lie whole in the first of some anchors of 32 x 32 pixels; other anchors hold each of them as well."""
    grid, truths = AnchorSettings(cells=4, shapes=((2.0, 2.0),)), ((10.0, 10.0, 14.0, 14.0), (18.0, 18.0, 22.0, 22.0))
    rivals = [assign(truths, grid, how, height=64, width=64).rivals for how in (GREEDY, THRESHOLDS, CELL)]
    assert rivals == [(), (), ()]


def test_each_of_many_objects_has_its_share_of_what_is_drawn():
    """The large one alone has more positive anchors than are drawn."""
    truths = ((0.0, 0.0, 64.0, 64.0), *((float(x), 70.0, x + 5.0, 75.0) for x in range(0, 66, 6)))
    assert len(truths) == MOST_OBJECTS
    pixel = AnchorSettings(generator=Generator.PIXEL, scales=(0.8, 0.06))
    answer = assign(truths, pixel, AssignmentSettings(rule=Rule.GREEDY, positive=0.3), height=80, width=80)
    assert answer.learns[0] > MOST_DRAWN
    assert len(answer.positives) <= MOST_DRAWN
    assert [one.truth for one in answer.positives] == sorted(one.truth for one in answer.positives)
    shares = [sum(one.truth == truth for one in answer.positives) for truth in range(MOST_OBJECTS)]
    assert shares == [min(MOST_DRAWN // MOST_OBJECTS, learns) for learns in answer.learns]


@pytest.mark.parametrize("side", [38, 39])
def test_states_travel_only_where_there_are_few_places(side):
    answer = assign(
        ((1.0, 1.0, 30.0, 30.0),), AnchorSettings(generator=Generator.PIXEL), GREEDY, height=side, width=side
    )
    assert len(answer.states) == int(side**2 <= MOST_PLACES)


@pytest.mark.parametrize(("generator", "rule"), FITTING)
def test_without_objects_every_anchor_is_background(generator, rule):
    answer = assign((), SMALL[generator], AssignmentSettings(rule=rule), height=12, width=16)
    assert answer.counts == (0, 0, count(answer.levels))
    assert answer.best == answer.learns == answer.positives == answer.ignored == answer.rivals == ()
    assert not answer.heat.any()
    assert all(not states.any() for states in answer.states)


def test_what_was_computed_cannot_be_painted_on():
    answer = assign(((1.0, 1.0, 9.0, 9.0),), SMALL[Generator.GRID], GREEDY, height=16, width=16)
    for array in (answer.heat, *answer.states, anchors(SMALL[Generator.GRID], height=16, width=16).over):
        with pytest.raises(ValueError, match="read-only"):
            array[0, 0] = 1


def test_an_answer_says_what_it_cost():
    for cost in (
        assign(((1.0, 1.0, 9.0, 9.0),), COURSE, CELL, height=333, width=500).cost,
        anchors(COURSE, height=333, width=500).cost,
    ):
        assert (cost.forward, cost.backward) == (0, 0)
        assert cost.milliseconds > 0


@pytest.mark.parametrize("generator", Generator)
@settings(max_examples=10, deadline=None)
@given(world=worlds(), x=st.floats(-20, 40), y=st.floats(-20, 40))
def test_a_place_has_the_anchors_of_its_nearest_centre_on_every_level(generator, world, x, y):
    height, width, truths = world
    grids = levels(SMALL[generator], height=height, width=width)
    placed = at_place(grids, truths, x=x, y=y)
    made = every_anchor(grids)
    assert [one.box for one in placed] == [
        level.box(*level.cell(x, y), shape) for level in grids for shape in range(len(level.shapes))
    ]
    for one in placed:
        overlaps = [naive_iou(one.box, truth) for truth in truths]
        assert made[one.index][0] == one.box
        assert made[one.index][1][1:] == (one.row, one.col)
        assert (one.shape.width, one.shape.height) == (one.box[2] - one.box[0], one.box[3] - one.box[1])
        assert one.truth == (first_largest(overlaps) if truths else None)
        assert one.iou == pytest.approx(max(overlaps, default=0.0), abs=1e-12)


@pytest.mark.parametrize(("generator", "rule"), FITTING)
def test_any_anchor_is_found_by_its_number_with_the_object_it_learns(generator, rule):
    truths = ((1.0, 2.0, 6.0, 9.0), (3.0, 0.0, 8.0, 5.0))
    answer = assign(truths, SMALL[generator], AssignmentSettings(rule=rule), height=12, width=8)
    for index, (box, _) in enumerate(every_anchor(answer.levels)):
        one = pick(answer, truths, index)
        overlaps = [naive_iou(box, truth) for truth in truths]
        learned = int(answer.matched[index])
        assert (one.index, one.box) == (index, box)
        assert one.truth == (learned if learned >= 0 else first_largest(overlaps))
        assert one.state is {-1: State.BACKGROUND, -2: State.IGNORED}.get(learned, State.POSITIVE)
        assert one.iou == pytest.approx(overlaps[one.truth], abs=1e-6)
    for beyond in (-1, count(answer.levels), count(answer.levels) + 1000):
        with pytest.raises(IndexError):
            pick(answer, truths, beyond)


def test_an_anchor_keeps_the_object_that_the_textbook_gave_it_though_it_overlaps_another_one_more():
    photo = sample("overlap")
    truths = tuple(tuple(box) for box in photo.truth.boxes.tolist())
    answer = assign(truths, AnchorSettings(cells=5), GREEDY, height=photo.height, width=photo.width)
    one = pick(answer, truths, 36)
    assert (one.truth, one.iou) == (1, pytest.approx(0.618, abs=5e-4))
    assert naive_iou(one.box, truths[0]) > one.iou


def test_objects_that_no_anchor_touches_are_no_rivals():
    tiny = AnchorSettings(cells=2, shapes=((1, 1),), size=0.2)
    assert assign(((1.0, 1.0, 9.0, 9.0), (50.0, 50.0, 55.0, 55.0)), tiny, GREEDY, height=100, width=100).rivals == ()


def test_an_anchor_is_matched_with_an_object_only():
    answer = assign((), COURSE, GREEDY, height=100, width=100)
    with pytest.raises(SettingError, match=r"no object.*Add a box"):
        pick(answer, (), 0)


@pytest.mark.parametrize("generator", Generator)
def test_anchors_are_counted_and_weighed_as_they_are_laid(generator, monkeypatch):
    made, lay = [], assignment.lay

    def kept(*inputs, **options):
        made.append(lay(*inputs, **options))
        return made[-1]

    monkeypatch.setattr(assignment, "lay", kept)
    answer = anchors(SMALL[generator], height=16, width=12)
    made = made[-len(answer.levels) :]  # one more came first, to warm up
    assert answer.count == sum(len(boxes) for boxes in made)
    assert answer.size == 16 * answer.count == sum(boxes.nbytes for boxes in made)


@pytest.mark.parametrize(("height", "width", "shape"), [(12, 16, (240, 320)), (1, 700, (1, 320))], ids=str)
@pytest.mark.parametrize("generator", Generator)
def test_over_a_point_lie_as_many_anchors_as_a_loop_counts(generator, height, width, shape):
    answer = anchors(SMALL[generator], height=height, width=width)
    boxes = [box for box, _ in every_anchor(answer.levels)]
    assert answer.over.shape == shape
    for x, y, over in points_of(answer.over, height, width):
        assert over == sum(x1 < x < x2 and y1 < y < y2 for x1, y1, x2, y2 in boxes)


@pytest.mark.parametrize(
    "many",
    [
        AnchorSettings(cells=100, shapes=((1.0, 1.0),) * 251),
        AnchorSettings(generator=Generator.PYRAMID, strides=(1,)),
    ],
    ids=["grid", "pyramid"],
)
def test_far_too_many_anchors_are_refused_before_any_is_made(many, monkeypatch):
    monkeypatch.setattr(assignment, "lay", lambda *_, **__: pytest.fail("anchors were made"))
    with pytest.raises(SettingError, match=r"2,500,000 is the most.*Choose fewer"):
        anchors(many, height=1600, width=1600)
    with pytest.raises(SettingError, match=r"2,500,000 is the most.*Choose fewer"):
        assign((), many, GREEDY, height=1600, width=1600)


def test_around_every_pixel_of_the_largest_photo_stand_no_more_anchors_than_allowed():
    answer = anchors(AnchorSettings(generator=Generator.PIXEL), height=1600, width=1600)
    assert MOST_ANCHORS / 2 < answer.count <= MOST_ANCHORS


@pytest.mark.parametrize(("height", "width"), [(1, 1), (1, 1600), (1600, 16)])
@pytest.mark.parametrize("generator", Generator)
def test_a_photo_of_any_shape_has_anchors_and_a_map_of_its_shape(generator, height, width):
    answer = assign(((0.0, 0.0, 1.0, 1.0),), AnchorSettings(generator=generator), GREEDY, height=height, width=width)
    assert answer.counts[0] >= 1
    assert max(answer.heat.shape) == assignment.MAP_SIDE
    assert answer.heat.shape == (
        max(1, round(height * 320 / max(height, width))),
        round(width * 320 / max(height, width)),
    )
    assert np.isfinite(answer.heat).all()


PLACES, LENGTHS = st.floats(-2000, 4000), st.floats(0.01, 4000)
BOXES = st.tuples(PLACES, PLACES, LENGTHS, LENGTHS).map(lambda b: (b[0], b[1], b[0] + b[2], b[1] + b[3]))


@given(anchor=BOXES, truth=BOXES)
@settings(deadline=None)
def test_offsets_are_the_formula_and_lead_from_the_anchor_to_the_box(anchor, truth):
    answer = offsets(anchor, truth)
    (xa, ya, wa, ha), (xb, yb, wb, hb) = (
        ((x1 + x2) / 2, (y1 + y2) / 2, x2 - x1, y2 - y1) for x1, y1, x2, y2 in (anchor, truth)
    )
    formula = ((xb - xa) / wa / 0.1, (yb - ya) / ha / 0.1, math.log(wb / wa) / 0.2, math.log(hb / ha) / 0.2)
    assert answer.numbers == pytest.approx(formula, rel=1e-6, abs=1e-6)
    assert len(answer.path) == len(answer.ious) == 101
    assert answer.path[0] == pytest.approx(anchor, abs=1e-6)
    assert answer.path[-1] == pytest.approx(truth, abs=1e-6)
    assert answer.ious[0] == pytest.approx(naive_iou(anchor, truth), abs=1e-6)
    assert answer.ious[-1] == pytest.approx(1, abs=1e-6)
    assert all(0 <= iou <= 1 for iou in answer.ious)


def test_halfway_along_the_numbers_the_centre_is_in_the_middle_and_the_size_is_the_geometric_mean():
    halfway = offsets((0.0, 0.0, 10.0, 40.0), (30.0, 20.0, 70.0, 30.0)).path[50]
    assert halfway == pytest.approx((27.5 - 10, 22.5 - 10, 27.5 + 10, 22.5 + 10))


BAD = [
    (5.0, 5.0, 5.0, 9.0),
    (5.0, 5.0, 9.0, 5.0),
    (9.0, 5.0, 5.0, 9.0),
    (0.0, 0.0, math.nan, 9.0),
    (0.0, 0.0, 9.0, math.inf),
    (-math.inf, 0.0, 9.0, 9.0),
]


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_a_box_without_area_is_refused(bad):
    good, words = (0.0, 0.0, 10.0, 10.0), r"A box must have a width and a height.*Draw the box again"
    with pytest.raises(SettingError, match=words):
        offsets(bad, good)
    with pytest.raises(SettingError, match=words):
        offsets(good, bad)
    with pytest.raises(SettingError, match=words):
        assign((good, bad), COURSE, CELL, height=100, width=100)


def test_one_object_too_many_is_refused():
    truths = ((0.0, 0.0, 10.0, 10.0),) * MOST_OBJECTS
    assert len(assign(truths, COURSE, CELL, height=100, width=100).best) == MOST_OBJECTS
    with pytest.raises(SettingError, match=r"At most 12 objects can be matched, got 13\. Delete a box"):
        assign((*truths, truths[0]), COURSE, CELL, height=100, width=100)


@pytest.mark.parametrize("generator", [Generator.PIXEL, Generator.PYRAMID])
@pytest.mark.parametrize("truths", [(), ((0.0, 0.0, 10.0, 10.0),)])
def test_yolos_rule_asks_for_yolos_grid(generator, truths):
    with pytest.raises(SettingError, match=r"YOLO's rule needs YOLO's grid.*or another rule"):
        assign(truths, AnchorSettings(generator=generator), CELL, height=100, width=100)


@pytest.mark.parametrize(("generator", "rule"), FITTING)
def test_every_device_decides_what_the_cpu_decides(generator, rule, device, monkeypatch):
    truths, how = ((2.0, 1.0, 9.0, 11.0), (4.0, 3.0, 16.0, 12.0), (2.0, 1.0, 9.0, 11.0)), AssignmentSettings(rule=rule)
    monkeypatch.setenv("VISION_LAB_DEVICE", "cpu")
    here = assign(truths, SMALL[generator], how, height=12, width=16)
    laid_here = anchors(SMALL[generator], height=12, width=16)
    monkeypatch.setenv("VISION_LAB_DEVICE", device.type)
    there = assign(truths, SMALL[generator], how, height=12, width=16)
    laid_there = anchors(SMALL[generator], height=12, width=16)
    assert (there.levels, there.counts, there.learns) == (here.levels, here.counts, here.learns)
    assert [(one.index, one.truth) for one in there.best] == [(one.index, one.truth) for one in here.best]
    assert [one.iou for one in there.positives] == pytest.approx([one.iou for one in here.positives], abs=1e-6)
    assert [one.iou for one in there.ignored] == pytest.approx([one.iou for one in here.ignored], abs=1e-6)
    assert there.rivals == here.rivals
    np.testing.assert_allclose(there.heat, here.heat, atol=1e-3)
    for ours, theirs in zip(there.states, here.states, strict=True):
        np.testing.assert_array_equal(ours, theirs)
    for ours, theirs in zip(there.activations, here.activations, strict=True):
        assert (ours.cell, ours.anchor, ours.flat_index) == (theirs.cell, theirs.anchor, theirs.flat_index)
        torch.testing.assert_close(ours.iou.cpu(), theirs.iou)
    assert (laid_there.count, laid_there.size) == (laid_here.count, laid_here.size)
    np.testing.assert_array_equal(laid_there.over, laid_here.over)
