"""Two answers beside each other: which pixels differ, who is right there, and all of them in tables."""

import numpy as np
import pytest

from core.segmentation.settings import Upsampling
from tests.ui.sections.segmenter.resolution_cases import lab
from ui.sections.segmenter import resolution_pair
from ui.sections.segmenter.resolution_pair import LEFT_RIGHT, NEITHER, OPEN, RIGHT_RIGHT

LEFT, RIGHT = (32, Upsampling.NEAREST), (8, Upsampling.LEARNED)


@pytest.mark.parametrize("key", ["cat", "astronaut", "scales"])
def test_every_pixel_that_differs_is_right_on_one_side_or_on_none(key):
    case = lab(key)
    found = resolution_pair.split(case, LEFT, RIGHT)
    assert found.count == case.unlike(LEFT, RIGHT).sum() > 0
    for row, column in np.argwhere(found.kinds > 0)[::97]:
        true, ours, theirs = (one[row, column] for one in (case.true_classes, case.classes(LEFT), case.classes(RIGHT)))
        expected = LEFT_RIGHT if ours == true else RIGHT_RIGHT if theirs == true else NEITHER
        assert found.kinds[row, column] == expected
    assert sum(found.of(kind) for kind in (LEFT_RIGHT, RIGHT_RIGHT, NEITHER)) == found.count


def test_swapped_sides_swap_who_is_right():
    case = lab("cat")
    one, other = resolution_pair.split(case, LEFT, RIGHT), resolution_pair.split(case, RIGHT, LEFT)
    assert one.of(LEFT_RIGHT) == other.of(RIGHT_RIGHT) > 0
    assert f"Orange: 32s nearest is right, {one.of(LEFT_RIGHT):,}" in resolution_pair.legend(one, LEFT, RIGHT)


def test_without_a_truth_nobody_knows():
    found = resolution_pair.split(lab("coffee"), LEFT, RIGHT)
    assert found.count == found.of(OPEN) > 0


def test_the_same_answer_twice_differs_nowhere():
    assert resolution_pair.split(lab("cat"), RIGHT, RIGHT).count == 0


def test_a_table_has_a_row_for_each_way_and_hides_what_is_asked():
    told = resolution_pair.table(lambda place: f"{place[0]}{place[1].value[0]}", hidden=False)
    assert told.splitlines()[2:] == [
        f"| {way.title} | 32{way.value[0]} | 16{way.value[0]} | 8{way.value[0]} |" for way in Upsampling
    ]
    assert resolution_pair.table(lambda place: "secret", hidden=True).count("?") == 12


def test_the_picture_of_an_answer_is_the_photo():
    drawn = resolution_pair.picture(lab("cat"), RIGHT)
    assert drawn.size == (lab("cat").photo.width, lab("cat").photo.height)
