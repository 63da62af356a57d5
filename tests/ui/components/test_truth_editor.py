"""The editor of ground truths: what the browser is given, and what is taken from it."""

import math

import pytest
import streamlit as st

from core.boxes.layout import AnchorSettings, count, levels
from core.boxes.settings import LONGEST_LABEL, MOST_OBJECTS, Labelled
from ui.components import truth_editor
from ui.components.truth_editor import Change, Mark, Stage
from viz.colours import IGNORED, POSITIVE, TRUTH

CUP, SPOON = Labelled("cup", (10.0, 20.0, 40.0, 60.0)), Labelled("spoon", (50.0, 5.0, 60.0, 70.0))
MARK = Mark((0.0, 0.0, 50.0, 60.0), "positive", 0, 0.4, 7)
LEVELS = levels(AnchorSettings(), height=80, width=100)
STAGE = Stage(
    image="data:,",
    width=100,
    height=80,
    heat="",
    levels=LEVELS,
    truths=(CUP, SPOON),
    marks=(MARK,),
    locations=((7.5, 5.5, "positive"),),
    counts={"positive": 1, "ignored": 0, "background": 440},
    threshold=0.5,
    picked=None,
)


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(truth_editor, "_component", lambda **given: options.update(given))
    return options


def show() -> tuple[list, list]:
    """Mounts the editor. What the page is told from then on: changes, and picked anchors."""
    changes, picks = [], []
    truth_editor.truth_editor("editor", STAGE, on_change=changes.append, on_pick=picks.append)
    return changes, picks


def sent(*truths: object, revision: object = 1) -> dict:
    return {"truths": list(truths), "revision": revision}


def row(label: object = "cup", box: object = (10, 20, 40, 60)) -> dict:
    return {"label": label, "box": list(box) if isinstance(box, tuple) else box}


def told(mounted, visitor, name: str, message: object) -> list:
    """What the page hears of `message`."""
    changes, picks = show()
    visitor.session["editor"] = {name: message}
    mounted[f"on_{name}_change"]()
    assert not (picks if name == "change" else changes)
    return changes if name == "change" else picks


def test_the_browser_is_given_the_stage_the_grids_and_the_colours(mounted):
    assert show() == ([], [])
    data = mounted["data"]
    assert mounted["key"] == "editor"
    assert data["truths"] == (
        {"label": "cup", "box": (10, 20, 40, 60)},
        {"label": "spoon", "box": (50, 5, 60, 70)},
    )
    assert data["marks"] == ({"box": MARK.box, "kind": "positive", "truth": 0, "iou": 0.4, "index": 7},)
    assert data["levels"][0]["rows"] == 7
    assert data["levels"][0]["shape_major"] is True
    assert data["levels"][0]["shapes"][0] == {"name": "1 × 1 cells", "width": 100 / 7, "height": 80 / 7}
    assert data["colours"]["truth"] == TRUTH.colour
    assert data["colours"]["positive"] == POSITIVE.colour
    assert (data["colours"]["ignored"], data["colours"]["dots"]) == (IGNORED.colour, IGNORED.dash)
    assert data["revision"] == 0
    assert data["picked"] is None


def test_a_change_reaches_the_page_with_all_truths_as_they_stand(mounted, visitor):
    message = sent(row(box=(11, 20.5, 41, 60.5)), row("box 2", (0, 0, 20, 16)))
    assert told(mounted, visitor, "change", message) == [
        Change((Labelled("cup", (11.0, 20.5, 41.0, 60.5)), Labelled("box 2", (0.0, 0.0, 20.0, 16.0))))
    ]


def test_all_truths_may_be_deleted(mounted, visitor):
    assert told(mounted, visitor, "change", sent()) == [Change(())]


def test_a_box_that_leaves_the_photo_is_clipped_and_a_long_label_cut(mounted, visitor):
    (change,) = told(mounted, visitor, "change", sent(row("x" * 50, (-30, -5.5, 1e6, 40))))
    assert change == Change((Labelled("x" * LONGEST_LABEL, (0.0, 0.0, 100.0, 40.0)),))


