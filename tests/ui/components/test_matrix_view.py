"""Matrices beside each other: what the browser is given, and what is taken from it."""

from base64 import b64decode

import numpy as np
import pytest

from ui.components import matrix_view
from ui.components.matrix_view import Matrix, Scene
from viz.colours import RED_BLUE, VIRIDIS

VALUES = np.array([[1.5, 0.25], [-0.25, 1e-7]])
SCENE = Scene("cat", ("12", "<b>"), (Matrix("Style", VALUES, 1.5), Matrix("Less", -VALUES, 2.0, signed=True)))


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(matrix_view, "_component", lambda **given: options.update(given))
    return options


def show(picks: list) -> None:
    matrix_view.matrix_view("gram", SCENE, (0, 1), picks.append)


def test_the_browser_is_given_the_values_their_scales_and_the_pick(mounted):
    show([])
    data = mounted["data"]
    assert mounted["key"] == "gram"
    assert (data["stamp"], data["names"], data["picked"], data["revision"]) == ("cat", ("12", "<b>"), [0, 1], 0)
    style, less = data["matrices"]
    assert (style["title"], style["top"], style["signed"], style["ramp"]) == ("Style", 1.5, False, VIRIDIS)
    assert (less["title"], less["top"], less["signed"], less["ramp"]) == ("Less", 2.0, True, RED_BLUE)
    for one, values in ((style, VALUES), (less, -VALUES)):
        sent = np.frombuffer(b64decode(one["values"]), "<f4").reshape(2, 2)
        np.testing.assert_array_equal(sent, values.astype(np.float32))


def test_a_pick_reaches_the_page_and_comes_back_with_its_revision(mounted, visitor):
    picks: list = []
    show(picks)
    visitor.session["gram"] = {"pick": {"cell": [1, 0], "revision": 4}}
    mounted["on_pick_change"]()
    show(picks)
    assert picks == [(1, 0)]
    assert mounted["data"]["revision"] == 4


@pytest.mark.parametrize(
    "sent",
    [
        None,
        {},
        {"cell": None},
        {"cell": [0]},
        {"cell": [0, 2]},
        {"cell": [-1, 0]},
        {"cell": [0.5, 0]},
        {"cell": "01"},
        [0, 1],
    ],
    ids=str,
)
def test_what_names_no_cell_changes_nothing(mounted, visitor, sent):
    picks: list = []
    show(picks)
    visitor.session["gram"] = {"pick": sent}
    mounted["on_pick_change"]()
    assert picks == []


@pytest.mark.parametrize("revision", [-1, 2**60, "3", None, True], ids=str)
def test_a_revision_that_is_none_counts_as_the_first(mounted, visitor, revision):
    visitor.session["gram"] = {"pick": {"cell": [0, 0], "revision": revision}}
    show([])
    assert mounted["data"]["revision"] == 0
