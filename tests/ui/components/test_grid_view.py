"""Inside the grid: what the browser is given, and what is taken from it."""

import pytest

from ui.components import grid_view
from ui.components.grid_view import Head, Mark, Scene
from viz.colours import MANY, VIRIDIS

HEAD = Head("1 × 2 cells", 1, 2, ((10.0, 20.0),), [100, 900], [90, 800], [0, 1], {1: [0, 10, 200, 300]})
SCENE = Scene(
    stamp="cat",
    image="data:,",
    width=100,
    height=80,
    part=(0.0, 0.0, 100.0, 80.0),
    names=("dog", "<b>"),
    heads=(HEAD,),
    measure="Objectness",
    only=False,
    corner=True,
    marks=(Mark((0, 0, 1), 1, "<b>"),),
    fates=("kept, number 1",),
)


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(grid_view, "_component", lambda **given: options.update(given))
    return options


def show(picks: list) -> None:
    grid_view.grid_view("grid", SCENE, (0, 0, 1, 0), picks.append)


def test_the_browser_is_given_the_scene_and_the_pick(mounted):
    show([])
    data = mounted["data"]
    assert mounted["key"] == "grid"
    assert data["picked"] == [0, 0, 1, 0]
    assert data["revision"] == 0
    assert data["ramp"] == VIRIDIS
    assert data["strokes"] == [{"colour": stroke.colour, "dash": stroke.dash} for stroke in MANY]
    assert data["heads"] == [
        {
            "title": "1 × 2 cells",
            "rows": 1,
            "columns": 2,
            "shapes": ((10, 20),),
            "heat": [100, 900],
            "scores": [90, 800],
            "classes": [0, 1],
            "boxes": {1: [0, 10, 200, 300]},
        }
    ]
    assert data["marks"] == [{"cell": (0, 0, 1), "number": 1, "name": "<b>"}]
    assert {name: data[name] for name in ("stamp", "part", "names", "measure", "only", "corner", "fates")} == {
        "stamp": "cat",
        "part": (0, 0, 100, 80),
        "names": ("dog", "<b>"),
        "measure": "Objectness",
        "only": False,
        "corner": True,
        "fates": ("kept, number 1",),
    }


def test_numbers_are_not_copied_for_the_browser(mounted):
    show([])
    assert mounted["data"]["heads"][0]["heat"] is HEAD.heat


def test_a_pick_reaches_the_page_with_its_place_and_comes_back_with_its_revision(mounted, visitor):
    picks: list = []
    show(picks)
    visitor.session["grid"] = {"pick": {"place": [0, 0, 0, 0], "revision": 4}}
    mounted["on_pick_change"]()
    show(picks)
    assert picks == [(0, 0, 0, 0)]
    assert mounted["data"]["revision"] == 4


def test_no_pick_is_no_message(mounted, visitor):
    picks: list = []
    show(picks)
    visitor.session["grid"] = {}
    mounted["on_pick_change"]()
    assert picks == []
