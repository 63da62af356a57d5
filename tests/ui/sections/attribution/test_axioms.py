"""The figure of the axiom: its verdict is true of the numbers, and its sliders move them."""

import pytest
from streamlit.testing.v1 import AppTest

from core.experiments.axioms import saturation
from ui.sections.attribution import axioms


def app() -> None:
    from ui.sections.attribution import axioms

    axioms.axioms()


@pytest.fixture(scope="module")
def opened() -> AppTest:
    at = AppTest.from_function(app, default_timeout=120).run()
    assert not at.exception
    return at


def metrics(at: AppTest) -> dict[str, str]:
    return {one.label: one.value for one in at.metric}


def test_it_opens_where_the_gradient_breaks_sensitivity(opened):
    assert metrics(opened) == {"Gradient": "0.00", "× input": "0.00", "Integrated": "1.00"}
    assert any("The gradient breaks sensitivity" in one.value for one in opened.markdown)
    assert opened.get("image")


def test_a_moved_slider_moves_every_number():
    at = AppTest.from_function(app, default_timeout=120).run()
    at.slider(key=axioms.AT).set_value(0.5)
    at.slider(key=axioms.FROM).set_value(-1.0).run()
    assert metrics(at) == {"Gradient": "1.00", "× input": "0.50", "Integrated": "1.50"}
    assert any("0.50 - (-1.00) = 1.50" in one.value for one in at.latex)


@pytest.mark.parametrize(
    ("x", "baseline", "words"),
    [
        (2.0, 0.0, "breaks sensitivity"),
        (1.0, 0.0, "breaks sensitivity"),
        (2.0, 2.0, "Nothing to explain"),
        (3.0, 1.5, "Flat all the way"),
        (0.5, 0.0, "all is well"),
        (0.5, -0.5, "Not 0, but not the rise"),
        (-0.5, 2.0, "Not 0, but not the rise"),
        (0.0, 0.5, "Not 0, but not the rise"),
    ],
)
def test_the_verdict_fits_the_numbers(x, baseline, words):
    assert words in axioms.verdict(saturation(x, baseline))


def test_the_verdict_on_a_broken_axiom_names_both_values():
    assert "from 0.00 to 1.00" in axioms.verdict(saturation(2.0, 0.0))
    assert "from −1.00 to 1.00" in axioms.verdict(saturation(3.0, -1.0))


def test_the_formula_has_the_numbers_of_the_moment():
    said = axioms.formula(saturation(2.0, -1.0))
    assert r"(2.00 - (-1.00)) \cdot 0.67 = 2.00" in said
    assert "1.00 - (-1.00) = 2.00" in said
    assert r"2.00 \cdot 0.00 = 0.00" in said


def test_an_input_at_its_baseline_has_a_formula_too():
    assert r"(0.50 - 0.50) \cdot 1.00 = 0.00" in axioms.formula(saturation(0.5, 0.5))
