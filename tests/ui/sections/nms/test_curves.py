"""Curves that grow part by part where there are many boxes."""

import pytest
from streamlit.testing.v1 import AppTest

from core.boxes.nms_settings import NmsSettings
from core.experiments import nms
from core.experiments.candidates import random_boxes
from ui.sections.nms import curves
from ui.sections.nms.candidates import Racers


def app(count: int, hidden: bool = False) -> None:
    from core.boxes.nms_settings import NmsSettings
    from core.experiments.candidates import random_boxes
    from ui.sections.nms import curves
    from ui.sections.nms.candidates import Racers

    racers = Racers("Chance", random_boxes(count, 0, height=300, width=400).table, ())
    curves.curves(racers, NmsSettings(), known=False, hidden=hidden)


def drawn(*given: object) -> AppTest:
    at = AppTest.from_function(app, args=given, default_timeout=120).run()
    assert not at.exception
    return at


def captions(at: AppTest) -> str:
    return "\n".join(one.value for one in at.caption)


def test_few_boxes_are_drawn_whole_at_once():
    at = drawn(390)
    assert "of 390** kept at 0.50." in captions(at)


def test_many_boxes_begin_coarse_and_grow_with_every_run_until_they_are_whole():
    at = drawn(1_600)
    for done in (26, 51, 76):
        assert f"{done} values so far; the others follow." in captions(at)
        at.run()
    while "so far" in captions(at):
        at.run()
    assert "of 1,600** kept at 0.50." in captions(at)
    at.run()
    assert "of 1,600** kept at 0.50." in captions(at), "what is whole stays whole"


@pytest.mark.parametrize("count", [1, 4])
def test_the_parts_make_the_curve(monkeypatch, count):
    table = random_boxes(300, 0, height=300, width=400).table
    asked = []

    def answer(of, settings, truths, part, parts):
        asked.append(nms.swept(settings)[part::parts])
        return nms.curve(of, settings, truths, asked[-1])

    monkeypatch.setattr(curves.cached, "nms_curve", answer)
    found = curves.points(Racers("Chance", table, ()), NmsSettings(), count, count)
    assert found == list(nms.curve(table, NmsSettings(), ()))
    assert sorted(value for values in asked for value in values) == list(nms.THRESHOLDS)
    assert len(asked) == count


def test_what_gives_an_answer_away_is_not_computed(monkeypatch):
    monkeypatch.setattr(curves.cached, "nms_curve", lambda *given: 1 / 0)
    assert "The curves wait until you reveal the answer." in captions(drawn(390, True))
