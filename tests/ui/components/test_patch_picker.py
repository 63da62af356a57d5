"""A patch on a photo: what the browser is given, and what is taken from it."""

import pytest

from ui.components import patch_picker
from ui.components.patch_picker import Stage
from viz.colours import BOX_B

STAGE = Stage("data:,", 100, 80, 32)


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(patch_picker, "_component", lambda **given: options.update(given))
    return options


def told(mounted, visitor, message: object) -> list:
    """What the page hears of `message`."""
    points: list = []
    patch_picker.patch_picker("patch", STAGE, (50, 40), points.append)
    visitor.session["patch"] = {"point": message}
    mounted["on_point_change"]()
    return points


def test_the_browser_is_given_the_photo_and_the_patch(mounted):
    patch_picker.patch_picker("patch", STAGE, (50, 40), lambda _: None)
    assert mounted["key"] == "patch"
    assert mounted["data"] == {
        "image": "data:,",
        "width": 100,
        "height": 80,
        "wide": 32,
        "at": [50, 40],
        "revision": 0,
        "hit": BOX_B.colour,
    }


def test_the_point_reaches_the_page_and_its_revision_comes_back(mounted, visitor):
    assert told(mounted, visitor, {"at": [16, 64], "revision": 3}) == [(16, 64)]
    patch_picker.patch_picker("patch", STAGE, (16, 64), lambda _: None)
    assert mounted["data"]["revision"] == 3


@pytest.mark.parametrize(
    "message",
    [
        None,
        {},
        [],
        "1",
        {"at": [1.5, 2], "revision": 1},
        {"at": [1], "revision": 1},
        {"at": [101, 2], "revision": 1},
        {"at": [-1, 2], "revision": 1},
        {"at": "12", "revision": 1},
    ],
    ids=str,
)
def test_what_is_no_point_of_the_photo_is_ignored(mounted, visitor, message):
    assert told(mounted, visitor, message) == []
