"""The numbers under a painting: four figures, the weights of now, and a formula whose sum is right."""

import re
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from tests.ui.sections.style.paint_cases import SHORT, case, drawn, fast
from ui import parts
from ui.sections.style import paint_words
from ui.sections.style.case import Drawn


def app() -> None:
    import streamlit as st

    from ui.sections.style import paint_words

    paint_words.figures(st.session_state["drawn"])
    paint_words.formula(st.session_state["drawn"])


def shown(one: Drawn) -> AppTest:
    at = AppTest.from_function(app, default_timeout=120)
    at.session_state["drawn"] = one
    at.run()
    assert not at.exception
    return at


def test_loss_and_its_three_parts_stand_with_their_weights():
    losses = drawn().losses
    said = {one.label: one.value for one in shown(drawn()).metric}
    assert said == {
        "Loss": parts.number(losses.total),
        "Content × 1": parts.number(losses.content),
        "Style × 10": parts.number(losses.style),
        "Total variation × 1": parts.number(losses.total_variation),
    }


def test_a_picture_of_a_single_pass_has_no_loss_and_says_what_it_took():
    at = shown(fast())
    said = {one.label: one.value for one in at.metric}
    assert said["Painted in"] == "40 ms"
    assert said["Passes forward"] == "1"
    assert "Loss" not in said
    assert any("No loss is measured" in one.value for one in at.caption)


def terms(latex: str) -> list[tuple[float, float]]:
    """Every `weight · value` of a line."""
    return [(float(one), float(other)) for one, other in re.findall(r"([\d.]+) \\cdot ([\d.]+)", latex)]


@pytest.mark.parametrize("weights", [(1.0, 1.0, 1.0, 1.0), (4.0, 0.0, 0.5, 2.0)], ids=["alike", "not alike"])
def test_the_formula_sums_to_what_it_says(weights):
    own = replace(SHORT, content=0.3, style=30.0, style_layers=dict(zip(SHORT.style_layers, weights, strict=True)))
    now = drawn().losses.under(own)
    latex = paint_words.numbers(now, own)
    first, second = latex.split("L_s =")
    assert sum(weight * value for weight, value in terms(first)) == pytest.approx(now.total, rel=0.01)
    layers = sum(weight * value for weight, value in terms(second))
    assert layers / sum(weights) == pytest.approx(now.style, rel=0.01)
    assert latex.count("{") == latex.count("}")


def test_without_any_style_layer_nothing_is_divided_by_nothing():
    own = replace(SHORT, style_layers=dict.fromkeys(SHORT.style_layers, 0.0))
    latex = paint_words.numbers(drawn().losses.under(own), own)
    assert "L_s" not in latex
    assert r"10 \cdot 0 " in latex


def test_no_line_of_numbers_is_longer_than_a_phone_is_wide():
    own = replace(SHORT, content=1000.0, style=1000.0, total_variation=1000.0)
    for line in paint_words.numbers(drawn().losses.under(own), own).split(r"\\"):
        seen = re.sub(r"\\begin\{gathered\}|\\end\{gathered\}|\[\dpt\]|\{\}", "", line).replace(r"\cdot", "·")
        assert len(re.sub(r"\s+", " ", seen).strip()) <= 40, seen


def test_other_weights_than_those_it_was_painted_with_are_told():
    losses = drawn().losses
    assert "those of then" not in paint_words.meant(SHORT, losses)
    words = paint_words.meant(replace(SHORT, style=100.0), losses)
    assert f"a loss of {parts.number(losses.total)}" in words
    moved = replace(drawn(), case=case(replace(SHORT, style=100.0)))
    said = {one.label: one.value for one in shown(moved).metric}
    assert said["Loss"] == parts.number(losses.content + 100 * losses.style + losses.total_variation)


def test_the_letters_are_those_of_this_painting():
    own = replace(SHORT, content=3.0, content_layers={"features.12": 1.0}, style_layers={"features.1": 0.5})
    at = shown(replace(drawn(), case=case(own)))
    words = " ".join(one.value for one in at.caption)
    assert "α = 3, β = 10, γ = 1" in words
    assert "that features.12 makes" in words
    assert "The weights w are 0.5 for features.1." in words


def test_each_part_stands_on_its_own_and_the_gram_matrix_is_divided():
    content, style, variation = paint_words.pieces(SHORT)
    assert [content[0], style[0], variation[0]] == ["Content", "Style", "Total variation"]
    assert r"\frac{X_\ell X_\ell^{\top}}{c\,h\,w}" in style[1]
    assert len(shown(drawn()).latex) == 5, "the numbers of now, the loss, and its three parts"
