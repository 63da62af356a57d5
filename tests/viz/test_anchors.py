"""Anchors and ground truth on a photo: every stroke in its colour and dash, and nothing breaks beyond the border."""

import time

import numpy as np
import pytest

from core.boxes.settings import Labelled
from viz.anchors import assignment_picture, cell_picture, map_picture
from viz.colours import IGNORED, MANY, POSITIVE, TRUTH, VIRIDIS, Stroke
from viz.heatmaps import viridis

GREY = np.full((300, 400, 3), 100, np.uint8)
WHITE = (255, 255, 255)
BOX = (60.0, 80.0, 340.0, 220.0)
AWAY = (-300.0, -200.0, -100.0, -50.0)  # beside the photo
CASING = 2  # pixels a stroke and its casing reach to either side of its edge, on a picture of up to 899 pixels
LONGEST_TAG = (90, 24)  # width and height that hold the tag of a short name


def cell(truths=(), anchors=(), pixels=GREY) -> np.ndarray:
    return np.asarray(cell_picture(pixels, truths, anchors))


def assigned(truths=(), positives=(), ignored=(), pixels=GREY) -> np.ndarray:
    return np.asarray(assignment_picture(pixels, truths, positives, ignored))


def has(out: np.ndarray, colour) -> np.ndarray:
    return (out == np.array(colour)).all(axis=-1)


def edges(box, out: np.ndarray) -> list[np.ndarray]:
    """The pixels along the four edges, without what is near the corners."""
    x1, y1, x2, y2 = (int(side) for side in box)
    return [out[y1, x1 + 4 : x2 - 3], out[y2, x1 + 4 : x2 - 3], out[y1 + 4 : y2 - 3, x1], out[y1 + 4 : y2 - 3, x2]]


def runs(marked: np.ndarray) -> list[tuple[bool, int]]:
    """How long it stays true, false, true, ..."""
    cuts = np.flatnonzero(np.diff(marked.astype(int))) + 1
    return [(bool(part[0]), len(part)) for part in np.split(marked, cuts)]


def nothing_but(out: np.ndarray, *colours) -> bool:
    return bool(np.logical_or.reduce([has(out, colour) for colour in colours]).all())


def assert_drawn(out: np.ndarray, box, stroke: Stroke) -> None:
    """Along every edge of `box` the stroke's colour and its casing take turns as its dash says."""
    for edge in edges(box, out):
        assert nothing_but(edge, stroke.rgb, WHITE)
        lengths = runs(has(edge, stroke.rgb))[1:-1]  # the first and the last are cut
        if not stroke.dash:
            assert has(edge, stroke.rgb).all()
            continue
        drawn, gap = (int(part) for part in stroke.dash.split())
        assert len(lengths) >= 8
        # a line is drawn with both its ends, so that a dash is up to two pixels longer and its gap as much shorter
        assert all(drawn <= length <= drawn + 2 for coloured, length in lengths if coloured)
        assert all(gap - 2 <= length <= gap for coloured, length in lengths if not coloured)


@pytest.mark.parametrize("size", [(1, 1), (16, 16), (16, 1600), (1600, 16), (300, 400)], ids=str)
def test_pictures_have_the_size_of_the_photo(size):
    pixels = np.full((*size, 3), 100, np.uint8)
    height, width = size
    whole, corner = (0.0, 0.0, float(width), float(height)), (width - 1.0, height - 1.0, float(width), float(height))
    for out in (
        cell([Labelled("all", whole)], [whole, corner], pixels),
        assigned([Labelled("corner", corner)], [whole], [corner], pixels),
    ):
        assert out.shape == pixels.shape
        assert out.dtype == np.uint8
        assert (out != pixels).any()


def test_without_boxes_the_photo_is_left_as_it_is():
    assert np.array_equal(cell(), GREY)
    assert np.array_equal(assigned(), GREY)


