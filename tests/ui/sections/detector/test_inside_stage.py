"""The stage: what a link picks, what the browser is given, and the boxes counted on their way."""

import json

import numpy as np
import pytest

from core.images.samples import sample
from tests.ui.sections.detector.grid_cases import NAMES, chosen, lab, pyramid
from ui.components import grid_view
from ui.sections.detector import inside_stage
from ui.sections.detector.inside_controls import DECODED, READ
from ui.sections.detector.inside_grid import Place
from ui.sections.detector.inside_stage import CELL, OF

BEST = Place(0, 6, 5, 4)


def opened(owner: str) -> Place:
    """The anchor that is picked once the view has followed the link."""
    inside_stage.follow(lab(), owner)
    return inside_stage.picked(lab())


@pytest.mark.parametrize(
    ("words", "place"),
    [
        ("0,7,5,5", Place(0, 7, 5, 4)),
        ("0,7,5", lab().surest(0, 7, 5)),
        ("0,7,5,0", lab().surest(0, 7, 5)),
        ("0,7,5,10", lab().surest(0, 7, 5)),
        ("0,13,13,9", Place(0, 13, 13, 8)),
    ],
)
def test_a_link_picks_a_cell_and_perhaps_an_anchor(visitor, words, place):
    visitor.url[CELL] = words
    assert opened("cat") == place
    assert visitor.url[CELL] == inside_stage.written(place)


@pytest.mark.parametrize(
    "words",
    [
        *("", "0", "0,7", "1,7,5", "0,14,0", "0,0,14", "0,-1,0", "0,7,5,5,5", "a,b,c", "٠,٧,٥", "1e9,0,0"),
        *("99,9999,9999,99", "0,7,5,555", "9" * 400),
    ],
)
def test_a_link_to_no_cell_opens_with_the_best_one(visitor, words):
    visitor.url[CELL] = words
    assert opened("cat") == BEST
    assert CELL not in visitor.url


def test_a_cell_belongs_to_its_photo_and_network(visitor):
    visitor.session[CELL] = "0,7,5,5"
    assert opened("cat") == Place(0, 7, 5, 4)
    assert opened("cat") == Place(0, 7, 5, 4)
    assert opened("another") == BEST
    assert visitor.session[OF] == "another"


def test_what_the_browser_picks_is_kept_and_all_that_follows_from_it_drawn_again(visitor, monkeypatch):
    asked: list[list[str]] = []
    monkeypatch.setattr(inside_stage.st, "rerun", lambda *, scope: asked.append(scope))
    inside_stage._keep((0, 1, 2, 3))
    assert asked == [[READ, DECODED]]
    assert visitor.session[CELL] == "0,1,2,4"
    assert opened("cat") == Place(0, 1, 2, 3)


def test_the_browser_is_given_the_numbers_of_every_anchor(visitor, blank):
    made, place = pyramid(), Place(1, 2, 3, 1)
    scene = inside_stage.scene(blank(200, 100), made, chosen(made), place, ("a", "b"), stamp="s", only=True)
    assert [(head.rows, head.columns, len(head.shapes)) for head in scene.heads] == [(2, 2, 2), (4, 4, 2)]
    assert [head.title for head in scene.heads] == ["2 × 2 cells of 32 px", "4 × 4 cells of 16 px"]
    number = made.number(place) - made.starts[1]
    head = scene.heads[1]
    assert len(head.heat) == len(head.scores) == len(head.classes) == 32
    assert head.heat[number] == round(1000 * float(made.objectness[made.number(place)]))
    assert NAMES[head.classes[number]] == NAMES[int(made.classes[made.number(place)].argmax())]
    assert head.boxes[number] == pytest.approx((10 * made.photo_boxes[made.number(place)]).tolist(), abs=0.51)
    assert head.shapes == tuple(pytest.approx((w * 200 / 64, h * 200 / 64)) for w, h in made.look.heads[1].anchors)
    assert scene.corner
    assert scene.measure == "Objectness"
    json.dumps([grid_view._shallow(head) for head in scene.heads])  # plain numbers, which a browser can read


def test_boxes_of_silent_anchors_stay_here_but_for_those_of_the_picked_cell(visitor):
    made, place = lab(), Place(0, 0, 0, 0)
    boxes = inside_stage.scene(sample("cat"), made, chosen(made), place, (), stamp="", only=False).heads[0].boxes
    speak = {int(one) for one in np.flatnonzero(made.scores >= inside_stage.SPEAKS)}
    assert set(boxes) == speak | set(range(9))
    assert len(boxes) < len(made.scores) / 2


def test_each_thing_marks_the_cell_that_it_comes_from(visitor):
    made = lab(photo="astronaut")
    detected = chosen(made)
    marks = inside_stage.scene(sample("astronaut"), made, detected, BEST, (), stamp="", only=False).marks
    assert [(mark.cell, mark.number, mark.name) for mark in marks] == [
        ((0, 5, 5), 1, "person"),
        ((0, 10, 3), 2, "person"),
    ]


def test_a_cell_of_two_things_bears_the_better_number():
    made = pyramid()
    detected = chosen(made, confidence=0.01)
    marks = inside_stage._marks(made, detected)
    assert len({mark.cell for mark in marks}) == len(marks)
    assert len(marks) < len(detected.things)
    assert marks[0].number == 1


def test_the_box_is_told_in_pixels_of_the_photo():
    words = inside_stage.on_photo(lab(), BEST)
    assert "−24, −9, 408, 296 px" in words
    assert "cut off" in words
    assert "less the bars around the photo" in inside_stage.on_photo(pyramid(), Place(0, 0, 0, 0))
