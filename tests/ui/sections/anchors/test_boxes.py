"""The pairs of boxes: on every photo they lie on it, and each preset shows what its question says."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.experiments.anchors import measure
from core.images.photo import Photo
from core.images.samples import SAMPLES, sample
from ui.box_field import read
from ui.sections.anchors import boxes
from ui.sections.anchors.boxes import FIRST, KEY_A, KEY_B, Pair, pairs

EXTREME = [(16, 16), (17, 17), (16, 1600), (1600, 16), (1600, 1600), (33, 17), (451, 300)]
SIDES = st.integers(16, 1600)


@pytest.fixture(params=[*(row.key for row in SAMPLES), *EXTREME], ids=str)
def photo(request, blank) -> Photo:
    return sample(request.param) if isinstance(request.param, str) else blank(*request.param)


def assert_on(photo: Photo, pair: Pair) -> None:
    for x1, y1, x2, y2 in (pair.a, pair.b):
        assert 0 <= x1 < x2 <= photo.width
        assert 0 <= y1 < y2 <= photo.height


def test_every_pair_lies_on_the_photo(photo):
    for pair in pairs(photo).values():
        assert_on(photo, pair)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(width=SIDES, height=SIDES)
def test_every_pair_lies_on_a_photo_of_any_size(blank, width, height):
    if max(width, height) <= 100 * min(width, height):
        photo = blank(width, height)
        for pair in pairs(photo).values():
            assert_on(photo, pair)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(
    sides=st.tuples(st.integers(16, 400), st.integers(16, 400)),
    corners=st.tuples(*[st.floats(0, 1, width=32)] * 4),
)
def test_every_pair_lies_on_the_photo_wherever_its_object_is(blank, sides, corners):
    (width, height), (u1, v1, u2, v2) = sides, corners
    (x1, x2), (y1, y2) = sorted((u1 * width, u2 * width)), sorted((v1 * height, v2 * height))
    if x2 - x1 >= 4 and y2 - y1 >= 4:
        photo = blank(width, height, boxes=[[x1, y1, x2, y2]])
        for pair in pairs(photo).values():
            assert_on(photo, pair)


def test_every_pair_can_be_typed(photo):
    """A preset writes its boxes into the text fields, and those are read again."""
    for preset in boxes.presets(photo).values():
        for key in (KEY_A, KEY_B):
            read(preset.settings[key], "Box", photo.width, photo.height)


def test_half_aside_is_one_third(photo):
    pair = pairs(photo)["Half aside"]
    assert measure(pair.a, pair.b).iou == pytest.approx(1 / 3, abs=1e-9)


def test_apart_has_no_overlap_and_says_so_by_a_giou_below_zero(photo):
    pair = pairs(photo)["Apart"]
    found = measure(pair.a, pair.b)
    assert found.iou == 0
    assert found.giou < 0


def test_crossed_boxes_differ_in_shape_alone(photo):
    pair = pairs(photo)["Crossed"]
    found = measure(pair.a, pair.b)
    assert pair.a[2] - pair.a[0] > pair.a[3] - pair.a[1]
    assert found.area_a == found.area_b
    assert found.diou == found.iou
    assert found.ciou < found.diou


def test_the_first_pair_is_near_and_not_on_the_object(photo):
    pair = pairs(photo)[FIRST]
    assert 0.2 < measure(pair.a, pair.b).iou < 0.8


@pytest.mark.parametrize("row", SAMPLES, ids=lambda row: row.key)
def test_box_a_is_drawn_around_an_object_of_the_photo(row):
    photo = sample(row.key)
    pair = pairs(photo)[FIRST]
    known = dict(zip(map(tuple, photo.truth.boxes.tolist()), photo.truth.labels, strict=True))
    assert pair.a in known
    assert f"A is drawn around the {known[pair.a]}" in boxes.presets(photo)[FIRST].question


def test_an_object_that_fills_the_photo_is_passed_over(blank):
    photo = blank(100, 100, boxes=[[0, 0, 100, 90], [10, 10, 30, 40]])
    assert pairs(photo)[FIRST].a == (10, 10, 30, 40)
    assert "around the thing 1" in boxes.presets(photo)[FIRST].question


@pytest.mark.parametrize("known", [None, [[0, 0, 100, 90]]])
def test_without_a_useful_object_the_visitor_is_told_to_imagine_one(blank, known):
    question = boxes.presets(blank(100, 100, boxes=known))[FIRST].question
    assert question.startswith("Say that A is the object")


def test_each_preset_asks_and_answers(photo):
    rows = boxes.presets(photo)
    assert list(rows) == list(pairs(photo))
    assert all(row.question.count("?") == 1 and row.answer for row in rows.values())


def test_boxes_are_kept_as_they_are_typed(visitor):
    boxes.keep((1.0, 2.04, 30.0, 40.0), (5.55, 6.0, 70.0, 80.5))
    assert visitor.session == {KEY_A: "1, 2, 30, 40", KEY_B: "5.5, 6, 70, 80.5"}


def test_another_photo_brings_the_boxes_back_to_the_preset(visitor, blank):
    one, two = blank(100, 100), blank(200, 300)
    boxes.open_pair(one, "Apart")
    assert KEY_A not in visitor.session, "the first photo leaves the boxes of a link alone"
    boxes.keep((1.0, 2.0, 30.0, 40.0), (5.0, 6.0, 70.0, 80.0))
    assert boxes.open_pair(one, "Apart") == pairs(one)["Apart"]
    assert visitor.session[KEY_A] == "1, 2, 30, 40", "the same photo leaves the visitor's boxes alone"
    pair = boxes.open_pair(two, "Apart")
    assert read(visitor.session[KEY_A], "A", 200, 300) == pair.a
    assert read(visitor.session[KEY_B], "B", 200, 300) == pair.b


def test_boxes_of_a_preset_are_not_placed_by_hand(photo):
    assert not any(boxes.by_hand(photo, pair) for pair in pairs(photo).values())


def test_boxes_moved_by_a_pixel_are_placed_by_hand(photo):
    pair = pairs(photo)["Apart"]
    x1, y1, x2, y2 = pair.a
    assert boxes.by_hand(photo, Pair((x1, y1, x2, y2 - 1), pair.b))


def test_the_boxes_of_a_preset_exchanged_are_placed_by_hand(blank):
    pair = pairs(blank(100, 100))["Apart"]
    assert boxes.by_hand(blank(100, 100), Pair(pair.b, pair.a))
