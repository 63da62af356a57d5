"""The way from raw numbers to a box: it is the one that the network's own code takes, and the formula says so."""

import re

import pytest

from tests.ui.sections.detector.grid_cases import lab, pyramid
from ui.sections.detector import inside_decode
from ui.sections.detector.inside_grid import Place

CASES = {
    "the lab's coarse head": lambda: lab("lab-yolo"),
    "the lab's fine head": lambda: lab("lab-yolo-14"),
    "a larger input": lambda: lab("lab-yolo-14", size=320),
    "YOLOv3": pyramid,
    "YOLOv4": lambda: pyramid(1.05),
}


@pytest.mark.parametrize("name", CASES)
def test_every_anchor_becomes_the_box_that_core_decodes(name):
    made = CASES[name]()
    for number in range(len(made.rows)):
        box = inside_decode.way(made, made.place(number)).box
        assert box == pytest.approx(made.look.boxes[int(made.rows[number])].tolist(), abs=2e-3, rel=1e-4)


@pytest.mark.parametrize("name", CASES)
def test_the_formula_ends_with_the_numbers_of_the_box(name):
    made = CASES[name]()
    one = inside_decode.way(made, made.place(int(made.scores.argmax())))
    for words, ends in (
        (inside_decode.position(one), (one.x.centre, one.y.centre)),
        (inside_decode.growth(one), (one.x.side, one.y.side)),
    ):
        lines = words.split(r"[0.8em]")
        assert [re.findall(r"= (-?[\d.]+)", line)[-1] for line in lines] == [f"{end:.1f}" for end in ends]


def test_a_sigmoid_keeps_a_centre_in_its_cell_and_offsets_do_not():
    made = pyramid()
    for number in range(len(made.rows)):
        place = made.place(number)
        one = inside_decode.way(made, place)
        assert one.corner
        assert place.column * one.stride < one.x.centre < (place.column + 1) * one.stride
    free = lab()
    ways = [inside_decode.way(free, free.place(number)) for number in range(len(free.rows))]
    assert not any(one.corner for one in ways)
    assert any(abs(one.x.centre - one.x.start) > one.stride / 2 for one in ways)


def test_the_formula_names_its_family():
    three, four, own = (inside_decode.way(made, Place(0, 1, 1, 0)) for made in (pyramid(), pyramid(1.05), lab()))
    assert r"\sigma(t_x) + c_x" in inside_decode.position(three)
    assert r"\tfrac{s-1}{2}" in inside_decode.position(four)
    assert r"0.1\, t_x\, p_w" in inside_decode.position(own)
    assert "YOLOv3" in inside_decode.source(three)
    assert "s = 1.05" in inside_decode.source(four)
    assert "moves its anchors" in inside_decode.source(own)


def test_each_raw_number_has_its_meaning():
    for made in (pyramid(), lab()):
        meanings = inside_decode.meanings(inside_decode.way(made, Place(0, 0, 0, 0)))
        assert len(meanings) == 5
        assert "objectness" in meanings[4]
        assert not any("{" in words for words in meanings)


@pytest.mark.parametrize("logit", [-900.0, -1.0, 0.0, 1.0, 900.0])
def test_the_sigmoid_of_any_logit_is_a_share(logit):
    assert 0 <= inside_decode.sigmoid(logit) <= 1
    assert inside_decode.sigmoid(logit) + inside_decode.sigmoid(-logit) == pytest.approx(1)
