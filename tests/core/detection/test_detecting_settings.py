import pytest

from core.boxes.nms_settings import Method, NmsSettings
from core.detection.detecting_settings import FindSettings, SeeSettings
from core.errors import SettingError


@pytest.mark.parametrize("size", [96, 416, 1280, None])
def test_an_input_may_have_any_multiple_of_32_within_its_bounds(size):
    assert SeeSettings(size=size).size == size


@pytest.mark.parametrize("size", [0, 64, 95, 100, 415, 1312, -416])
def test_another_size_is_refused_and_a_good_one_is_named(size):
    with pytest.raises(SettingError, match=rf"from 96 to 1280 pixels and a multiple of 32, got {size}\. .* 416"):
        SeeSettings(size=size)


def test_tiles_need_room_beside_what_they_share():
    assert SeeSettings(tile=200, overlap=199).overlap == 199
    for overlap in (200, -1):
        with pytest.raises(SettingError, match=f"from 0 to 199 of them, got {overlap}"):
            SeeSettings(tile=200, overlap=overlap)
    with pytest.raises(SettingError, match="at least 64 pixels wide, got 63"):
        SeeSettings(tile=63, overlap=0)


def test_without_tiles_nobody_reads_the_overlap():
    assert SeeSettings(overlap=10_000).tile is None


@pytest.mark.parametrize("confidence", [0.0, 0.009, 1.01, float("nan")])
def test_a_confidence_outside_its_range_is_refused(confidence):
    with pytest.raises(SettingError, match=r"confidence must lie in \[0\.01, 1\]"):
        FindSettings(confidence=confidence)


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_a_limit_outside_its_range_is_refused(limit):
    with pytest.raises(SettingError, match=r"limit must be from 1 to 1,000"):
        FindSettings(limit=limit)


def test_no_score_may_fall_below_the_confidence():
    soft = NmsSettings(method=Method.GAUSSIAN, score_threshold=0.05)
    assert FindSettings(confidence=0.3, nms=soft).race.score_threshold == 0.3
    assert FindSettings(confidence=0.02, nms=soft).race.score_threshold == 0.05
    assert FindSettings(confidence=0.3, nms=soft).race.method is Method.GAUSSIAN
