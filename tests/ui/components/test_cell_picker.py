"""Cell picker: what the browser is given, and what is taken from it."""

from dataclasses import asdict

import pytest

from core.boxes.layout import Level, Shape
from core.boxes.settings import Labelled
from ui.components import cell_picker
from ui.components.cell_picker import Cells
from viz.colours import MANY, TRUTH

SHAPES = (Shape("1 × 1 cells", 50.0, 40.0), Shape("0.5 × 2 cells", 25.0, 80.0))
GRID = (Level(2, 2, 50.0, 40.0, SHAPES, shape_major=True),)
TRUTHS = (Labelled("dog <b>", (10.0, 20.0, 60.0, 70.0)),)
CELLS = Cells("data:,", 100, 80, GRID, TRUTHS)
SENT = {"revision": 3, "point": [25.5, 60]}


@pytest.fixture
def mounted(visitor, monkeypatch) -> dict:
    """The options of the component when it was mounted last."""
    options: dict = {}
    monkeypatch.setattr(cell_picker, "_component", lambda **given: options.update(given))
    return options


def show(points: list, cells: Cells = CELLS) -> None:
    cell_picker.cell_picker("cells", cells, (12.0, 34.5), points.append)


def test_the_browser_is_given_the_photo_its_grid_the_truths_and_the_point(mounted):
    show([])
    assert mounted["key"] == "cells"
    assert mounted["data"] == {
        "image": "data:,",
        "width": 100,
        "height": 80,
        "levels": (
            {
                "rows": 2,
                "cols": 2,
                "step_x": 50,
                "step_y": 40,
                "shapes": (
                    {"name": "1 × 1 cells", "width": 50, "height": 40},
                    {"name": "0.5 × 2 cells", "width": 25, "height": 80},
                ),
                "shape_major": True,
            },
        ),
        "truths": ({"label": "dog <b>", "box": (10, 20, 60, 70)},),
        "other": (),
        "conventions": ("", ""),
        "point": [12, 34.5],
        "revision": 0,
        "strokes": [{"colour": stroke.colour, "dash": stroke.dash} for stroke in MANY],
        "truth": TRUTH.colour,
    }


def test_every_stride_of_a_pyramid_travels_and_so_do_the_sizes_in_the_other_convention(mounted):
    pyramid = tuple(
        Level(rows, cols, step, step, (Shape(f"{step:.0f} px", step, step),))
        for rows, cols, step in ((3, 4, 32.0), (2, 2, 64.0))
    )
    other = (((1.0, 2.0),), ((3.0, 4.0),))
    show([], Cells("data:,", 100, 80, pyramid, (), other, ("textbook", "area")))
    assert mounted["data"]["levels"] == tuple(asdict(level) for level in pyramid)
    assert [level["step_x"] for level in mounted["data"]["levels"]] == [32, 64]
    assert mounted["data"]["other"] == other
    assert mounted["data"]["conventions"] == ("textbook", "area")
    assert mounted["data"]["truths"] == ()


def test_a_release_reaches_the_page_once_with_the_point(mounted, visitor):
    points = []
    show(points)
    visitor.session["cells"] = {"release": SENT}
    mounted["on_release_change"]()
    assert points == [(25.5, 60.0)]


def test_the_revision_of_the_last_release_is_echoed(mounted, visitor):
    visitor.session["cells"] = {"release": SENT}
    points = []
    show(points)
    assert mounted["data"]["revision"] == 3
    assert mounted["data"]["point"] == [12, 34.5], "the page decides where the point stands"
    assert points == [], "only a new one is reported"


@pytest.mark.parametrize(
    ("sent", "inside"), [([250, 60], (100, 60)), ([-1, 90.5], (0, 80)), ([float("nan"), 5], (0, 5))]
)
def test_a_point_beside_the_photo_is_moved_to_its_border(mounted, visitor, sent, inside):
    points = []
    show(points)
    visitor.session["cells"] = {"release": {"revision": 1, "point": sent}}
    mounted["on_release_change"]()
    assert points == [inside]


@pytest.mark.parametrize("state", [{}, {"release": None}])
def test_before_the_first_release_the_page_hears_nothing(mounted, visitor, state):
    visitor.session["cells"] = state
    points = []
    show(points)
    mounted["on_release_change"]()
    assert points == []
    assert mounted["data"]["revision"] == 0
