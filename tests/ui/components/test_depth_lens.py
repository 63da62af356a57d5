"""The glass over three depths: what the browser is given, and what is taken from it."""

import math

import pytest
import streamlit as st

from ui.components import depth_lens
from ui.components.depth_lens import Pane, Scene

SCENE = Scene(
    image="data:,",
    width=100,
    height=80,
    part=(0.0, 0.0, 100.0, 80.0),
    size=(2, 2),
    names=("background", "cat"),
    colours={1: "#D55E00"},
    panes=(Pane("32s", "1 × 1 cells", 1, 1, [0, 4]), Pane("16s", "2 × 2 cells", 2, 2, [0, 1, 1, 3])),
    outline="M0 1H2",
    glass=(40.0, 20.0),
)


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(depth_lens, "_component", lambda **given: options.update(given))
    return options


def show(picks: list) -> None:
    depth_lens.depth_lens("lens", SCENE, (10.0, 20.0), picks.append)


def test_the_browser_is_given_the_maps_and_the_point(mounted):
    show([])
    data = mounted["data"]
    assert (data["point"], data["revision"]) == ([10.0, 20.0], 0)
    assert [pane["runs"] for pane in data["panes"]] == [[0, 4], [0, 1, 1, 3]]
    assert (data["colours"], data["outline"], data["glass"]) == ({1: "#D55E00"}, "M0 1H2", (40.0, 20.0))


@pytest.mark.parametrize(
    ("sent", "taken"),
    [
        ([30, 40.5], [(30.0, 40.5)]),
        ([-5, 999], [(0.0, 80.0)]),
        ([1], []),
        (["1", 2], []),
        ([math.nan, 2], []),
        ([True, 2], []),
        ("12", []),
        (None, []),
    ],
)
def test_only_a_point_is_taken_and_it_lies_on_the_photo(mounted, sent, taken):
    picks: list = []
    st.session_state["lens"] = {"pick": {"point": sent, "revision": 3}}
    show(picks)
    mounted["on_pick_change"]()
    assert picks == taken
    assert mounted["data"]["revision"] == 3


@pytest.mark.parametrize("sent", ["nonsense", 3, None, {"point": [1, 2], "revision": "many"}, {"revision": -4}])
def test_a_message_that_is_none_has_no_revision(mounted, sent):
    st.session_state["lens"] = {"pick": sent}
    show([])
    assert mounted["data"]["revision"] == 0
