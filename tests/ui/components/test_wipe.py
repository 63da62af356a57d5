"""The wipe: what the browser is given, and what is taken from it."""

import math

import pytest

from ui.components import wipe as component
from ui.components.wipe import Rest, Veil, Wipe, wipe

VEILS = (Veil("Grad-CAM", "data:,a", "13 × 13 cells"), Veil("Integrated gradients", "data:,b"))
SHOWN = Wipe(photo="data:,", width=100, height=80, alt="A cat", seen=(10.0, 0.0, 90.0, 80.0), veils=VEILS)
MESSAGE = {"position": 0.25, "opacity": 0.5, "veil": 1, "revision": 1}


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(component, "_component", lambda **given: options.update(given))
    return options


def told(mounted, visitor, message: object, shown: Wipe = SHOWN) -> list[Rest]:
    """What the page hears of `message`."""
    heard: list[Rest] = []
    wipe("wipe", shown, heard.append)
    visitor.session["wipe"] = {"rest": message}
    mounted["on_rest_change"]()
    return heard


def test_the_browser_is_given_the_pictures_and_how_they_stand(mounted):
    wipe("wipe", SHOWN, print)
    assert mounted["key"] == "wipe"
    assert mounted["data"] == {
        "photo": "data:,",
        "width": 100,
        "height": 80,
        "alt": "A cat",
        "seen": (10, 0, 90, 80),
        "veils": (
            {"title": "Grad-CAM", "uri": "data:,a", "note": "13 × 13 cells"},
            {"title": "Integrated gradients", "uri": "data:,b", "note": ""},
        ),
        "after": "",
        "names": ("Photo", "After"),
        "position": 0.5,
        "opacity": 0.8,
        "veil": 0,
        "tallest": 420,
        "revision": 0,
    }


def test_two_pictures_need_neither_veils_nor_a_part_that_was_seen(mounted):
    wipe("wipe", Wipe(photo="data:,", width=9, height=9, alt="", after="data:,c", names=("Before", "After")), print)
    data = mounted["data"]
    assert (data["after"], data["names"]) == ("data:,c", ("Before", "After"))
    assert (data["veils"], data["seen"]) == ((), None)


@pytest.mark.parametrize(("veil", "veils", "given"), [(1, 2, 1), (5, 2, 1), (5, 0, 0), (-1, 2, 0)])
def test_a_veil_that_is_no_longer_there_becomes_the_last_one(mounted, veil, veils, given):
    wipe("wipe", Wipe(photo="data:,", width=9, height=9, alt="", veils=VEILS[:veils], veil=veil), print)
    assert mounted["data"]["veil"] == given


@pytest.mark.parametrize(
    "rest", [Rest(0.25, 0.5, 1), Rest(0.0, 0.0, 0), Rest(1.0, 1.0, 1)], ids=["between", "ends", "other ends"]
)
def test_where_a_visitor_rests_reaches_the_page(mounted, visitor, rest):
    message = {"position": rest.position, "opacity": rest.opacity, "veil": rest.veil, "revision": 3}
    assert told(mounted, visitor, message) == [rest]


def test_whole_numbers_are_shares_too(mounted, visitor):
    """A browser sends 1.0 as 1."""
    (rest,) = told(mounted, visitor, MESSAGE | {"position": 1, "opacity": 0})
    assert (rest.position, rest.opacity) == (1, 0)
    assert type(rest.position) is type(rest.opacity) is float


@pytest.mark.parametrize("name", ["position", "opacity"])
@pytest.mark.parametrize("value", [-0.01, 1.01, 10**400, math.nan, math.inf, True, "0.5", None, [0.5], {}])
def test_a_share_that_is_none_is_ignored(mounted, visitor, name, value):
    assert told(mounted, visitor, MESSAGE | {name: value}) == []


@pytest.mark.parametrize("veil", [-1, 2, 10**30, 1.0, math.nan, True, "1", None, [1]])
def test_a_veil_that_is_not_there_is_ignored(mounted, visitor, veil):
    assert told(mounted, visitor, MESSAGE | {"veil": veil}) == []


def test_without_veils_only_the_first_can_be_meant(mounted, visitor):
    shown = Wipe(photo="data:,", width=9, height=9, alt="", after="data:,c")
    assert told(mounted, visitor, MESSAGE | {"veil": 0}, shown) == [Rest(0.25, 0.5, 0)]
    assert told(mounted, visitor, MESSAGE, shown) == []


@pytest.mark.parametrize("message", [None, {}, [], 1, "1", {"revision": 2}])
def test_a_message_that_is_none_is_ignored(mounted, visitor, message):
    assert told(mounted, visitor, message) == []


@pytest.mark.parametrize("message", [MESSAGE | {"revision": 7}, {"position": "?", "revision": 7}])
def test_the_revision_of_the_last_message_is_echoed(mounted, visitor, message):
    """Also of one that is ignored."""
    visitor.session["wipe"] = {"rest": message}
    wipe("wipe", SHOWN, print)
    assert mounted["data"]["revision"] == 7


@pytest.mark.parametrize("revision", ["7", None, -1, 2.5, True, 10**400])
def test_a_revision_that_is_none_counts_as_the_first(mounted, visitor, revision):
    visitor.session["wipe"] = {"rest": MESSAGE | {"revision": revision}}
    wipe("wipe", SHOWN, print)
    assert mounted["data"]["revision"] == 0


def test_before_the_first_message_nothing_is_reported(mounted, visitor):
    heard = []
    wipe("wipe", SHOWN, heard.append)
    visitor.session["wipe"] = {}
    mounted["on_rest_change"]()
    assert heard == []
