"""The film: what the browser is given, what is taken from it, and when Python asks for a frame."""

import json
import math
from dataclasses import replace

import pytest

from ui.components import film as component
from ui.components.film import Chart, Film, Level, Panel, Series, film
from viz.colours import Stroke
from viz.sheets import Sheet

SHEET = Sheet("data:,", 2, 3, 30, 20)
PANEL = Panel("Photo", "A cat that appears", SHEET, ("dark", "dim", "bright"))
SERIES = Series("cat", Stroke("#0072B2", "4 2"), (0.1, None, 0.9))
CHART = Chart("Score", "α", "f(α)", (0.0, 0.5, 1.0), (SERIES,), (Level("whole", 0.8),))
REEL = Film((PANEL,), (CHART,), ("α = 0", "α = ½", "α = 1"), ("Black.", "Half.", "The photo."))


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(component, "_component", lambda **given: options.update(given))
    return options


@pytest.fixture
def told(mounted):
    """`told(frame)`: mounts the film at `frame`; what the browser is then told."""

    def mount(frame: int, reel: Film = REEL) -> dict:
        film("reel", reel, frame, print)
        return mounted["data"]["told"]

    return mount


def test_the_browser_is_given_the_whole_film(mounted):
    film("reel", REEL, 1, print)
    assert mounted["key"] == "reel"
    data = mounted["data"]
    assert data["panels"] == [
        {
            "title": "Photo",
            "alt": "A cat that appears",
            "notes": ["dark", "dim", "bright"],
            "sheet": "data:,",
            "columns": 2,
            "width": 30,
            "height": 20,
            "across": 32,
            "down": 32,
        }
    ]
    (chart,) = data["charts"]
    assert chart == {
        "title": "Score",
        "x_name": "α",
        "y_name": "f(α)",
        "xs": [0, 0.5, 1],
        "series": [{"name": "cat", "colour": "#0072B2", "dash": "4 2", "values": [0.1, None, 0.9]}],
        "levels": [{"name": "whole", "value": 0.8}],
        "y_range": None,
        "x_ticks": [],
        "marks": [],
        "marked": "",
    }
    assert data["steps"] == ["α = 0", "α = ½", "α = 1"]
    assert data["said"] == ["Black.", "Half.", "The photo."]
    assert data["key"] == "reel"
    assert data["told"] == {"frame": 1, "turn": 1, "revision": 0}
    json.dumps(data, allow_nan=False)


def test_the_range_and_the_ticks_may_be_given(mounted):
    chart = replace(CHART, y_range=(0.0, 1.0), x_ticks=((0.0, "trained"), (1.0, "conv1")))
    film("reel", replace(REEL, charts=(chart,)), 0, print)
    (given,) = mounted["data"]["charts"]
    assert (given["y_range"], given["x_ticks"]) == ([0, 1], [[0, "trained"], [1, "conv1"]])


def test_places_where_something_changed_are_marked(mounted):
    film("reel", replace(REEL, charts=(replace(CHART, marks=(0.25,), marked="turned"),)), 0, print)
    (given,) = mounted["data"]["charts"]
    assert (given["marks"], given["marked"]) == ([0.25], "turned")


@pytest.mark.parametrize(("frame", "shown"), [(-1, 0), (0, 0), (2, 2), (3, 2), (10**9, 2)])
def test_a_frame_outside_the_film_is_moved_to_its_nearest_end(told, frame, shown):
    assert told(frame)["frame"] == shown


@pytest.mark.parametrize(
    "wrong",
    [
        {"said": ("Black.",)},
        {"panels": (replace(PANEL, sheet=replace(SHEET, frames=4)),)},
        {"panels": (replace(PANEL, notes=("dark", "dim")),)},
        {"charts": (replace(CHART, xs=(0.0, 1.0)),)},
        {"charts": (replace(CHART, series=(SERIES, replace(SERIES, values=(0.1, 0.2)))),)},
    ],
)
def test_every_part_has_as_many_frames_as_there_are_steps(wrong):
    with pytest.raises(ValueError, match=r"the film has 3 steps, but '.+' has [124]"):
        replace(REEL, **wrong)


@pytest.mark.parametrize(
    "fewer", [{"said": ()}, {"panels": (replace(PANEL, notes=()),)}, {"panels": ()}, {"charts": ()}]
)
def test_words_are_not_needed_and_pictures_or_charts_alone_are_a_film(told, fewer):
    assert told(0, replace(REEL, **fewer))["frame"] == 0


def test_one_note_is_for_all_frames(mounted):
    film("reel", replace(REEL, panels=(replace(PANEL, notes=("always",)),)), 0, print)
    assert mounted["data"]["panels"][0]["notes"] == ["always"]


