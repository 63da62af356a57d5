"""The far-away start of the descent: on the photo, apart from its target, and the same lesson on every photo."""

import pytest
from streamlit.testing.v1 import AppTest

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


def sliders() -> None:
    import streamlit as st

    from ui.sections.anchors import descent

    settings = descent._settings(*st.columns(2))
    st.code(f"{settings.steps} {settings.learning_rate}", language=None)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({}, "200 0.35"),
        ({"steps": "400", "rate": "1.0"}, "400 1.0"),
        ({"steps": "1e9", "rate": "-3"}, "200 0.35"),
        ({"steps": "-1", "rate": "nan"}, "200 0.35"),
        ({"steps": "many", "rate": "inf"}, "200 0.35"),
        ({"steps": "9" * 400, "rate": ""}, "200 0.35"),
    ],
    ids=str,
)
def test_sliders_read_the_url_and_open_at_their_defaults_where_it_makes_no_sense(query, expected):
    at = AppTest.from_function(sliders)
    at.query_params.update(query)
    at.run()
    assert not at.exception
    assert at.code[0].value == expected
