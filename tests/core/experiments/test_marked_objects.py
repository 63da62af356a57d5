"""Objects marked for a head to learn: what is refused, and where they lie in the input."""

import math

import pytest
import torch

from core.boxes.settings import MOST_OBJECTS, Labelled
from core.errors import SettingError
from core.experiments.marked_objects import check_truths, marked
from core.images.resize import stretch

WIDE, HIGH = 500, 333
GOOD = (156.0, 97.0, 351.0, 270.0)


def placement():
    return stretch(torch.zeros(1, 3, HIGH, WIDE), height=224, width=224).placement


@pytest.mark.parametrize(
    "box", [GOOD, (-9.0, -9.0, 1.0, 1.0), (499.0, 332.0, 900.0, 900.0), (0.0, 0.0, 0.5, 0.5)], ids=str
)
def test_a_box_that_has_a_part_on_the_photo_can_be_learned(box):
    check_truths([Labelled("cat", box)] * MOST_OBJECTS, height=HIGH, width=WIDE)


@pytest.mark.parametrize(
    ("box", "said"),
    [
        ((5.0, 5.0, 5.0, 9.0), "must have a width and a height"),
        ((9.0, 5.0, 5.0, 9.0), "must have a width and a height"),
        ((5.0, 5.0, math.nan, 9.0), "must have a width and a height"),
        ((5.0, 5.0, math.inf, 9.0), "must have a width and a height"),
        ((500.0, 5.0, 520.0, 9.0), "outside the photo of 500 × 333 px"),
        ((5.0, -9.0, 9.0, 0.0), "outside the photo of 500 × 333 px"),
    ],
)
def test_an_object_without_a_place_on_the_photo_is_refused(box, said):
    with pytest.raises(SettingError, match=said):
        check_truths([Labelled("cat", GOOD), Labelled("cat", box)], height=HIGH, width=WIDE)


def test_more_objects_than_the_most_are_refused():
    with pytest.raises(SettingError, match=f"At most {MOST_OBJECTS} objects can be learned, got {MOST_OBJECTS + 1}"):
        check_truths([Labelled("cat", GOOD)] * (MOST_OBJECTS + 1), height=HIGH, width=WIDE)


def test_objects_lie_in_the_input_where_the_photo_does():
    objects = marked([Labelled("dog", GOOD), Labelled("cat", (0.0, 0.0, 500.0, 333.0))], ("cat", "dog"), placement())
    across, down = 224 / WIDE, 224 / HIGH
    expected = torch.tensor([[156 * across, 97 * down, 351 * across, 270 * down], [0, 0, 224, 224]])
    torch.testing.assert_close(objects.boxes, expected, atol=1e-3, rtol=0)
    assert objects.classes.tolist() == [1, 0]


def test_no_object_is_a_table_without_rows():
    assert marked([], ("cat",), placement()).boxes.shape == (0, 4)


def test_a_name_that_the_network_does_not_know_is_refused_with_those_it_knows():
    with pytest.raises(SettingError, match=r"does not know “teapot”\. Name the box one of: cat, dog"):
        marked([Labelled("teapot", GOOD)], ("cat", "dog"), placement())