@pytest.mark.parametrize("empty", [{"steps": ()}, {"panels": (), "charts": ()}])
def test_nothing_is_no_film(empty):
    with pytest.raises(ValueError, match="at least one step, and a panel or a chart"):
        replace(REEL, **empty)


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf])
def test_numbers_that_a_browser_cannot_read_are_refused(number):
    with pytest.raises(ValueError, match="'cat' must be finite, or None"):
        Series("cat", Stroke("#0072B2"), (0.0, number))
    with pytest.raises(ValueError, match="'whole' must be finite"):
        Level("whole", number)
    with pytest.raises(ValueError, match="'Score' must be finite"):
        replace(CHART, xs=(0.0, 1.0, number))
    with pytest.raises(ValueError, match="marks of 'Score' must be finite"):
        replace(CHART, marks=(number,))


@pytest.mark.parametrize("wrong", [{"xs": (0.0, 1.0, 1.0)}, {"xs": (1.0, 0.5, 0.0)}, {"y_range": (1.0, 1.0)}])
def test_axes_rise(wrong):
    with pytest.raises(ValueError, match=r"of 'Score' must be finite and rise"):
        replace(CHART, **wrong)


def heard(mounted, visitor, message: object) -> list[int]:
    """What the page hears of `message`."""
    frames: list[int] = []
    film("reel", REEL, 0, frames.append)
    visitor.session["reel"] = {"frame": message}
    mounted["on_frame_change"]()
    return frames


@pytest.mark.parametrize("frame", [0, 1, 2])
def test_where_the_visitor_came_to_rest_reaches_the_page(mounted, visitor, frame):
    assert heard(mounted, visitor, {"value": frame, "revision": 1}) == [frame]


@pytest.mark.parametrize("frame", [-1, 3, 10**400, 1.0, math.nan, True, "1", None, [1], {"value": 1}])
def test_a_frame_that_the_film_has_not_is_ignored(mounted, visitor, frame):
    assert heard(mounted, visitor, {"value": frame, "revision": 1}) == []


@pytest.mark.parametrize("message", [None, {}, [], 1, "1", {"revision": 2}])
def test_a_message_that_is_none_is_ignored(mounted, visitor, message):
    assert heard(mounted, visitor, message) == []


def test_a_visitor_who_scrubs_changes_nothing_that_the_browser_is_sent(mounted, visitor):
    film("reel", REEL, 0, print)
    before = mounted["data"]
    visitor.session["reel"] = {"frame": {"value": 2, "revision": 1}}
    film("reel", REEL, 2, print)
    assert mounted["data"] == before


def test_a_page_that_wants_another_frame_asks_for_it_once(told, visitor):
    assert told(0) == {"frame": 0, "turn": 1, "revision": 0}
    visitor.session["reel"] = {"frame": {"value": 2, "revision": 4}}
    assert told(2)["turn"] == 1
    assert told(1) == {"frame": 1, "turn": 2, "revision": 4}
    assert told(1)["turn"] == 2
    assert told(2) == {"frame": 2, "turn": 3, "revision": 4}, "also for the frame that the visitor had chosen"


def test_a_page_that_refuses_a_move_takes_it_back(told, visitor):
    told(0)
    visitor.session["reel"] = {"frame": {"value": 2, "revision": 1}}
    assert told(0) == {"frame": 0, "turn": 2, "revision": 1}
    assert told(0)["turn"] == 2


def test_the_same_preset_works_again_after_a_move(told, visitor):
    told(0)
    assert told(1)["turn"] == 2
    visitor.session["reel"] = {"frame": {"value": 2, "revision": 1}}
    assert told(2)["turn"] == 2
    assert told(1) == {"frame": 1, "turn": 3, "revision": 1}


def test_after_another_page_python_asks_anew(told, visitor):
    told(0)
    visitor.session["reel"] = {"frame": {"value": 2, "revision": 3}}
    assert told(2)["turn"] == 1
    del visitor.session["reel"]  # as Streamlit does for a component that was not shown
    assert told(2) == {"frame": 2, "turn": 2, "revision": 0}
    assert told(2)["turn"] == 2


def test_a_first_message_may_be_there_before_the_first_run(told, visitor):
    visitor.session["reel"] = {"frame": {"value": 2, "revision": 5}}
    assert told(2) == {"frame": 2, "turn": 1, "revision": 5}


@pytest.mark.parametrize("revision", ["7", None, -1, 2.5, True, 10**400])
def test_a_revision_that_is_none_counts_as_the_first(told, visitor, revision):
    visitor.session["reel"] = {"frame": {"value": 1, "revision": revision}}
    assert told(1)["revision"] == 0


def test_two_films_are_told_apart(mounted):
    film("one", REEL, 0, print)
    film("two", REEL, 2, print)
    film("one", REEL, 0, print)
    assert mounted["data"]["told"] == {"frame": 0, "turn": 1, "revision": 0}
