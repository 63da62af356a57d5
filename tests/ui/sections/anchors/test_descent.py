"""The descent's far-away start: apart on every photo, and on it."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from core.experiments.anchors import measure
from core.images.samples import SAMPLES, sample
from ui.sections.anchors.descent import _far_away

SIDES = st.integers(16, 1600)


def check(photo) -> None:
    start, target = _far_away(photo)
    for x1, y1, x2, y2 in (start, target):
        assert 0 <= x1 < x2 <= photo.width
        assert 0 <= y1 < y2 <= photo.height
    found = measure(start, target)
    assert found.iou == 0
    assert found.giou < 0
    assert (start[2] - start[0]) / (start[3] - start[1]) > 1.5
    assert (target[2] - target[0]) / (target[3] - target[1]) < 0.75


@pytest.mark.parametrize("row", SAMPLES, ids=lambda row: row.key)
def test_on_every_sample_start_and_target_are_apart_and_differ_in_shape(row):
    check(sample(row.key))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=200)
@given(width=SIDES, height=SIDES)
def test_on_a_photo_of_any_size_start_and_target_are_apart_and_differ_in_shape(blank, width, height):
    check(blank(width, height))
