"""Integrals over [0, 1] as weighted sums: where to sample, and how much each sample counts."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from core.attribution.settings import IntegrationSettings
from core.attribution.settings import Rule as Rule


@dataclass(frozen=True, slots=True, eq=False)
class Nodes:
    """The points of a rule in rising order, in [0, 1], and their weights, which sum to 1. On the CPU."""

    alphas: Float64[Tensor, " n"]
    weights: Float64[Tensor, " n"]


def nodes(rule: Rule, steps: int) -> Nodes:
    """The `steps` points of `rule`.

    Polynomials come out exact up to degree 0 (left, right), 1 (midpoint, trapezoid) or 2 * steps - 1 (Gauss-Legendre).

    Davis and Rabinowitz, Methods of Numerical Integration, 1984, chapter 2.

    Raises:
        SettingError: `steps` is outside of [1, 1000], or 1 for trapezoids.
    """
    IntegrationSettings(rule=rule, steps=steps)  # refuses what has no meaning
    if rule is Rule.GAUSS_LEGENDRE:
        points, weights = np.polynomial.legendre.leggauss(steps)
        return Nodes(torch.from_numpy((points + 1) / 2), torch.from_numpy(weights / 2))
    if rule is Rule.TRAPEZOID:
        return _trapezoid(steps)
    shift = {Rule.LEFT: 0.0, Rule.RIGHT: 1.0, Rule.MIDPOINT: 0.5}[rule]
    alphas = (torch.arange(steps, dtype=torch.float64) + shift) / steps
    return Nodes(alphas, torch.full_like(alphas, 1 / steps))


def _trapezoid(steps: int) -> Nodes:
    # captum divides by `steps`, so its weights sum to (steps - 1) / steps, and its attributions fall short by as much
    intervals = steps - 1
    alphas = torch.arange(steps, dtype=torch.float64) / intervals
    weights = torch.full_like(alphas, 1 / intervals)
    weights[[0, -1]] /= 2
    return Nodes(alphas, weights)