NOT_A_TRUTH = {
    "no label": {"box": [1, 2, 30, 40]},
    "a label that is no text": row(label=3),
    "no box": {"label": "cup"},
    "three sides": row(box=(1, 2, 30)),
    "five sides": row(box=(1, 2, 30, 40, 50)),
    "a side that is text": row(box=(1, 2, 30, "40")),
    "a side that is true": row(box=(True, 2, 30, 40)),
    "a side that is not there": row(box=(None, 2, 30, 40)),
    "a side that is no number": row(box=(1, 2, math.nan, 40)),
    "an endless side": row(box=(1, 2, math.inf, 40)),
    "a side of 400 digits": row(box=(1, 2, 10**400, 40)),
    "a side that is a list": row(box=([], 2, 30, 40)),
    "a box that is text": row(box="1234"),
    "left and right exchanged": row(box=(30, 2, 1, 40)),
    "no height": row(box=(1, 2, 30, 2)),
    "beside the photo": row(box=(200, 2, 300, 40)),
    "a list": [1, 2, 30, 40],
    "nothing": None,
}


@pytest.mark.parametrize("wrong", NOT_A_TRUTH.values(), ids=NOT_A_TRUTH)
def test_a_change_with_one_wrong_truth_is_ignored(mounted, visitor, wrong):
    assert told(mounted, visitor, "change", sent(row(), wrong)) == []


@pytest.mark.parametrize("message", [None, {}, [], 3, "truths", {"truths": None}, {"truths": {"a": row()}}])
def test_a_message_that_is_none_is_ignored(mounted, visitor, message):
    assert told(mounted, visitor, "change", message) == []
    assert told(mounted, visitor, "pick", message) == []


def test_more_than_the_most_truths_are_ignored(mounted, visitor):
    assert len(told(mounted, visitor, "change", sent(*[row()] * MOST_OBJECTS))) == 1
    assert told(mounted, visitor, "change", sent(*[row()] * (MOST_OBJECTS + 1))) == []


@pytest.mark.parametrize("index", [0, 122, count(LEVELS) - 1])
def test_a_picked_anchor_reaches_the_page_by_its_index(mounted, visitor, index):
    assert told(mounted, visitor, "pick", {"index": index, "revision": 1}) == [index]


@pytest.mark.parametrize("index", [-1, count(LEVELS), 10**30, 1.5, 3.0, True, "3", None, [3]])
def test_an_index_that_no_anchor_has_is_ignored(mounted, visitor, index):
    assert told(mounted, visitor, "pick", {"index": index, "revision": 1}) == []


def test_the_revision_of_the_latest_message_is_echoed(mounted, visitor):
    visitor.session["editor"] = {"change": sent(row(), revision=4), "pick": {"index": 2, "revision": 5}}
    show()
    assert mounted["data"]["revision"] == 5
    visitor.session["editor"]["change"] = sent(None, revision=6)
    assert show() == ([], []), "only a new message is reported"
    assert mounted["data"]["revision"] == 6, "also of a change that is ignored: the browser takes the old boxes back"


@pytest.mark.parametrize("revision", ["7", None, -1, 2.5, True, 10**400])
def test_a_revision_that_is_none_counts_as_the_first(mounted, visitor, revision):
    visitor.session["editor"] = {"change": sent(row(), revision=revision)}
    show()
    assert mounted["data"]["revision"] == 0


@pytest.mark.parametrize("state", [{}, {"change": None, "pick": None}])
def test_before_the_first_message_nothing_is_reported(mounted, visitor, state):
    visitor.session["editor"] = state
    told_of = show()
    mounted["on_change_change"]()
    mounted["on_pick_change"]()
    assert told_of == ([], [])


def test_without_anchors_the_browser_is_given_the_objects_and_no_levels(mounted):
    truth_editor.truth_drawer("drawn", "data:,", 100, 80, [CUP], on_change=[].append)
    data = mounted["data"]
    assert [row["label"] for row in data["truths"]] == ["cup"]
    assert (data["levels"], data["marks"], data["locations"], data["picked"]) == ((), (), (), None)


def test_without_anchors_an_edit_is_taken_and_a_pick_is_none(mounted):
    changes: list = []
    st.session_state["drawn"] = {
        "change": {"truths": [{"label": "dog", "box": [-5, 0, 500, 40]}], "revision": 7},
        "pick": {"index": 0, "revision": 3},
    }
    truth_editor.truth_drawer("drawn", "data:,", 100, 80, [CUP], on_change=changes.append)
    mounted["on_change_change"]()
    mounted["on_pick_change"]()
    assert changes == [Change((Labelled("dog", (0.0, 0.0, 100.0, 40.0)),))]
    assert mounted["data"]["revision"] == 7
