"""Rank correlation: whether two maps put the same pixels first, whatever the values in which they say so."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor


def rank_correlation(ours: Float[Tensor, "*shape"], theirs: Float[Tensor, "*shape"]) -> float:
    """Spearman's rank correlation over all elements, from -1 (the opposite order) to 1 (the same order).

    Equal values share the average of their ranks. Where all values of one side are equal there is no order to compare:
    the answer is then 0 rather than 0/0. Values must be numbers (not NaN).

    Spearman, The Proof and Measurement of Association between Two Things, 1904.
    """
    first, second = (_centred(average_ranks(values.flatten())) for values in (ours, theirs))
    spread = ((first * first).sum() * (second * second).sum()).sqrt()
    if spread == 0:
        return 0.0
    return float(((first * second).sum() / spread).clamp(-1, 1))


def average_ranks(values: Float[Tensor, " n"]) -> Float[Tensor, " n"]:
    """The rank of each value from 1 for the smallest, in float64 on the CPU; equal values share their average rank."""
    _, group, sizes = torch.unique(values.detach().cpu(), return_inverse=True, return_counts=True)
    last = sizes.cumsum(dim=0).double()
    return (last - (sizes - 1) / 2)[group]


def _centred(ranks: Tensor) -> Tensor:
    """Ranks around 0. Their mean is known, and subtracting that one keeps equal ranks at exactly 0."""
    return ranks - (len(ranks) + 1) / 2
