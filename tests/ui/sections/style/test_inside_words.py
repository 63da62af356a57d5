"""The numbers of a cell in words and formulas."""

import pytest
import streamlit as st

from tests.ui.sections.style.inside_cases import grams, pair
from ui.sections.style import inside_words
from ui.sections.style.inside_words import number, tex, verdict


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (0.0, "0"),
        (0.07, "0.0700"),
        (1.4321, "1.43"),
        (-12.345, "−12.3"),
        (123.4, "123"),
        (999.6, "1000"),
        (0.001, "0.00100"),
        (2.774e-5, "2.77 · 10⁻⁵"),
        (-1e-12, "−1.00 · 10⁻¹²"),
        (54321, "5.43 · 10⁴"),
    ],
)
def test_numbers_have_three_figures(value, words):
    assert number(value) == words


@pytest.mark.parametrize(("value", "words"), [(0.07, "0.0700"), (2.774e-5, r"2.77 \cdot 10^{-5}"), (0.0, "0")])
def test_formulas_have_them_too(value, words):
    assert tex(value) == words


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        (
            (0, 1),
            "Maps 7 and 2 are active together less in the photo than in the style: 0.100 against 2.00. A painting is "
            "pushed to have more such places",
        ),
        (
            (2, 2),
            "Map 9 is active more in the photo than in the style: 5.00 against 2.00. A painting is pushed to have fewer",
        ),
        ((0, 2), "Maps 7 and 9 are active together about as much in the photo as in the style: 0.500 and 0.500."),
    ],
)
def test_the_verdict_follows_the_entries(cell, words):
    assert verdict(grams(), cell, "photo").startswith(words)


def test_the_formula_has_the_numbers_of_this_moment(monkeypatch):
    written: list[str] = []
    monkeypatch.setattr(st, "latex", written.append)
    monkeypatch.setattr(st, "caption", written.append)
    monkeypatch.setattr(st, "markdown", lambda *given, **options: None)
    inside_words.gram_formula(grams(), pair(), (0, 1), "photo")
    formula, caption = written
    mean = sum(a * b for a, b in zip(range(6), range(6, 12), strict=True)) / 6
    assert rf"A_{{7,2}} = \tfrac{{1}}{{5}} \cdot {mean:.1f} = {mean / 5:.2f}" in formula
    assert rf"G_{{7,2}} = \tfrac{{1}}{{5}} \cdot {mean / 4:.2f}" in formula
    assert r"\overline{(G - A)^2} = 1.50" in formula
    assert "3 × 2 and 3 × 2 places" in caption
    assert "G itself here" in caption


def shown(monkeypatch, cell) -> list:
    cells: list = []

    class Cell:
        def metric(self, *given, **options):
            cells.append((*given, options.get("delta"), options.get("delta_color")))

    monkeypatch.setattr(inside_words.parts, "four", lambda least: [Cell()] * 4)
    inside_words.figures(grams(), pair(), cell, "painting")
    return cells


def test_an_entry_that_the_maps_do_not_give_is_told(monkeypatch):
    loss, style, ours, apart = shown(monkeypatch, (0, 1))
    assert loss[:2] == ("Style loss here", "0.500")
    assert style[:2] == ("This cell, style", "2.00")
    assert style[2:] == ("the mean gives 4.83", "red")
    assert ours[0] == "This cell, painting"
    assert apart[:2] == ("Painting less style", "−1.90")


def test_an_entry_that_the_maps_give_is_told_as_checked(monkeypatch):
    both = pair()
    found = grams(style=grams().style * 0 + both.entries()[0], ours=grams().ours * 0 + both.entries()[1])
    cells: list = []

    class Cell:
        def metric(self, *given, **options):
            cells.append(options.get("delta"))

    monkeypatch.setattr(inside_words.parts, "four", lambda least: [Cell()] * 4)
    inside_words.figures(found, both, (1, 1), "photo")
    assert cells[1:3] == ["the mean again"] * 2
