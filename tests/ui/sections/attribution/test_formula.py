"""The numbers that stand in the formulas."""

from types import SimpleNamespace

import numpy as np
import pytest

from core.attribution.methods import Method
from core.attribution.settings import Measure
from core.experiments.attribution import Explanation
from core.experiments.cost import Cost
from ui.sections.attribution.formula import _FORMULAS, _lines, numbers


def explanation(method: Method, gap: float | None = None) -> Explanation:
    map = np.full((14, 14) if method.coarse else (3, 4, 4), 0.5, np.float32)
    flat = map if method.coarse else map.sum(axis=0)
    return Explanation(
        method,
        0,
        "cat",
        0.9,
        3.25,
        "features.12" if method.layered else None,
        map,
        flat,
        gap,
        Cost("CPU", 0, 1, 1.0, 0.0),
    )


CASE = SimpleNamespace(
    label="tabby_cat $x^2$",
    opened=SimpleNamespace(
        deepest="features.12", layers=[SimpleNamespace(name="features.12", field=SimpleNamespace(channels=512))]
    ),
)


@pytest.mark.parametrize("method", list(Method), ids=lambda method: method.value)
def test_every_method_has_a_formula_a_source_and_numbers(method):
    words, source = _FORMULAS[method]
    assert words.count("{") == words.count("}")
    assert "20" in source
    assert "3.25" in numbers(CASE, explanation(method))


def test_the_sum_and_the_gap_of_integrated_gradients_are_told():
    told = numbers(CASE, explanation(Method.INTEGRATED_GRADIENTS, 0.0123))
    assert r"\sum = 24.00" in told
    assert r"1.23\,\%" in told


def test_cells_and_maps_of_a_layer_are_told():
    told = numbers(CASE, explanation(Method.GRAD_CAM))
    assert r"14 \cdot 14 = 196" in told
    assert r"\ldots 512" in told


def test_a_class_name_is_never_latex():
    assert "$" not in numbers(CASE, explanation(Method.GRADIENT))
    assert "^" not in numbers(CASE, explanation(Method.GRADIENT)).split("=")[0]


def test_what_stands_side_by_side_goes_below_each_other():
    assert _lines(r"a, \quad b") == r"\begin{gathered}a \\[4pt] b\end{gathered}"


def test_a_sum_stands_beside_the_number_that_it_adds_up_to():
    told = numbers(CASE, explanation(Method.INTEGRATED_GRADIENTS, 0.01), Measure.LOG_PROBABILITY)
    assert r"\ln p_" in told
    assert "-0.105" in told
    assert "3.25" in numbers(CASE, explanation(Method.GRAD_CAM), Measure.LOG_PROBABILITY), "it explains the score"
