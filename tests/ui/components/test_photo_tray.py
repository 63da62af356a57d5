"""The thumbnails: what is picked must be among what was shown."""

import pytest

from ui.components import photo_tray

PHOTOS = [
    {"key": "cat", "name": "Cat", "thumbnail": "data:,"},
    {"key": "rocket", "name": "Rocket", "thumbnail": "data:,"},
]


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    options: dict = {}
    monkeypatch.setattr(photo_tray, "_component", lambda **given: options.update(given))
    return options


def test_the_browser_is_given_the_photos_and_which_is_chosen(mounted):
    photo_tray.photo_tray("tray", PHOTOS, "rocket", print)
    assert mounted["key"] == "tray"
    assert mounted["data"] == {"photos": tuple(PHOTOS), "chosen": "rocket", "label": "Photo"}
    photo_tray.photo_tray("tray", PHOTOS, "rocket", print, label="Style")
    assert mounted["data"]["label"] == "Style"


@pytest.mark.parametrize(
    ("state", "chosen"),
    [({"photo": "rocket"}, ["rocket"]), ({"photo": "zebra"}, []), ({"photo": None}, []), ({"photo": 7}, []), ({}, [])],
    ids=str,
)
def test_only_a_photo_that_was_shown_can_be_picked(mounted, visitor, state, chosen):
    picked = []
    photo_tray.photo_tray("tray", PHOTOS, "cat", picked.append)
    visitor.session["tray"] = state
    mounted["on_photo_change"]()
    assert picked == chosen
