"""What a component sent is read as what it may be: anything else is nothing, and is never an error."""

import math

import pytest

from ui.components import cell_picker, grid_view, two_boxes
from ui.components.sent import LARGEST, message, revision, whole

JUNK = [None, 0, True, 1.5, math.nan, "1", [], {}, [1], {"value": 1}, LARGEST, -LARGEST, 10**400]


@pytest.mark.parametrize("sent", [None, 0, 3.5, True, "words", [1, 2]], ids=repr)
def test_what_is_no_message_is_an_empty_one(visitor, sent):
    visitor.session["one"] = {"pick": sent}
    assert message("one", "pick") == {}
    assert revision("one", "pick") == 0


def test_before_the_first_message_there_is_an_empty_one(visitor):
    assert message("one", "pick") == {}
    visitor.session["one"] = {"pick": {"revision": 1}}
    assert message("one", "other") == {}


def test_the_newest_of_several_messages_counts(visitor):
    visitor.session["one"] = {"step": {"revision": 4, "value": 1}, "pick": {"revision": 7}}
    assert message("one", "step") == {"revision": 4, "value": 1}
    assert revision("one", "step") == 4
    assert revision("one", "step", "pick", "never") == 7


@pytest.mark.parametrize("value", [0, 1, -1, LARGEST - 1, 1 - LARGEST])
def test_whole_numbers_that_a_browser_counts_exactly_are_taken(value):
    assert whole(value) == value


@pytest.mark.parametrize("value", [one for one in JUNK if one != 0 or one is True], ids=lambda one: repr(one)[:20])
def test_anything_else_is_no_whole_number(visitor, value):
    assert whole(value) is None
    visitor.session["one"] = {"pick": {"revision": value}}
    assert revision("one", "pick") == 0


def test_a_revision_is_never_negative(visitor):
    visitor.session["one"] = {"pick": {"revision": -3}}
    assert revision("one", "pick") == 0


@pytest.mark.parametrize("junk", JUNK, ids=lambda one: repr(one)[:20])
def test_a_component_takes_nothing_from_what_it_would_not_send(visitor, monkeypatch, junk):
    heard: list[object] = []
    mounted: dict = {}
    for module in (cell_picker, grid_view, two_boxes):
        monkeypatch.setattr(module, "_component", lambda **given: mounted.update(given))
    visitor.session["one"] = {
        "release": {"revision": junk, "point": junk, "boxes": [junk, junk], "iou": junk},
        "pick": {"revision": junk, "place": [junk] * 4 if not isinstance(junk, int) else junk},
    }
    cells = cell_picker.Cells(image="data:,", width=10, height=10, levels=(), truths=())
    cell_picker.cell_picker("one", cells, (1.0, 1.0), heard.append)
    mounted["on_release_change"]()
    scene = grid_view.Scene("", "", 1, 1, (0.0, 0.0, 1.0, 1.0), (), (), "", only=False, corner=True, marks=(), fates=())
    grid_view.grid_view("one", scene, (0, 0, 0, 0), heard.append)
    mounted["on_pick_change"]()
    assert two_boxes.two_boxes("one", "data:,", (9, 9), (0, 0, 1, 1), (0, 0, 1, 1), heard.append) is None
    mounted["on_release_change"]()
    assert heard == []
    assert mounted["data"]["revision"] == 0
