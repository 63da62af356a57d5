"""The peer of the benchmark of detection does the same work: on a photo that needs no resizing it finds the same boxes."""

import numpy as np
import pytest

from benchmarks import detection
from core.experiments.models import things
from core.images.photo import from_pixels
from core.images.samples import sample
from core.zoo import cache
from core.zoo.catalog import card
from tests.core.zoo import darknet_files


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    """A TORCH_HOME with a small network in place of the real one, and no network of an earlier test."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "CACHE", cache.NetworkCache(cache._load))
    darknet_files.put(card(detection.KEY))


def test_opencv_finds_the_boxes_of_the_lab():
    row = card(detection.KEY)
    photo = from_pixels(sample("coffee").pixels[:320, :320].copy(), "square")
    ours = sorted(things(photo, row.key).things, key=lambda one: -one.score)[:10]
    boxes, scores, labels = detection.theirs(detection.opencv(row), photo, row.resize)
    assert len(ours) == 10
    for one in ours:
        gaps = np.abs(boxes - one.box).max(axis=1) + np.abs(scores - one.score) + 1e3 * (labels != one.index)
        assert gaps.min() < 0.5
    assert detection.surest((boxes, scores, labels)) == ours[0].index


def test_where_nothing_is_found_nothing_is_surest():
    nothing = np.zeros(0)
    assert detection.surest((nothing.reshape(0, 4), nothing, nothing)) is None
