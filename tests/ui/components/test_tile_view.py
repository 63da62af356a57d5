"""The tiles over a photo: what the browser is given, and what is taken from it."""

import pytest

from ui.components import tile_view as component
from ui.components.tile_view import Scene, tile_view

SCENE = Scene("data:,", 100, 80, ((0.0, 0.0, 50.04, 80.0), (50.0, 0.0, 100.0, 80.0)), ("left", "right"), 2, "A cat")


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(component, "_component", lambda **given: options.update(given))
    return options


def test_the_browser_is_given_the_tiles_in_short_numbers(mounted):
    tile_view("tiles", SCENE, 1, print)
    assert mounted["key"] == "tiles"
    assert mounted["data"] == {
        "image": "data:,",
        "width": 100,
        "height": 80,
        "tiles": [[0.0, 0.0, 50.0, 80.0], [50.0, 0.0, 100.0, 80.0]],
        "words": ["left", "right"],
        "across": 2,
        "alt": "A cat",
        "picked": 1,
        "revision": 0,
    }


def test_a_chosen_tile_reaches_the_page_once(mounted, visitor):
    heard: list[int] = []
    tile_view("tiles", SCENE, 0, heard.append)
    visitor.session["tiles"] = {"pick": {"place": 1, "revision": 3}}
    mounted["on_pick_change"]()
    tile_view("tiles", SCENE, 1, heard.append)
    assert heard == [1]
    assert mounted["data"]["revision"] == 3


@pytest.mark.parametrize(
    "state",
    [{}, {"pick": 3}, {"pick": {"place": 2}}, {"pick": {"place": -1}}, {"pick": {"place": True, "revision": -4}}],
    ids=repr,
)
def test_a_tile_that_is_not_there_and_nonsense_choose_nothing(mounted, visitor, state):
    heard: list[int] = []
    visitor.session["tiles"] = state
    tile_view("tiles", SCENE, 0, heard.append)
    mounted["on_pick_change"]()
    assert heard == []
    assert mounted["data"]["revision"] == 0
