"""The error map: what the browser is given, and what is taken from it."""

import pytest

from ui.components import error_map
from ui.components.error_map import Layer, Scene

LAYERS = tuple(Layer(key, key.title(), "5.0 %", "data:,", "#009E73", "none") for key in ("right", "missed", "invented"))
SCENE = Scene("data:,", 30, 20, "Errors over the photo", LAYERS)


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(error_map, "_component", lambda **given: options.update(given))
    return options


def told(mounted, visitor, message: object) -> list:
    """What the page hears of `message`."""
    heard: list = []
    error_map.error_map("errors", SCENE, ("missed",), heard.append)
    visitor.session["errors"] = {"layers": message}
    mounted["on_layers_change"]()
    return heard


def test_the_browser_is_given_the_photo_the_layers_and_what_is_shown(mounted, visitor):
    told(mounted, visitor, None)
    data = mounted["data"]
    assert (data["width"], data["height"], data["alt"]) == (30, 20, SCENE.alt)
    assert [layer["key"] for layer in data["layers"]] == ["right", "missed", "invented"]
    assert (data["shown"], data["revision"]) == (("missed",), 0)


def test_the_page_hears_what_is_shown_in_the_order_of_the_legend(mounted, visitor):
    assert told(mounted, visitor, {"shown": ["invented", "right"], "revision": 1}) == [("right", "invented")]
    assert told(mounted, visitor, {"shown": [], "revision": 2}) == [()]


@pytest.mark.parametrize(
    "message",
    [None, 3, [], {}, *({"shown": one} for one in (None, "right", ["wrong"], [3], [["right"]], [None], ["right"] * 4))],
)
def test_what_the_browser_would_not_send_is_refused_quietly(mounted, visitor, message):
    assert told(mounted, visitor, message) == []


@pytest.mark.parametrize(("revision", "expected"), [(3, 3), ("3", 0), (-2, 0), (True, 0), (2**60, 0)])
def test_the_revision_of_the_last_message_is_echoed(mounted, visitor, revision, expected):
    visitor.session["errors"] = {"layers": {"shown": [], "revision": revision}}
    error_map.error_map("errors", SCENE, (), lambda _: None)
    assert mounted["data"]["revision"] == expected
