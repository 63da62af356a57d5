"""Curves that grow while they are computed, and what their captions say."""

import pytest
from streamlit.testing.v1 import AppTest

from core.boxes.nms_settings import NmsSettings
from core.experiments import nms
from core.experiments.candidates import random_boxes
from ui.sections.nms import curves
from ui.sections.nms.candidates import Racers


def app(count: int) -> None:
    import streamlit as st

    from core.boxes.nms_settings import NmsSettings
    from core.experiments.candidates import random_boxes
    from ui.sections.nms import curves
    from ui.sections.nms.candidates import Racers

    racers = Racers("Chance", random_boxes(count, 0, height=300, width=400).table, ())
    for points, whole in curves._points(racers, NmsSettings()):
        st.code(f"{len(points)} {whole} {[point.at for point in points] == sorted(point.at for point in points)}")


@pytest.fixture
def drawn(monkeypatch):
    def run(count: int, patience: float) -> list[str]:
        monkeypatch.setattr(curves, "PATIENCE", patience)
        at = AppTest.from_function(app, args=(count,), default_timeout=30).run()
        assert not at.exception
        return [code.value for code in at.code]

    return run


def test_few_boxes_are_one_part(drawn):
    assert drawn(390, -1.0) == ["101 True True"]


def test_many_boxes_are_drawn_from_coarse_to_fine(drawn):
    assert drawn(1_600, -1.0) == ["26 False True", "51 False True", "76 False True", "101 True True"]


def test_a_quick_curve_is_drawn_once(drawn):
    assert drawn(1_600, 60.0) == ["101 True True"]


def test_the_parts_make_the_curve(monkeypatch):
    table = random_boxes(1_600, 0, height=300, width=400).table
    asked = []

    def answer(of, settings, truths, values):
        asked.append(values)
        return nms.curve(of, settings, truths, values)

    monkeypatch.setattr(curves.cached, "nms_curve", answer)
    monkeypatch.setattr(curves, "PATIENCE", 60.0)
    ((points, whole),) = curves._points(Racers("Chance", table, ()), NmsSettings())
    assert whole
    assert points == list(nms.curve(table, NmsSettings(), ()))
    assert sorted(value for values in asked for value in values) == list(nms.THRESHOLDS)
    assert len(asked) == 4
