"""Drawn scenes: their truth is exact."""

import math
import time

import numpy as np
import pytest

from core.errors import SettingError
from core.images import scenes
from core.images.scenes import OKABE_ITO, Item, Scene, Shape, draw

SEEDS = range(8)
SIZES = [(640, 427), (427, 640), (64, 64), (1600, 900)]


def iou(ours, theirs):
    width = max(0, min(ours[2], theirs[2]) - max(ours[0], theirs[0]))
    height = max(0, min(ours[3], theirs[3]) - max(ours[1], theirs[1]))
    areas = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (ours, theirs))
    return width * height / (areas - width * height)


def areas(truth):
    return (truth.boxes[:, 2] - truth.boxes[:, 0]) * (truth.boxes[:, 3] - truth.boxes[:, 1])


def visible(truth):
    return np.bincount(truth.mask.ravel(), minlength=len(truth.labels) + 1)[1:]


def item(shape, x, y, radius, angle=0.0, colour=0):
    return Item(shape, float(x), float(y), float(radius), angle, OKABE_ITO[colour])


def alone(one, width=120, height=90):
    """One shape on black, its mask and its box."""
    canvas, mask = np.zeros((height, width, 3), np.float32), np.zeros((height, width), np.uint8)
    box = scenes._paint(one, 1, canvas, mask)
    return canvas, mask, box


def corners(one, points, waist):
    """Of a polygon without rounded corners: tips and waists in turn, the first tip up before it is turned."""
    for number in range(2 * points):
        angle = one.angle - math.pi / 2 + number * math.pi / points
        radius = one.radius * (waist if number % 2 else 1)
        yield one.x + radius * math.cos(angle), one.y + radius * math.sin(angle)


