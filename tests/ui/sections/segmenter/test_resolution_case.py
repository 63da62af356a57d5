"""What the view knows of a photo: its maps, its largest class, and the truth on the grid of the network's input."""

import numpy as np
import pytest

from core.segmentation.settings import IGNORE, Upsampling
from tests.ui.sections.segmenter.resolution_cases import lab
from ui.sections.segmenter.resolution_case import ALL, called


def test_every_depth_and_way_has_a_map_of_the_input():
    case = lab("cat")
    assert len(set(ALL)) == 12
    assert {case.classes(place).shape for place in ALL} == {(224, 224)}
    assert all(case.grade(place) is case.grades.of[place] for place in ALL)


@pytest.mark.parametrize(("key", "label"), [("cat", "cat"), ("astronaut", "person"), ("triangle", "background")])
def test_the_largest_class_is_a_thing_where_there_is_one(key, label):
    case = lab(key)
    assert case.names[case.largest] == label


def test_the_truth_is_read_in_the_middle_of_each_pixel():
    case = lab("cat")
    for row, column in ((0, 0), (100, 100), (223, 223), (20, 200)):
        y, x = int((row + 0.5) * case.photo.height / 224), int((column + 0.5) * case.photo.width / 224)
        assert case.names[case.true_classes[row, column]] == case.truth.names[case.truth.numbers[y, x]]
    assert case.true_area.mean() == pytest.approx((case.truth.numbers == 1).mean())


def test_a_class_that_nobody_learned_is_no_class_of_the_network():
    case = lab("scales")
    strange = np.setdiff1d(case.true_classes, [case.names.index("background"), IGNORE])
    assert strange.size
    assert strange.min() >= len(case.names)


def test_a_photo_without_a_truth_has_no_grades():
    case = lab("coffee")
    assert case.true_classes is None
    assert case.true_area is None
    assert case.grade(ALL[0]) is None


def test_two_maps_differ_where_their_classes_do():
    case = lab("cat")
    left, right = (8, Upsampling.BILINEAR), (8, Upsampling.LEARNED)
    assert case.unlike(left, right).sum() == (case.classes(left) != case.classes(right)).sum() > 0
    assert not case.unlike(left, left).any()


def test_a_depth_and_a_way_have_a_name():
    assert called((16, Upsampling.BEFORE)) == "16s before training"
