"""The scrubber: what the browser is given, and what is taken from it."""

import pytest

from ui.components import scrubber
from ui.components.scrubber import Fixed, Scene, Track

GOAL = Fixed("goal", "#009E73", "", (0.0, 0.0, 5.0, 5.0))
TRACK = Track("track", "#0072B2", "4 2", ((0.0, 0.0, 1.0, 1.0), (0.0, 0.0, 2.0, 2.0)), (0.5, 1.0))
SCENE = Scene("data:,", 20, 10, (GOAL,), (TRACK,), "IoU")


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(scrubber, "_component", lambda **given: options.update(given))
    return options


def test_the_browser_is_given_the_whole_scene_once(mounted):
    scrubber.scrubber("step-scrubber", SCENE, 1, print)
    assert mounted["key"] == "step-scrubber"
    assert mounted["data"] == {
        "image": "data:,",
        "width": 20,
        "height": 10,
        "fixed": [{"name": "goal", "colour": "#009E73", "dash": "", "box": (0, 0, 5, 5)}],
        "tracks": [
            {
                "name": "track",
                "colour": "#0072B2",
                "dash": "4 2",
                "boxes": ((0, 0, 1, 1), (0, 0, 2, 2)),
                "values": (0.5, 1),
            }
        ],
        "curve": "IoU",
        "axis": "step",
        "whole": 0,
        "step": 1,
    }


def test_what_is_counted_may_be_shares_of_a_whole(mounted):
    scrubber.scrubber("offset", Scene("data:,", 20, 10, (), (TRACK,), "IoU", axis="share", whole=1.0), 0, print)
    assert (mounted["data"]["axis"], mounted["data"]["whole"]) == ("share", 1)


@pytest.mark.parametrize(("sent", "steps"), [(4, [4]), (4.0, [4]), (None, []), ("4", []), ([4], [])])
def test_only_a_number_from_the_browser_moves_the_step(mounted, visitor, sent, steps):
    """The component's state comes from the browser: anything may be in it."""
    moved = []
    scrubber.scrubber("step-scrubber", SCENE, 0, moved.append)
    visitor.session["step-scrubber"] = {"step": sent}
    mounted["on_step_change"]()
    assert moved == steps


def test_before_the_first_release_nothing_moves(mounted, visitor):
    moved = []
    scrubber.scrubber("step-scrubber", SCENE, 0, moved.append)
    visitor.session["step-scrubber"] = {}
    mounted["on_step_change"]()
    assert moved == []
