"""How much of a map lies in the box of a detection, or in the area of a class."""

import numpy as np
import pytest

from core.experiments.cost import Cost
from core.experiments.inside import in_area, in_box
from core.experiments.models import Found
from core.experiments.regions import BoxMap, RegionMap

COST = Cost("CPU", 1, 1, 1.0, 0.0)
LEFT = np.zeros((14, 14), np.float32)
LEFT[:, :7] = 1.0


def box_map(box, map=LEFT, seen=(0.0, 0.0, 100.0, 50.0)):
    return BoxMap((Found("cat", 1, 0.9, box),), 0, map, (0.9, 1.0), seen, COST)


def region_map(classes, map=LEFT, index=1):
    return RegionMap(classes.astype(np.uint8), (("cat", 1, 0.5),), "cat", index, map, (0.0, 0.0, 100.0, 50.0), COST)


def test_a_box_around_everything_holds_all_of_the_map():
    assert in_box(box_map((0.0, 0.0, 100.0, 50.0))) == 1.0


def test_the_upper_half_of_the_photo_holds_half_of_a_map_that_is_the_same_from_top_to_bottom():
    assert in_box(box_map((0.0, 0.0, 100.0, 25.0))) == pytest.approx(0.5)


def test_a_box_is_counted_from_the_part_that_the_network_saw():
    assert in_box(box_map((50.0, 0.0, 100.0, 25.0), seen=(50.0, 0.0, 150.0, 50.0))) == pytest.approx(0.5, abs=0.01)


def test_a_box_beside_the_map_holds_nothing_of_it():
    assert in_box(box_map((80.0, 0.0, 100.0, 50.0))) == 0.0


def test_without_a_detection_there_is_no_share():
    assert in_box(BoxMap((), 0, None, None, (0.0, 0.0, 100.0, 50.0), COST)) is None


def test_an_empty_map_has_nothing_anywhere():
    empty = np.zeros((14, 14), np.float32)
    assert in_box(box_map((0.0, 0.0, 100.0, 50.0), empty)) == 0.0
    assert in_area(region_map(np.ones((32, 32)), empty)) == 0.0


def test_the_share_of_an_area_is_the_sum_of_the_map_on_its_pixels():
    """Against a loop over pixels, with a map that is as fine as the classes."""
    generator = np.random.default_rng(0)
    classes, map = generator.integers(0, 3, (12, 9)), generator.random((12, 9)).astype(np.float32)
    inside = sum(map[y, x] for y in range(12) for x in range(9) if classes[y, x] == 2)
    assert in_area(region_map(classes, map, 2)) == pytest.approx(inside / map.sum())


def test_the_shares_of_all_areas_add_up_to_all_of_the_map():
    classes = np.random.default_rng(1).integers(0, 3, (20, 20))
    assert sum(in_area(region_map(classes, index=index)) for index in range(3)) == pytest.approx(1.0)
