"""Two boxes: what the browser is given, and what is taken from it."""

import pytest

from ui.components import two_boxes
from ui.components.two_boxes import Release
from viz.colours import BOX_A, BOX_B, SHARED

SENT = {
    "revision": 3,
    "boxes": [[1, 2, 30, 40], [5.5, 6, 70, 80.5]],
    "iou": 0.25,
    "giou": -0.5,
    "diou": 0,
    "ciou": 1,
}
RELEASE = Release((1, 2, 30, 40), (5.5, 6, 70, 80.5), 0.25, -0.5, 0, 1)


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(two_boxes, "_component", lambda **given: options.update(given))
    return options


def show(releases: list) -> Release | None:
    a, b = (1.0, 2.0, 30.0, 40.0), (10.0, 20.0, 40.0, 60.0)
    return two_boxes.two_boxes("two-boxes", "data:,", (100, 80), a, b, releases.append)


def test_the_browser_is_given_the_photo_the_boxes_and_their_colours(mounted):
    assert show([]) is None
    assert mounted["key"] == "two-boxes"
    assert mounted["data"] == {
        "image": "data:,",
        "width": 100,
        "height": 80,
        "boxes": [[1, 2, 30, 40], [10, 20, 40, 60]],
        "revision": 0,
        "colours": {"a": BOX_A.colour, "b": BOX_B.colour, "shared": SHARED.colour},
    }


def test_a_release_reaches_the_page_once_for_each_move(mounted, visitor):
    releases = []
    show(releases)
    visitor.session["two-boxes"] = {"release": SENT}
    mounted["on_release_change"]()
    assert releases == [RELEASE]


def test_the_last_release_stays_known_and_its_revision_is_echoed(mounted, visitor):
    visitor.session["two-boxes"] = {"release": SENT}
    releases = []
    assert show(releases) == RELEASE
    assert mounted["data"]["revision"] == 3
    assert releases == [], "only a new one is reported"


@pytest.mark.parametrize("state", [{}, {"release": None}])
def test_before_the_first_release_there_is_none(mounted, visitor, state):
    visitor.session["two-boxes"] = state
    releases = []
    assert show(releases) is None
    mounted["on_release_change"]()
    assert releases == []
