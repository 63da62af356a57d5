"""The number an attribution explains, and its slope: one score for each picture of a batch, and d score / d pixel."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from core.attribution.grad_cam import Gradient as Gradient
from core.attribution.settings import Measure as Measure
from core.errors import SettingError

Score = Callable[[Float[Tensor, "n c h w"]], Float[Tensor, " n"]]
"""One number for each picture of a batch; each depends on its own picture alone.

Whether pictures are in [0, 1] or already normalised is between the score and whoever calls it.
"""


class Slopes(NamedTuple):
    """The scores of a batch, and the gradient of each with respect to its own picture. Neither has a graph."""

    scores: Float[Tensor, " n"]
    slopes: Float[Tensor, "n c h w"]


def scored(network: Callable[[Tensor], Tensor], target: int, measure: Measure = Measure.SCORE) -> Score:
    """The score of class `target` under a network that makes logits of shape (n, classes).

    `SCORE` is the logit before the softmax, `LOG_PROBABILITY` the logarithm of the softmax, at most 0, and
    `CROSS_ENTROPY` minus that.

    Raises:
        SettingError: when called, if the network has no class `target`.
    """

    def score(pictures: Float[Tensor, "n c h w"]) -> Float[Tensor, " n"]:
        logits = network(pictures)
        classes = logits.shape[1]
        if not 0 <= target < classes:
            raise SettingError(f"target must be a class from 0 to {classes - 1}, got {target}.")
        if measure is Measure.SCORE:
            return logits[:, target]
        likelihood = logits.log_softmax(dim=1)[:, target]
        return -likelihood if measure is Measure.CROSS_ENTROPY else likelihood

    return score


def slopes(score: Score, pictures: Float[Tensor, "n c h w"], *, gradient: Gradient = torch.autograd.grad) -> Slopes:
    """Scores and gradients of all `pictures` in one pass forward and one back.

    The scores do not mix pictures, so the gradient of their sum is the gradient of each. `pictures` must not come from
    inference mode; whether gradients are switched on around the call makes no difference.
    """
    with torch.enable_grad():
        leaf = pictures.detach().requires_grad_()
        scores = score(leaf)
        (slope,) = gradient(scores.sum(), leaf)
    return Slopes(scores.detach(), slope)


def batches(count: int, chunk: int) -> list[slice]:
    """Slices of at most `chunk` that cut `count` items up in order.

    Raises:
        ValueError: `chunk` is less than 1.
    """
    if chunk < 1:
        raise ValueError(f"chunk must be at least 1, got {chunk}")
    return [slice(first, min(first + chunk, count)) for first in range(0, count, chunk)]
