"""The class map: what the browser is given, and what is taken from it."""

import math

import numpy as np
import pytest

from ui.components import class_map as component
from ui.components.class_map import ClassScene, Mode, Picked, Veil, View, class_map
from viz.class_maps import screen

ZEROS = np.zeros((2, 3), np.uint8)
SCREEN = screen("name", ZEROS, ZEROS, ZEROS, np.zeros((3, 2, 3), np.uint8), most=1.58, every=1)
SCENE = ClassScene(
    photo="data:,",
    width=30,
    height=20,
    alt="A cat",
    names=("background", "cat", "dog"),
    colours=("", "#D55E00", "#0072B2"),
    shown=(1, 0),
    screen=SCREEN,
    group="beside",
)
PICKED = Picked(point=(15, 10), shares=(0.25, 0.75, 0.0), margin=0.5, entropy=0.81)
MESSAGE = {
    "opacity": 0.25,
    "unsure": 1,
    "off": ["cat"],
    "mode": "mask",
    "veil": "margin",
    "edge": 0,
    "contours": False,
    "point": [29, 0],
    "revision": 3,
}
TOLD = View(
    opacity=0.25, unsure=1.0, off=("cat",), mode=Mode.MASK, veil=Veil.MARGIN, edge=0.0, contours=False, point=(29, 0)
)


@pytest.fixture
def mounted(visitor, monkeypatch) -> list[dict]:
    """The options of both elements when they were mounted last."""
    given: list[dict] = []
    monkeypatch.setattr(component, "_component", lambda **options: given.append(options))
    return given


def told(mounted, visitor, message: object, view: View | None = None) -> list[View]:
    """What the page hears of `message`."""
    heard: list[View] = []
    class_map("map", SCENE, view or View(), PICKED, heard.append)
    visitor.session["map"] = {"rest": message}
    mounted[-1]["on_rest_change"]()
    return heard


def test_the_maps_travel_apart_from_what_a_hand_moves(mounted, visitor):
    class_map("map", SCENE, View(), PICKED, print)
    visitor.session["map"] = {"rest": MESSAGE}
    class_map("map", SCENE, TOLD, PICKED, print)
    first, _, again, stage = mounted
    assert first == again, "the same bytes, so the browser has them"
    assert first["key"] == "map-maps"
    assert first["data"]["kept"]["photo"] == "data:,"
    assert first["data"]["kept"]["classes"] == SCREEN.classes
    assert SCREEN.classes not in str(stage["data"]).replace("'name'", "")
    assert stage["data"]["name"] == "name"


def test_the_browser_is_given_classes_and_the_view(mounted):
    class_map("map", SCENE, View(unsure=0.3), PICKED, print)
    data = mounted[-1]["data"]
    assert data["scene"]["names"] == ("background", "cat", "dog")
    assert data["scene"]["shown"] == (1, 0)
    assert data["picked"] == {"point": (15, 10), "shares": (0.25, 0.75, 0.0), "margin": 0.5, "entropy": 0.81}
    assert data["view"] == {
        "opacity": 0.5,
        "unsure": 0.3,
        "off": (),
        "mode": "both",
        "veil": "classes",
        "edge": 0.0,
        "contours": True,
        "point": (15, 10),
    }
    assert (data["group"], data["revision"]) == ("beside", 0)


def test_where_a_visitor_rests_reaches_the_page(mounted, visitor):
    assert told(mounted, visitor, MESSAGE) == [TOLD]


def test_a_pixel_that_nobody_picked_stays_the_pages_own_choice(mounted, visitor):
    (view,) = told(mounted, visitor, MESSAGE | {"point": [15, 10]})
    assert view.point is None


def test_a_class_of_the_network_beside_it_stays_hidden(mounted, visitor):
    assert told(mounted, visitor, MESSAGE | {"off": ["sofa"]}) == []
    (view,) = told(mounted, visitor, MESSAGE | {"off": ["sofa", "cat"]}, View(off=("sofa",)))
    assert view.off == ("sofa", "cat")


@pytest.mark.parametrize("name", ["opacity", "unsure", "edge"])
@pytest.mark.parametrize("value", [-0.01, 1.01, 10**400, math.nan, math.inf, True, "0.5", None, [0.5], {}])
def test_a_share_that_is_none_is_ignored(mounted, visitor, name, value):
    assert told(mounted, visitor, MESSAGE | {name: value}) == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"off": "cat"},
        {"off": [["cat"]]},
        {"off": ["<b>"]},
        {"mode": "all"},
        {"veil": None},
        {"mode": ["mask"]},
        {"contours": 1},
        {"point": [30, 0]},
        {"point": [0, -1]},
        {"point": [0.5, 1]},
        {"point": [1]},
        {"point": None},
        {"point": [True, 1]},
    ],
    ids=str,
)
def test_what_the_browser_would_never_send_is_ignored(mounted, visitor, wrong):
    assert told(mounted, visitor, MESSAGE | wrong) == []


@pytest.mark.parametrize("message", [None, {}, [], 1, "1", {"revision": 2}])
def test_a_message_that_is_none_is_ignored(mounted, visitor, message):
    assert told(mounted, visitor, message) == []


@pytest.mark.parametrize(
    ("revision", "echoed"), [(7, 7), ("7", 0), (None, 0), (-1, 0), (2.5, 0), (True, 0), (10**400, 0)]
)
def test_the_revision_of_the_last_message_is_echoed(mounted, visitor, revision, echoed):
    visitor.session["map"] = {"rest": {"revision": revision}}
    class_map("map", SCENE, View(), PICKED, print)
    assert mounted[-1]["data"]["revision"] == echoed
