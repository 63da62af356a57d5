"""The doors of NMS: what is the same question, and that a curve in parts is the whole curve."""

from dataclasses import replace

import numpy as np
import pytest

from core.boxes.crowd_settings import CrowdSettings
from core.boxes.files import BoxTable
from core.boxes.nms_settings import Method, NmsSettings
from core.boxes.settings import Labelled
from core.errors import PhotoError, SettingError
from ui.cached import suppressions

TABLE = BoxTable(
    np.array([[0.0, 0, 10, 10], [0, 0, 10, 9], [50, 50, 60, 60]]), np.array([0.5, 0.9, 0.7]), ("cat", "cat", "dog")
)
CAT = Labelled("cat", (10.0, 10.0, 40.0, 40.0))


@pytest.fixture(autouse=True)
def _empty_caches():
    for door in (suppressions._crowded, suppressions._random_boxes, suppressions._race, suppressions._nms_curve):
        door.clear()


def test_a_crowd_depends_on_its_objects_its_settings_and_the_size_of_the_photo(blank):
    photo, settings = blank(80, 60), CrowdSettings(count=5)
    first = suppressions.crowded((CAT,), settings, photo)
    assert suppressions.crowded((CAT,), settings, blank(80, 60, 7)) is first, "what the photo shows does not matter"
    others = (
        suppressions.crowded((CAT, Labelled("dog", CAT.box)), settings, photo),
        suppressions.crowded((CAT,), replace(settings, seed=1), photo),
        suppressions.crowded((CAT,), settings, blank(45, 60)),
    )
    assert all(other is not first for other in others)
    assert all(other.table.digest != first.table.digest for other in others[:2])


def test_a_crowd_that_is_too_large_is_refused_each_time(blank):
    for _ in range(2):
        with pytest.raises(SettingError):
            suppressions.crowded((CAT,) * 2000, CrowdSettings(count=20), blank(80, 60))


def test_boxes_by_chance_depend_on_their_number_their_seed_and_the_size_of_the_photo(blank):
    first = suppressions.random_boxes(20, 0, blank(80, 60))
    assert suppressions.random_boxes(20, 0, blank(80, 60, 7)) is first
    for other in ((21, 0, blank(80, 60)), (20, 1, blank(80, 60)), (20, 0, blank(60, 80))):
        assert suppressions.random_boxes(*other).table.digest != first.table.digest


def test_a_race_is_run_once_for_boxes_that_are_equal():
    first = suppressions.race(TABLE, NmsSettings())
    assert suppressions.race(BoxTable(TABLE.boxes, TABLE.scores, TABLE.labels), NmsSettings()) is first
    assert first.kept == (1, 2)
    assert suppressions.race(TABLE, NmsSettings(iou_threshold=1.0)).kept == (1, 2, 0)
    other = BoxTable(TABLE.boxes, TABLE.scores, ("cat", "dog", "dog"))
    assert suppressions.race(other, NmsSettings()).kept == (1, 2, 0)


def test_the_fate_of_a_box_is_that_of_its_race():
    found = suppressions.race(TABLE, NmsSettings())
    assert suppressions.why(found, 0) == suppressions.why(found, 0)
    assert suppressions.why(found, 0) != suppressions.why(found, 1)


@pytest.mark.parametrize("method", [Method.GREEDY, Method.GAUSSIAN])
def test_a_curve_does_not_follow_the_slider_that_it_has_all_values_of(method):
    settings = NmsSettings(method=method)
    first = suppressions.nms_curve(TABLE, settings, (CAT,))
    assert suppressions.nms_curve(TABLE, replace(settings, iou_threshold=0.1, sigma=0.9), (CAT,)) is first
    assert suppressions.nms_curve(TABLE, replace(settings, per_class=False), (CAT,)) is not first
    assert suppressions.nms_curve(TABLE, settings, ()) is not first


def test_the_parts_of_a_curve_make_the_whole():
    whole = suppressions.nms_curve(TABLE, NmsSettings(), (CAT,))
    parts = [suppressions.nms_curve(TABLE, NmsSettings(), (CAT,), part, 3) for part in range(3)]
    assert [len(part) for part in parts] == [34, 34, 33]
    assert tuple(parts[place % 3][place // 3] for place in range(len(whole))) == whole


def test_a_file_without_boxes_is_refused_each_time():
    for _ in range(2):
        with pytest.raises(PhotoError):
            suppressions.read_boxes(b"nothing", None)
