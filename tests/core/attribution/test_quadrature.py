"""Quadrature: Gauss-Legendre by the definition of its points, the others as loops, and all by what they sum exactly."""

import numpy as np
import pytest
import torch
from captum.attr._utils.approximation_methods import approximation_parameters
from numpy.polynomial.legendre import Legendre

from core.attribution.quadrature import Rule, nodes
from core.errors import SettingError

NAMES = {
    Rule.LEFT: "riemann_left",
    Rule.RIGHT: "riemann_right",
    Rule.MIDPOINT: "riemann_middle",
    Rule.TRAPEZOID: "riemann_trapezoid",
    Rule.GAUSS_LEGENDRE: "gausslegendre",
}


@pytest.mark.parametrize("steps", [1, 2, 3, 8, 33, 100])
def test_gauss_legendre_points_are_the_roots_of_the_legendre_polynomial_and_weigh_what_its_slope_says(steps):
    found = nodes(Rule.GAUSS_LEGENDRE, steps)
    roots = 2 * found.alphas.numpy() - 1
    slope = Legendre.basis(steps).deriv()(roots)
    np.testing.assert_allclose(Legendre.basis(steps)(roots) / slope, 0, atol=1e-14)
    np.testing.assert_allclose(found.weights.numpy(), 1 / ((1 - roots**2) * slope**2), rtol=1e-9)
    assert len(np.unique(roots)) == steps


@pytest.mark.parametrize("steps", [2, 3, 10, 64])
@pytest.mark.parametrize("rule", Rule)
def test_points_and_weights_are_those_of_captum(rule, steps):
    weigh, place = approximation_parameters(NAMES[rule])
    found = nodes(rule, steps)
    factor = steps / (steps - 1) if rule is Rule.TRAPEZOID else 1  # captum divides by n, the trapezoid rule by n - 1
    np.testing.assert_allclose(found.alphas.numpy(), place(steps), atol=1e-6)  # theirs are rounded to float32
    np.testing.assert_allclose(found.weights.numpy(), np.array(weigh(steps)) * factor, rtol=1e-12)


@pytest.mark.parametrize("steps", [2, 5, 16])
def test_the_trapezoid_rule_is_numpys(steps):
    found = nodes(Rule.TRAPEZOID, steps)
    values = np.exp(found.alphas.numpy())
    assert (found.weights.numpy() * values).sum() == pytest.approx(
        np.trapezoid(values, found.alphas.numpy()), rel=1e-12
    )


@pytest.mark.parametrize("steps", [1, 2, 7, 256, 1000])
@pytest.mark.parametrize("rule", Rule)
def test_weights_sum_to_one_and_points_rise_within_zero_and_one(rule, steps):
    if steps < rule.fewest_steps:
        steps = rule.fewest_steps
    found = nodes(rule, steps)
    assert len(found.alphas) == len(found.weights) == steps
    assert found.weights.sum().item() == pytest.approx(1, abs=1e-12)
    assert (found.weights > 0).all()
    assert (found.alphas.diff() > 0).all()
    assert 0 <= found.alphas[0] <= found.alphas[-1] <= 1


@pytest.mark.parametrize("steps", [2, 3, 8, 100])
def test_the_ends_are_points_of_the_rules_that_say_so(steps):
    ends = {rule: (0.0 in nodes(rule, steps).alphas, 1.0 in nodes(rule, steps).alphas) for rule in Rule}
    assert ends == {
        Rule.LEFT: (True, False),
        Rule.RIGHT: (False, True),
        Rule.MIDPOINT: (False, False),
        Rule.TRAPEZOID: (True, True),
        Rule.GAUSS_LEGENDRE: (False, False),
    }


def error(rule: Rule, steps: int, degree: int) -> float:
    """Of the integral of alpha to the power of `degree`, which is 1 / (degree + 1)."""
    found = nodes(rule, steps)
    return abs((found.weights * found.alphas**degree).sum().item() - 1 / (degree + 1))


@pytest.mark.parametrize("steps", [2, 3, 6])
@pytest.mark.parametrize("rule", Rule)
def test_polynomials_come_out_exact_up_to_the_degree_of_the_rule_and_no_further(rule, steps):
    exact = {Rule.LEFT: 0, Rule.RIGHT: 0, Rule.MIDPOINT: 1, Rule.TRAPEZOID: 1, Rule.GAUSS_LEGENDRE: 2 * steps - 1}[rule]
    assert all(error(rule, steps, degree) < 1e-14 for degree in range(exact + 1))
    assert error(rule, steps, exact + 1) > 1e-8


@pytest.mark.parametrize(("rule", "order"), [(Rule.LEFT, 1), (Rule.RIGHT, 1), (Rule.MIDPOINT, 2), (Rule.TRAPEZOID, 2)])
def test_twice_the_intervals_divide_the_error_by_two_to_the_order(rule, order):
    coarse, fine = (64, 128) if rule is not Rule.TRAPEZOID else (65, 129)
    assert error(rule, coarse, 3) / error(rule, fine, 3) == pytest.approx(2**order, rel=0.02)


def test_one_midpoint_is_the_middle():
    found = nodes(Rule.MIDPOINT, 1)
    assert (found.alphas.tolist(), found.weights.tolist()) == ([0.5], [1.0])


def test_are_double_precision_on_the_cpu_whatever_the_default():
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float32)
    try:
        assert {nodes(rule, 4).weights.dtype for rule in Rule} == {torch.float64}
    finally:
        torch.set_default_dtype(before)


@pytest.mark.parametrize(("rule", "steps"), [(Rule.TRAPEZOID, 1), (Rule.LEFT, 0), (Rule.GAUSS_LEGENDRE, 1001)])
def test_a_number_of_steps_without_meaning_is_refused(rule, steps):
    with pytest.raises(SettingError, match="steps must"):
        nodes(rule, steps)
