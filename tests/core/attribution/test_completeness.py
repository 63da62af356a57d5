"""The gap curve: each point is the gap of the integral itself, and rules close it as fast as their order says."""

import pytest
import torch
from torch import nn

from core.attribution.completeness import STEPS, gap_curve
from core.attribution.integrated_gradients import integrated_gradients
from core.attribution.scores import scored
from core.attribution.settings import IntegrationSettings, Rule
from core.errors import SettingError


def smooth_network() -> nn.Sequential:
    """Without corners, so that every rule converges at its own order."""
    torch.manual_seed(0)
    layers = nn.Sequential(nn.Conv2d(3, 6, 3), nn.Tanh(), nn.Conv2d(6, 4, 3), nn.Flatten(), nn.Linear(4 * 4 * 3, 5))
    layers[0].weight.data *= 4
    return layers.double().requires_grad_(False)


def photo() -> torch.Tensor:
    return torch.rand(3, 8, 7, generator=torch.Generator().manual_seed(1)).double()


def black() -> torch.Tensor:
    return torch.zeros(3, 8, 7, dtype=torch.float64)


def test_each_point_is_the_gap_of_the_integral():
    score = scored(smooth_network(), 1)
    for point in gap_curve(score, photo(), black(), steps=(3, 9), chunk=4):
        settings = IntegrationSettings(rule=point.rule, steps=point.steps)
        found = integrated_gradients(score, photo(), black(), settings, chunk=4)
        assert point.gap == pytest.approx(found.gap, abs=1e-12)
        assert point.relative == pytest.approx(abs(found.gap / (found.score - found.baseline_score)), abs=1e-12)


def test_the_cheap_points_of_all_rules_come_first():
    points = list(gap_curve(scored(smooth_network(), 1), photo(), black(), steps=(2, 4), chunk=4))
    assert [point.index for point in points] == list(range(10))
    assert [(point.steps, point.rule) for point in points] == [(steps, rule) for steps in (2, 4) for rule in Rule]


@pytest.mark.parametrize(("rule", "order"), [(Rule.LEFT, 1), (Rule.RIGHT, 1), (Rule.MIDPOINT, 2), (Rule.TRAPEZOID, 2)])
def test_the_gap_falls_with_the_steps_at_the_order_of_the_rule(rule, order):
    points = list(gap_curve(scored(smooth_network(), 1), photo(), black(), rules=[rule], chunk=64))
    assert [point.steps for point in points] == list(STEPS)
    gaps = [point.relative for point in points]
    assert gaps == sorted(gaps, reverse=True)
    assert gaps[-2] / gaps[-1] == pytest.approx(2**order, rel=0.05)


def test_gauss_legendre_closes_the_gap_of_a_smooth_score_with_fewest_points():
    gaps = {
        point.rule: point.relative
        for point in gap_curve(scored(smooth_network(), 1), photo(), black(), steps=[32], chunk=64)
    }
    assert min(gaps, key=gaps.get) is Rule.GAUSS_LEGENDRE
    assert gaps[Rule.GAUSS_LEGENDRE] < 1e-6


def test_where_nothing_changes_there_is_no_relative_gap():
    points = list(gap_curve(scored(smooth_network(), 1), black(), black(), steps=[4], chunk=4))
    assert [(point.gap, point.relative) for point in points] == [(0, None)] * 5


def test_a_curve_computes_no_more_than_is_asked_for():
    network, seen = smooth_network(), []

    def score(x: torch.Tensor) -> torch.Tensor:
        seen.append(len(x))
        return scored(network, 1)(x)

    run = gap_curve(score, photo(), black(), rules=[Rule.TRAPEZOID], steps=(8, 16), chunk=100)
    assert seen == []
    next(run)
    assert seen == [8]
    run.close()
    assert seen == [8]


def test_counts_the_gradients_it_takes():
    calls = []

    def gradient(*inputs: torch.Tensor) -> tuple[torch.Tensor, ...]:
        calls.append(len(inputs[1]))
        return torch.autograd.grad(*inputs)

    score = scored(smooth_network(), 1)
    assert len(list(gap_curve(score, photo(), black(), rules=[Rule.LEFT], steps=[5], chunk=4, gradient=gradient))) == 1
    assert calls == [4, 1]


def test_settings_without_meaning_are_refused_before_the_run_begins():
    score = scored(smooth_network(), 1)
    with pytest.raises(SettingError, match="Trapezoids"):
        gap_curve(score, photo(), black(), steps=[1], chunk=4)
    with pytest.raises(ValueError, match="chunk must be at least 1"):
        gap_curve(score, photo(), black(), chunk=0)


def test_every_device_gives_the_curve_of_the_cpu(device):
    network, image, start = smooth_network().float(), photo().float(), black().float()
    here = list(gap_curve(scored(network, 1), image, start, steps=[4], chunk=4))
    score = scored(network.to(device), 1)
    there = list(gap_curve(score, image.to(device), start.to(device), steps=[4], chunk=4))
    for point, expected in zip(there, here, strict=True):
        assert point.gap == pytest.approx(expected.gap, rel=1e-2, abs=1e-4)