@pytest.mark.parametrize("number", range(len(MANY)))
def test_each_anchor_of_a_cell_has_a_stroke_of_its_own(number):
    out = cell(anchors=[*[AWAY] * number, BOX])
    assert_drawn(out, BOX, MANY[number])
    assert nothing_but(out, MANY[number].rgb, WHITE, (100, 100, 100))


def test_after_the_last_stroke_the_first_comes_again():
    assert np.array_equal(cell(anchors=[*[AWAY] * len(MANY), BOX]), cell(anchors=[BOX]))


def test_anchors_that_learn_are_solid_and_those_left_out_are_dashed():
    other = (100.0, 120.0, 300.0, 180.0)
    out = assigned(positives=[BOX], ignored=[other])
    assert_drawn(out, BOX, POSITIVE)
    assert_drawn(out, other, IGNORED)


def test_an_object_lies_over_the_anchors_that_learn_and_they_over_those_left_out():
    assert not has(assigned(positives=[BOX], ignored=[BOX]), IGNORED.rgb).any()
    for out in (assigned([Labelled("cat", BOX)], [BOX], [BOX]), cell([Labelled("cat", BOX)], [BOX])):
        _, bottom, _, right = edges(BOX, out)  # its name lies over the other two
        assert has(bottom, TRUTH.rgb).all()
        assert has(right, TRUTH.rgb).all()


def test_nothing_changes_beside_the_strokes():
    out = assigned(positives=[BOX])
    x1, y1, x2, y2 = (int(side) for side in BOX)
    free = np.ones(GREY.shape[:2], bool)
    free[y1 - CASING : y2 + CASING + 1, x1 - CASING : x2 + CASING + 1] = False
    free[y1 + CASING + 1 : y2 - CASING, x1 + CASING + 1 : x2 - CASING] = True
    assert (out[free] == 100).all()


def tag(out: np.ndarray, x: float, y: float) -> np.ndarray:
    """What lies to the right of and below (x, y), as far as the tag of a short name may reach."""
    return out[int(y) : int(y) + LONGEST_TAG[1], int(x) : int(x) + LONGEST_TAG[0]]


def assert_named(out: np.ndarray, x: float, y: float) -> None:
    area = tag(out, x, y)
    assert has(area[:16, :16], TRUTH.rgb).mean() > 0.5
    assert (area[:16, 4:30].min(axis=-1) > 200).any(), "the letters"


def test_an_object_carries_its_name_in_its_upper_left_corner():
    out = assigned([Labelled("cat", BOX)])
    assert_named(out, BOX[0], BOX[1])
    assert not np.array_equal(out, assigned([Labelled("dog", BOX)]))


@pytest.mark.parametrize(
    ("box", "corner"),
    [
        ((-40.0, -30.0, 200.0, 150.0), (0, 0)),
        ((-0.5, 100.0, 120.0, 180.0), (0, 100)),
        ((200.0, -80.0, 300.0, 60.0), (200, 0)),
        ((0.0, 0.0, 400.0, 300.0), (0, 0)),
    ],
    ids=str,
)
def test_the_name_of_an_object_that_begins_beyond_the_photo_is_on_the_photo(box, corner):
    assert_named(cell([Labelled("cat", box)]), *corner)


@pytest.mark.parametrize("label", ["", " ", "a", "two words", "猫", "a very long name indeed, of a thing"])
@pytest.mark.parametrize("corner", [(0.0, 0.0), (390.0, 290.0)], ids=str)
def test_any_name_is_drawn_at_any_border(label, corner):
    out = cell([Labelled(label, (*corner, corner[0] + 10, corner[1] + 10))])
    assert out.shape == GREY.shape
    assert has(out, TRUTH.rgb).any()


@pytest.mark.parametrize("corner", [(392.0, 100.0), (100.0, 294.0), (396.0, 296.0)], ids=str)
def test_the_name_of_an_object_at_the_far_border_is_on_the_photo_as_a_whole(corner):
    """As many pixels of its tag are seen as where there is room for it."""

    def tag_size(x: float, y: float) -> int:
        out = cell([Labelled("motorcycle", (x, y, x + 4, y + 4))])
        return int((out != 100).any(axis=-1).sum())

    assert tag_size(*corner) >= 0.8 * tag_size(100.0, 100.0)


