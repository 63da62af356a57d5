"""Regions as boxes, and areas as rows: they add up, and lie on the photo."""

import numpy as np
import pytest

from tests.ui.sections.segmenter.segment_cases import answer, case, halves, photo
from ui.components.class_map import View
from ui.sections.segmenter import segment_areas


def test_the_areas_add_up_to_the_photo():
    rows = segment_areas.table(case(halves(), View(unsure=0.4)))
    assert [(row["class"], row["pixels"]) for row in rows] == [("cat", 400), ("unknown", 400)]
    assert sum(float(row["share"]) for row in rows) == 1
    assert rows[-1]["number"] == 255


def test_regions_of_one_class_that_do_not_touch_are_two():
    shares = np.zeros((3, 20, 40))
    shares[0] = 0.6
    shares[1, 2:6, 3:9] = 1
    shares[1, 10:20, 30:40] = 1
    made = case(answer(shares), None, photo(80, 40))
    object.__setattr__(made.look.found, "seen", (0.0, 0.0, 80.0, 40.0))
    found = segment_areas.boxed(made)
    assert [one.pixels for one in found] == [100, 24]
    rows = segment_areas.rows(made, found)
    assert [(row["x1"], row["y1"], row["x2"], row["y2"]) for row in rows] == [(60, 20, 80, 40), (6, 4, 18, 12)]
    assert rows[0]["share"] == pytest.approx(100 / 800)
    assert segment_areas.picture(made, found).size == (80, 40)


def test_the_background_is_no_region():
    shares = np.zeros((3, 20, 40))
    shares[0] = 1
    assert segment_areas.boxed(case(answer(shares))) == ()
