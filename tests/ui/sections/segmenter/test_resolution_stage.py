"""The glass over three depths: where it opens, what a link says of it, and what the browser is given."""

import numpy as np
import pytest
import streamlit as st

from core.segmentation.settings import Upsampling
from core.zoo.segmenters import LAB_FCN_MEAN_IOU
from tests.ui.sections.segmenter.resolution_cases import lab
from ui import cached
from ui.sections.segmenter import resolution_stage
from ui.sections.segmenter.resolution_stage import OF, POINT


@pytest.fixture(autouse=True)
def _no_picture(monkeypatch, visitor) -> None:
    monkeypatch.setattr(cached, "backdrop", lambda photo: "data:,")


@pytest.mark.parametrize("key", ["cat", "astronaut", "coffee", "rocket", "triangle"])
def test_it_opens_on_the_photo_and_at_a_border_where_there_is_one(key):
    case = lab(key)
    x, y = resolution_stage.point(case)
    assert 0 <= x <= case.photo.width
    assert 0 <= y <= case.photo.height
    wide, high = resolution_stage.glass(case.photo)
    assert wide == pytest.approx(2 * high)
    rows, columns = (
        slice(*(int(max(0, at) / side * 224) for at in (middle - size / 2, middle + size / 2)))
        for middle, size, side in ((y, high, case.photo.height), (x, wide, case.photo.width))
    )
    known = case.classes((8, Upsampling.LEARNED)) if case.true_classes is None else case.true_classes
    assert (len(np.unique(known[rows, columns])) > 1) == (len(np.unique(known)) > 1)


@pytest.mark.parametrize("words", ["999,10", "10,999", "x,y", "", "1,2,3", "-1,5", "１,２", 7, None])
def test_what_is_no_point_of_the_photo_is_not_taken(words):
    case = lab("cat")
    st.session_state[POINT] = words
    assert resolution_stage.point(case) == resolution_stage.border(case)


def test_a_link_names_a_point_and_another_photo_forgets_it(visitor):
    case = lab("cat")
    visitor.url[POINT] = "100,50"
    resolution_stage.follow(case.photo)
    assert resolution_stage.point(case) == (100.0, 50.0)
    assert visitor.url[POINT] == "100,50"
    resolution_stage.follow(lab("astronaut").photo)
    assert POINT not in visitor.url
    assert visitor.session[OF] == lab("astronaut").photo.digest


@pytest.mark.parametrize("way", Upsampling)
def test_the_mean_iou_of_the_card_is_that_of_the_learned_way(way):
    note = resolution_stage.pane(lab("cat"), 16, way).note.replace("\u00a0", " ")
    learned = "14 × 14 cells · mean IoU 56.2 % on 174 photos"
    assert note == (learned if way is Upsampling.LEARNED else "14 × 14 cells · learned: mean IoU 56.2 %")


def test_the_browser_has_a_pane_for_each_depth():
    case = lab("cat")
    scene = resolution_stage.scene(case, Upsampling.NEAREST)
    assert [pane.title for pane in scene.panes] == ["32s", "16s", "8s"]
    assert [(pane.rows, pane.columns) for pane in scene.panes] == [(7, 7), (14, 14), (28, 28)]
    for pane, stride in zip(scene.panes, (32, 16, 8), strict=True):
        made = np.array(pane.runs).reshape(-1, 2)
        assert (np.repeat(made[:, 0], made[:, 1]) == case.classes((stride, Upsampling.NEAREST)).ravel()).all()
        assert f"{100 * LAB_FCN_MEAN_IOU[stride]:.1f}" in pane.note
    assert scene.outline
    assert not resolution_stage.scene(lab("coffee"), Upsampling.NEAREST).outline
