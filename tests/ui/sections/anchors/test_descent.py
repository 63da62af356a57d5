"""The far-away start of the descent: on the photo, apart from its target, and the same lesson on every photo."""

import pytest

from core.boxes.settings import DescentSettings, Measure
from core.experiments.anchors import descents, measure
from core.images.samples import SAMPLES, sample
from ui.sections.anchors.descent import _far_away


@pytest.mark.parametrize(
    ("width", "height"), [(1600, 1200), (900, 1600), (512, 512), (1600, 160), (160, 1600), (16, 16)]
)
def test_start_and_target_lie_on_the_photo(blank, width, height):
    for x1, y1, x2, y2 in _far_away(blank(width, height)):
        assert 0 <= x1 < x2 <= width
        assert 0 <= y1 < y2 <= height


@pytest.mark.parametrize("row", SAMPLES, ids=lambda row: row.key)
def test_on_every_sample_iou_never_starts_and_giou_fits_last(row):
    start, target = _far_away(sample(row.key))
    assert measure(start, target).iou == 0
    fit = {}
    for descent in descents(start, target, DescentSettings()).rows:
        fit[descent.measure] = next((step.index for step in descent.steps if step.iou > 0.9), None)
    assert fit[Measure.IOU] is None
    assert fit[Measure.GIOU] is None or fit[Measure.GIOU] > max(fit[Measure.DIOU], fit[Measure.CIOU])