@pytest.mark.parametrize("box", [AWAY, (-5000.0, -4000.0, 6000.0, 5000.0), (500.0, 0.0, 900.0, 300.0)], ids=str)
def test_of_anchors_whose_edges_lie_beyond_the_photo_nothing_is_seen(box):
    assert np.array_equal(cell(anchors=[box] * len(MANY)), GREY)
    assert np.array_equal(assigned(positives=[box], ignored=[box]), GREY)


def test_an_anchor_that_reaches_beyond_the_photo_is_drawn_as_far_as_one_sees():
    out = assigned(positives=[(-100.0, -100.0, 200.0, 150.0)])
    assert has(out[150, :198], POSITIVE.rgb).all()
    assert has(out[:148, 200], POSITIVE.rgb).all()
    assert nothing_but(out[:140, :190], (100, 100, 100))


@pytest.mark.parametrize("size", [(0.0, 0.0), (0.2, 40.0), (40.0, 0.2), (1.0, 1.0), (2.5, 2.5)], ids=str)
def test_an_anchor_thinner_than_a_pixel_is_seen(size):
    thin = (200.0, 150.0, 200.0 + size[0], 150.0 + size[1])
    for out in (assigned(positives=[thin]), assigned(ignored=[thin])):
        assert (out[150, 200] != 100).any()
        assert (out[:100] == 100).all()


def test_the_photo_itself_is_not_painted_on():
    pixels = GREY.copy()
    pixels.setflags(write=False)
    assigned([Labelled("cat", BOX)], [BOX], [BOX], pixels)
    cell([Labelled("cat", BOX)], [BOX], pixels)
    assert (pixels == 100).all()


def test_strokes_grow_with_the_picture():
    """What is thin on 400 pixels would be a hair on 1,600."""

    def width_of_stroke(factor: int) -> int:
        pixels = np.full((300 * factor, 400 * factor, 3), 100, np.uint8)
        box = tuple(side * factor for side in BOX)
        column = assigned(positives=[box], pixels=pixels)[: 150 * factor, 200 * factor]
        return int(has(column, POSITIVE.rgb).sum())

    assert width_of_stroke(3) == 2 * width_of_stroke(1) > 0, "1,200 pixels are two times 600"


def test_the_most_that_is_ever_drawn_takes_a_moment():
    pixels = np.zeros((1600, 1600, 3), np.uint8)
    large = (-700.0, -700.0, 2300.0, 2300.0)

    def seconds():
        began = time.thread_time()
        assigned([Labelled("cat", large)] * 12, [large] * 60, [large] * 60, pixels)
        return time.thread_time() - began

    assert min(seconds() for _ in range(3)) < 2


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
def test_a_map_goes_from_violet_at_zero_to_yellow_at_its_highest_value(dtype):
    values = np.array([[0.0, 2.0], [4.0, 8.0], [1.0, 6.0]], dtype)
    image = map_picture(values, 8.0)
    assert image.size == (2, 3)
    out = np.asarray(image)
    assert np.array_equal(out, viridis(values.astype(np.float32) / 8))
    assert tuple(out[0, 0]) == Stroke(VIRIDIS[0]).rgb
    assert tuple(out[1, 1]) == Stroke(VIRIDIS[-1]).rgb


@pytest.mark.parametrize("highest", [0.0, 1.0])
def test_a_map_of_zeros_is_violet_all_over(highest):
    out = np.asarray(map_picture(np.zeros((4, 6), np.float16), highest))
    assert out.shape == (4, 6, 3)
    assert has(out, Stroke(VIRIDIS[0]).rgb).all()


def test_counts_of_millions_make_a_map_too():
    out = np.asarray(map_picture(np.array([[0.0, 2.5e6]], np.float32), 2.5e6))
    assert tuple(out[0, 1]) == Stroke(VIRIDIS[-1]).rgb
