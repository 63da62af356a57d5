"""Doors into grading: what is kept, what a digest names, and that one judgement serves every session."""

import numpy as np
import pytest

from core.boxes.files import BoxTable
from core.boxes.nms_settings import NmsSettings
from core.errors import PhotoError
from core.experiments.models import Found
from core.experiments.verdicts import Marked
from ui.cached import grades

TABLE = BoxTable(
    np.array([[0.0, 0, 10, 10], [0, 0, 10, 9], [50, 50, 60, 60]]), np.array([0.5, 0.9, 0.7]), ("cat", "cat", "dog")
)
FOUND = (Found("cat", 0, 0.9, (0.0, 0.0, 10.0, 9.0)),)
TRUTHS = (Marked("cat", (0.0, 0.0, 10.0, 10.0)),)


def test_what_suppression_leaves_comes_best_first_with_its_class():
    kept = grades.kept(TABLE, NmsSettings(), ("dog", "cat"))
    assert kept == (Found("cat", 1, 0.9, (0.0, 0.0, 10.0, 9.0)), Found("dog", 0, 0.7, (50.0, 50.0, 60.0, 60.0)))


def test_nothing_is_left_of_nothing():
    assert grades.kept(BoxTable(np.empty((0, 4)), np.empty(0), ()), NmsSettings(), ()) == ()


def test_a_digest_names_boxes_truths_and_classes():
    first = grades.digest(FOUND, TRUTHS, ("cat",))
    assert first == grades.digest(FOUND, TRUTHS, ("cat",))
    others = (
        grades.digest((), TRUTHS, ("cat",)),
        grades.digest(FOUND, (Marked("cat", (0.0, 0.0, 10.0, 10.0), True),), ("cat",)),
        grades.digest(FOUND, TRUTHS, ("cat", "dog")),
    )
    assert len({first, *others}) == 4


def test_one_judgement_is_shared_and_another_threshold_is_another():
    name = grades.digest(FOUND, TRUTHS, ("cat",))
    given = (name, FOUND, TRUTHS, ("cat",))
    assert grades.grade(*given, 0.5) is grades.grade(*given, 0.5)
    assert grades.grade(*given, 0.95).at(0.5).right == 0
    assert grades.grade(*given, 0.5).at(0.5).right == 1


def test_a_file_is_read_for_the_size_of_the_photo():
    reading = grades.read_truths(b"0 0.5 0.5 0.5 0.5", 200, 100, ("cat",), None)
    assert reading.objects[0].box == (50, 25, 150, 75)
    with pytest.raises(PhotoError):
        grades.read_truths(b"nothing", 200, 100, (), None)
