"""Two networks on one photo: what is the same thing, and what the page says about it."""

import itertools

import numpy as np
import pytest

from core.experiments.anchors import measure
from core.experiments.models import Found
from ui.sections.detector.detect_beside import SAME, overlap, pairs


def thing(label: str, x1: float, y1: float, x2: float, y2: float) -> Found:
    return Found(label, 0, 0.5, (float(x1), float(y1), float(x2), float(y2)))


def crowd(seed: int, count: int) -> list[Found]:
    drawn = np.random.default_rng(seed)
    corners, sides = drawn.uniform(0, 30, (count, 2)), drawn.uniform(10, 40, (count, 2))
    return [
        thing(name, x, y, x + w, y + h)
        for name, (x, y), (w, h) in zip(drawn.choice(["cat", "dog"], count), corners, sides, strict=True)
    ]


def test_the_overlap_is_that_of_core():
    for one, other in itertools.product(crowd(0, 12), crowd(1, 12)):
        assert overlap(one.box, other.box) == pytest.approx(measure(one.box, other.box).iou, abs=1e-6)


def test_two_empty_boxes_share_nothing():
    assert overlap((1, 1, 1, 1), (1, 1, 1, 1)) == 0


@pytest.mark.parametrize("seed", range(5))
def test_each_box_is_paired_once_with_one_of_its_class_or_stands_alone(seed):
    first, second = crowd(seed, 9), crowd(seed + 50, 14)
    found = pairs(first, second)
    ours, theirs = [at for at, _ in found.both], [to for _, to in found.both]
    assert sorted([*ours, *found.first]) == list(range(len(first)))
    assert sorted([*theirs, *found.second]) == list(range(len(second)))
    for at, to in found.both:
        assert first[at].label == second[to].label
        assert overlap(first[at].box, second[to].box) >= SAME
    for at, to in itertools.product(found.first, found.second):
        assert first[at].label != second[to].label or overlap(first[at].box, second[to].box) < SAME


def test_the_closest_pair_comes_first():
    found = pairs([thing("cat", 0, 0, 10, 10)], [thing("cat", 0, 0, 10, 7), thing("cat", 0, 0, 10, 9)])
    assert (found.both, found.first, found.second) == (((0, 1),), (), (0,))


def test_a_cat_is_no_dog_however_well_they_fit():
    found = pairs([thing("cat", 0, 0, 10, 10)], [thing("dog", 0, 0, 10, 10)])
    assert (found.both, found.first, found.second) == ((), (0,), (0,))