def distance_to_outline(x, y, outline):
    """Signed, by a loop over the edges and the even-odd rule."""
    least, inside = math.inf, False
    for (ax, ay), (bx, by) in zip(outline, outline[1:] + outline[:1], strict=True):
        along = ((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / ((bx - ax) ** 2 + (by - ay) ** 2)
        along = min(1.0, max(0.0, along))
        least = min(least, math.hypot(x - ax - along * (bx - ax), y - ay - along * (by - ay)))
        if (ay > y) != (by > y) and x < ax + (y - ay) / (by - ay) * (bx - ax):
            inside = not inside
    return -least if inside else least


@pytest.mark.parametrize(("points", "waist"), [(3, 0.5), (5, 0.5), (5, 0.35), (6, math.cos(math.pi / 6))])
@pytest.mark.parametrize("angle", [0.0, 0.4, -2.0])
def test_the_distance_to_a_star_is_the_one_to_its_edges(points, waist, angle):
    outline = list(corners(item(Shape.STAR, 0, 0, 20, angle), points, waist))
    y, x = np.mgrid[-30:30:2.7, -30:30:2.7]
    cosine, sine = math.cos(angle), math.sin(angle)
    ours = scenes._polygon(x * cosine + y * sine, y * cosine - x * sine, 20.0, points=points, waist=waist)
    naive = [[distance_to_outline(a, b, outline) for a, b in zip(*row, strict=True)] for row in zip(x, y, strict=True)]
    np.testing.assert_allclose(ours, naive, atol=1e-6)


def test_a_square_is_a_square_with_round_corners():
    y, x = np.mgrid[-1.495:1.5:0.01, -1.495:1.5:0.01]
    inside = scenes._square(x, y, 1.0) < 0
    assert inside.mean() * 9 == pytest.approx(1.5**2 - (4 - math.pi) * 0.18**2, abs=0.02)
    assert np.abs(x[inside]).max() == pytest.approx(0.75, abs=0.011)


@pytest.mark.parametrize("shape", Shape)
def test_no_shape_leaves_the_circle_around_it(shape):
    _, mask, _ = alone(item(shape, 60, 45, 30, 0.3, 1))
    y, x = np.nonzero(mask)
    assert np.hypot(x + 0.5 - 60, y + 0.5 - 45).max() <= 30


def test_a_pixel_belongs_to_a_circle_when_its_centre_does():
    _, mask, box = alone(item(Shape.CIRCLE, 50.2, 40.7, 17.3))
    naive = [[math.hypot(x + 0.5 - 50.2, y + 0.5 - 40.7) < 17.3 for x in range(120)] for y in range(90)]
    assert np.array_equal(mask, naive)
    rows, columns = np.nonzero(naive)
    assert box.tolist() == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


def test_a_box_ends_at_the_edge_of_the_picture():
    _, mask, box = alone(item(Shape.SQUARE, 2, 88, 20, 0.0, 0))
    assert box.tolist() == [0, 73, 17, 90]
    assert mask[73:, :17].mean() > 0.95


def test_a_covered_shape_keeps_its_whole_box():
    canvas, mask = np.zeros((90, 120, 3), np.float32), np.zeros((90, 120), np.uint8)
    below = scenes._paint(item(Shape.SQUARE, 60, 45, 20, 0.0, 0), 1, canvas, mask)
    scenes._paint(item(Shape.SQUARE, 76, 45, 25, 0.0, 1), 2, canvas, mask)
    assert below.tolist() == [45, 30, 75, 60]
    assert np.nonzero(mask == 1)[1].max() < 60


def test_colour_covers_a_pixel_by_its_distance():
    canvas, mask, _ = alone(item(Shape.CIRCLE, 60, 45, 20, 0.0, 5))
    edge = canvas[45, 35:45, 2]
    assert (np.diff(edge[4:7]) > 0).all(), "the edge is not smooth"
    assert not canvas[mask == 0].sum(axis=1).max() > 0.6 * canvas.sum(axis=2).max()


@pytest.mark.parametrize("scene", Scene)
@pytest.mark.parametrize(("width", "height"), SIZES)
def test_truth_fits_the_picture(scene, width, height):
    photo = draw(scene, width=width, height=height)
    truth = photo.truth
    assert (photo.width, photo.height, photo.scale, photo.source) == (width, height, 1.0, None)
    assert truth.boxes.shape == (len(truth.labels), 4)
    assert truth.mask.shape == (height, width)
    assert (truth.boxes[:, :2] >= 0).all()
    assert (truth.boxes[:, 2:] <= (width, height)).all()
    assert set(truth.labels) <= {shape.value for shape in Shape}


@pytest.mark.parametrize("scene", Scene)
@pytest.mark.parametrize("seed", SEEDS)
def test_every_shape_is_seen_inside_its_box(scene, seed):
    truth = draw(scene, seed=seed).truth
    assert (visible(truth) >= 0.1 * areas(truth)).all()
    for number, (x1, y1, x2, y2) in enumerate(truth.boxes.astype(int), start=1):
        rows, columns = np.nonzero(truth.mask == number)
        assert x1 <= columns.min() <= columns.max() < x2
        assert y1 <= rows.min() <= rows.max() < y2


@pytest.mark.parametrize("seed", SEEDS)
def test_a_shape_that_nothing_covers_has_a_tight_box(seed):
    truth = draw(Scene.SCALES, seed=seed).truth
    for number, box in enumerate(truth.boxes.tolist(), start=1):
        rows, columns = np.nonzero(truth.mask == number)
        assert box == [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_crowd_has_14_to_20_shapes_and_many_touch(seed):
    truth = draw(Scene.CROWD, seed=seed).truth
    assert 14 <= len(truth.labels) <= 20
    assert len(set(truth.labels)) >= 3
    overlaps = [iou(a, b) for i, a in enumerate(truth.boxes) for b in truth.boxes[:i]]
    assert sum(overlap > 0 for overlap in overlaps) >= 8


@pytest.mark.parametrize("seed", SEEDS)
def test_overlap_has_two_of_a_kind_that_nms_at_one_half_takes_for_one(seed):
    truth = draw(Scene.OVERLAP, seed=seed).truth
    assert truth.labels == ("circle", "circle", "square", "star")
    assert 0.5 < iou(truth.boxes[0], truth.boxes[1]) < 0.6
    assert 0.5 < iou(truth.boxes[2], truth.boxes[3]) < 0.65
    assert iou(truth.boxes[0], truth.boxes[2]) == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_scales_reach_from_12_to_260_pixels_with_every_shape_small_and_large(seed):
    truth = draw(Scene.SCALES, seed=seed).truth
    sides = np.maximum(truth.boxes[:, 2] - truth.boxes[:, 0], truth.boxes[:, 3] - truth.boxes[:, 1])
    assert 9 <= sides.min() <= 12
    assert 255 <= sides.max() <= 260
    labels = np.array(truth.labels)
    for shape in Shape:
        assert sides[labels == shape.value].max() > 4 * sides[labels == shape.value].min()


@pytest.mark.parametrize("seed", SEEDS)
def test_the_triangle_of_the_course_has_the_box_of_the_course_in_every_colour(seed):
    truth = draw(Scene.TRIANGLE, seed=seed, width=500, height=333).truth
    assert truth.labels == ("triangle",)
    assert truth.boxes.tolist() == [[156, 97, 351, 270]]
    rows, columns = np.nonzero(truth.mask == 1)
    assert [columns.min(), rows.min(), columns.max() + 1, rows.max() + 1] == [156, 97, 351, 270]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_the_triangle_lies_whole_on_a_picture_of_any_shape(width, height):
    """Twice as large a picture has twice as large a triangle, and no side of it is cut."""
    (box,) = draw(Scene.TRIANGLE, width=width, height=height).truth.boxes.tolist()
    assert min(box[0], box[1], width - box[2], height - box[3]) > 0
    unit = min(width / 500, height / 333)
    assert (box[2] - box[0], box[3] - box[1]) == pytest.approx((195 * unit, 173 * unit), abs=2)


@pytest.mark.parametrize("scene", Scene)
def test_the_first_shape_is_the_largest(scene):
    sizes = areas(draw(scene, seed=3).truth)
    assert sizes[0] >= 0.75 * sizes.max()


@pytest.mark.parametrize("scene", Scene)
def test_a_seed_draws_the_same_scene_again_and_another_seed_another(scene):
    first, again, other = draw(scene, seed=5), draw(scene, seed=5), draw(scene, seed=6)
    assert first.digest == again.digest
    assert np.array_equal(first.truth.boxes, again.truth.boxes)
    assert np.array_equal(first.truth.mask, again.truth.mask)
    assert first.digest != other.digest


@pytest.mark.parametrize("scene", Scene)
def test_a_scene_is_drawn_in_a_moment(scene):
    def seconds():
        began = time.thread_time()
        draw(scene)
        return time.thread_time() - began

    assert min(seconds() for _ in range(3)) < 0.5  # 80 ms without the checks of the test run


def test_the_background_is_calm_and_dark():
    photo = draw(Scene.OVERLAP)
    background = photo.pixels[:20].astype(int)
    assert background.max() < 60
    assert background.std(axis=(0, 1)).max() < 3


@pytest.mark.parametrize("size", [{"width": 63}, {"height": 1601}, {"width": 0}])
def test_a_size_that_cannot_be_drawn_is_refused_with_its_value(size):
    (name, value), *_ = size.items()
    with pytest.raises(SettingError, match=f"{name} must lie between 64 and 1600 pixels, got {value}"):
        draw(Scene.CROWD, **size)
