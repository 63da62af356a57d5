"""Boxes found on a photo: what the browser is given, and what is taken from it."""

import pytest

from ui.components import found_boxes
from ui.components.found_boxes import Scene, Thing
from viz.colours import MANY

CAT = Thing("0-7-1", "cat <b>", 0.93456, (1.04, 2.0, 30.26, 40.0), MANY[0])
DOG = Thing("0-9-2", "dog", 0.5, (5.0, 6.0, 7.0, 8.0), MANY[7], mark="only here")
SCENE = Scene("data:,", 100, 80, (CAT, DOG), alt="The photo with 2 boxes", empty="None.")


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(found_boxes, "_component", lambda **given: options.update(given))
    return options


def show(picks: list, scene: Scene = SCENE, picked: str | None = None) -> None:
    found_boxes.found_boxes("boxes", scene, picked=picked, on_pick=picks.append)


def test_the_browser_is_given_the_photo_and_each_thing_in_short_numbers(mounted):
    show([], picked="0-9-2")
    assert mounted["key"] == "boxes"
    assert mounted["data"] == {
        "image": "data:,",
        "width": 100,
        "height": 80,
        "alt": "The photo with 2 boxes",
        "empty": "None.",
        "things": [
            {
                "key": "0-7-1",
                "name": "cat <b>",
                "score": 0.9346,
                "box": [1.0, 2.0, 30.3, 40.0],
                "colour": MANY[0].colour,
                "dash": "",
                "mark": "",
            },
            {
                "key": "0-9-2",
                "name": "dog",
                "score": 0.5,
                "box": [5.0, 6.0, 7.0, 8.0],
                "colour": MANY[7].colour,
                "dash": MANY[7].dash,
                "mark": "only here",
            },
        ],
        "picked": "0-9-2",
        "revision": 0,
    }


@pytest.mark.parametrize(("sent", "picks"), [("0-7-1", ["0-7-1"]), ("", [None])])
def test_a_pick_reaches_the_page_by_the_name_of_the_box(mounted, visitor, sent, picks):
    heard = []
    show(heard)
    visitor.session["boxes"] = {"picked": {"value": sent, "revision": 4}}
    mounted["on_picked_change"]()
    assert heard == picks
    show(heard)
    assert mounted["data"]["revision"] == 4
    assert heard == picks, "only a new one is reported"


@pytest.mark.parametrize(
    "state",
    [{}, {"picked": None}, {"picked": 3}, {"picked": {"value": "0-8-1"}}, {"picked": {"value": 7, "revision": -1}}],
    ids=repr,
)
def test_a_box_that_is_not_there_and_nonsense_pick_nothing(mounted, visitor, state):
    heard = []
    visitor.session["boxes"] = state
    show(heard)
    mounted["on_picked_change"]()
    assert heard == []
    assert mounted["data"]["revision"] == 0
