"""Verdicts: what the browser is given, and what is taken from it."""

import pytest
import streamlit as st

from ui.components import verdicts
from ui.components.verdicts import Row, Stage
from viz.verdicts import MARKS, STROKES, Fate

ROWS = (
    Row(0, (0.0, 0.0, 10.0, 10.0), "right", "cat <b>", "0.90", "right, IoU 0.90", (0.0, 0.0, 10.0, 11.0)),
    Row(4, (5.0, 5.0, 20.0, 20.0), "missed", "dog", "", "found at no confidence"),
)
STAGE = Stage("data:,", 100, 80, ROWS)


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(verdicts, "_component", lambda **given: options.update(given))
    return options


def show(picks: list, picked: int | None = None) -> None:
    verdicts.verdicts("boxes", STAGE, picked=picked, on_pick=picks.append)


def test_the_browser_is_given_photo_rows_strokes_and_marks(mounted):
    show([], picked=4)
    data = mounted["data"]
    assert (data["image"], data["width"], data["height"], data["picked"]) == ("data:,", 100, 80, 4)
    assert [row["place"] for row in data["rows"]] == [0, 4]
    assert data["rows"][0]["partner"] == (0, 0, 10, 11)
    assert data["strokes"]["wrong"] == {"colour": STROKES[Fate.WRONG].colour, "dash": STROKES[Fate.WRONG].dash}
    assert set(data["marks"].values()) == set(MARKS.values())


def test_nothing_picked_is_minus_one(mounted):
    show([])
    assert mounted["data"]["picked"] == -1
    assert mounted["data"]["revision"] == 0


@pytest.mark.parametrize(
    ("sent", "taken"), [(0, [0]), (4, [4]), (-1, [None]), (1, []), (99, []), ("0", []), (None, [])]
)
def test_only_a_box_that_is_shown_can_be_picked(mounted, sent, taken):
    picks: list = []
    st.session_state["boxes"] = {"picked": {"place": sent, "revision": 2}}
    show(picks)
    mounted["on_picked_change"]()
    assert picks == taken
    assert mounted["data"]["revision"] == 2


@pytest.mark.parametrize("sent", ["nonsense", 3, None, {"place": 0, "revision": "many"}])
def test_a_message_that_is_none_has_no_revision(mounted, sent):
    st.session_state["boxes"] = {"picked": sent}
    show([])
    assert mounted["data"]["revision"] == 0
