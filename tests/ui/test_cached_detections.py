"""The detector's doors: the network looks once, whatever is moved afterwards."""

import gc
import weakref

import pytest
import streamlit as st

from core.boxes.nms_settings import NmsSettings
from core.detection.detecting_settings import FindSettings, SeeSettings
from core.device import best_device
from core.errors import ModelError, SettingError, WeightsMissingError
from core.experiments import seeing
from core.experiments.detecting import Outcome
from core.images.samples import sample
from core.zoo.darknet import read_config
from core.zoo.own_network import own
from tests.core.zoo import darknet_files
from ui.cached import detections

DETECTOR = "lab-yolo-14"


@pytest.fixture(autouse=True)
def _empty_caches():
    st.cache_resource.clear()


@pytest.fixture
def passes(monkeypatch) -> list[tuple]:
    """The size and the tile of every pass of a network."""
    made: list[tuple] = []
    look = seeing.look

    def counted(*given, size, tile):
        made.append((size, tile))
        return look(*given, size=size, tile=tile)

    monkeypatch.setattr(seeing, "look", counted)
    return made


def test_moving_a_threshold_never_runs_the_network_again(passes):
    photo, look = sample("cat"), SeeSettings()
    for settings in (
        FindSettings(),
        FindSettings(confidence=0.9),
        FindSettings(confidence=0.05, classes=("cat",)),
        FindSettings(nms=NmsSettings(iou_threshold=0.9)),
        FindSettings(limit=1),
    ):
        detections.found(photo, DETECTOR, look, settings)
    assert detections.seen(photo, DETECTOR, look).cost.forward == 1
    assert passes == [(None, None)]


def test_another_size_another_photo_and_other_tiles_do(passes):
    for photo, look in (
        (sample("cat"), SeeSettings()),
        (sample("cat"), SeeSettings(size=320)),
        (sample("coffee"), SeeSettings()),
        (sample("cat"), SeeSettings(tile=400, overlap=0)),
    ):
        detections.found(photo, DETECTOR, look, FindSettings())
    assert len(passes) == 5
    assert [size for size, _ in passes] == [None, 320, None, None, None]


def test_the_fate_of_an_anchor_is_told_through_the_door():
    photo, look = sample("cat"), SeeSettings()
    answer = detections.seen(photo, DETECTOR, look)
    detected = detections.found(photo, DETECTOR, look, FindSettings())
    assert detections.found(photo, DETECTOR, look, FindSettings()) is detected
    assert detections.fate(answer, detected, *detected.rows[0]).outcome is Outcome.KEPT
    with pytest.raises(SettingError, match="no anchor"):
        detections.fate(answer, detected, 9, 9)


def test_errors_reach_the_page(tmp_path, monkeypatch):
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    with pytest.raises(WeightsMissingError):
        detections.found(sample("cat"), "yolov3_tiny", SeeSettings(), FindSettings())


def own_files(names: bytes | None = None, seed: int = 0) -> tuple[bytes, bytes, bytes | None]:
    plan = darknet_files.small_tiny(6, 96).encode()
    return plan, darknet_files.weights(read_config(plan), seed), names


def test_a_visitors_own_files_are_kept_once_and_freed_with_the_next():
    first = detections.own(*own_files())
    assert detections.own_now() is first
    assert detections.own(*own_files()) is first, "the same files again"
    gone = weakref.ref(own(first, best_device()).module)
    second = detections.own(*own_files(seed=1))
    assert detections.own_now() is second is not first
    del first
    gc.collect()
    assert gone() is None
    detections.forget_own()
    assert detections.own_now() is None


def test_own_files_that_can_t_be_used_leave_those_before():
    good = detections.own(*own_files())
    plan, data, _ = own_files()
    for files in ((plan, data[:-4], None), (b"nonsense", data, None), (plan, data, b"one name")):
        with pytest.raises(ModelError):
            detections.own(*files)
    assert detections.own_now() is good
    detections.forget_own()


def test_own_files_are_looked_at_once_too(passes):
    mine = detections.own(*own_files(b"a\nb\nc\nd\ne\nf"))
    photo, look = sample("cat"), SeeSettings()
    for confidence in (0.05, 0.3, 0.9):
        detected = detections.found(photo, mine, look, FindSettings(confidence=confidence))
        assert {one.label for one in detected.things} <= set("abcdef")
    again = detections.own(*own_files(b"u\nv\nw\nx\ny\nz"))
    assert detections.seen(photo, again, look).names == tuple("uvwxyz")
    assert len(passes) == 2
    detections.forget_own()
