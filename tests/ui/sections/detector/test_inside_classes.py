"""What is in the cell: bars for the likeliest classes, and the score as a product."""

import re

import pytest
import streamlit as st

from tests.ui.sections.detector.grid_cases import lab, pyramid, unsaid
from ui.sections.detector import inside_classes
from ui.sections.detector.inside_grid import Place

BEST = Place(0, 6, 5, 4)


def test_the_product_is_the_score():
    made = lab()
    words = inside_classes.product(made, BEST)
    assert r"\mathrm{softmax}(z)_c" in words
    assert r"\text{cat}" in words
    assert words.removesuffix(r"\end{aligned}").endswith(f"{made.scores[made.number(BEST)]:.3f}")


def test_each_class_by_itself_has_a_sigmoid():
    assert r"\sigma(z_c)" in inside_classes.product(pyramid(), Place(0, 0, 0, 0))


def test_without_an_objectness_the_score_is_the_class():
    assert r"\text{score} = \mathrm{softmax}(z)_c = " in inside_classes.product(unsaid(), BEST)


def test_a_name_is_plain_text_in_a_formula_and_in_the_bars():
    assert inside_classes._plain("tv & radio_1") == "tv   radio 1"
    assert inside_classes._plain("$%") == "class"
    assert "&lt;b&gt;" in inside_classes.bars([("<b>", 0.5, -1.0)])
    assert "z = −1.00" in inside_classes.bars([("dog", 0.5, -1.0)])


@pytest.fixture
def drawn(monkeypatch) -> dict[str, list[str]]:
    made: dict[str, list[str]] = {"html": [], "caption": [], "latex": []}
    for name, words in made.items():
        monkeypatch.setattr(st, name, words.append)
    return made


def test_only_the_likeliest_classes_are_shown_and_the_surest_is_first(drawn):
    made = pyramid()
    place = Place(0, 0, 0, 0)
    inside_classes.classes(made, place)
    best = made.names[int(made.classes[made.number(place)].argmax())]
    shown = re.findall(r"<span>([^<]+)</span>", drawn["html"][0])
    assert shown[0] == best.replace("&", "&amp;")
    assert len(shown) == 3
    assert "do not compete" in drawn["caption"][0]


def test_each_family_says_who_competes(drawn):
    for made, words in ((lab(), "add up to 1"), (unsaid(), "“nothing here”"), (pyramid(), "do not compete")):
        inside_classes.classes(made, Place(0, 1, 1, 1))
        assert words in drawn["caption"][-1]
