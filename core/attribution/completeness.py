"""How fast integrated gradients become complete: the gap of each rule as the number of points grows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from core.attribution.integrated_gradients import integrated_gradients
from core.attribution.scores import Gradient, Score, batches
from core.attribution.settings import IntegrationSettings, Rule
from core.steps import Run, Step

STEPS = (8, 16, 32, 64, 128, 256)


@dataclass(frozen=True, slots=True, kw_only=True)
class GapPoint(Step):
    """The sum of the attribution less f(x) - f(x'), by one rule at `steps` points.

    `relative` is its size as a share of |f(x) - f(x')|; None where the two scores are equal.
    """

    rule: Rule
    steps: int
    gap: float
    relative: float | None


def gap_curve(
    score: Score,
    image: Float[Tensor, "c h w"],
    baseline: Float[Tensor, "c h w"],
    *,
    rules: Iterable[Rule] = Rule,
    steps: Sequence[int] = STEPS,
    chunk: int,
    gradient: Gradient = torch.autograd.grad,
) -> Run[GapPoint]:
    """One point for each number of steps and each rule, the cheap ones of all rules first.

    Each is an integral of its own, `chunk` pictures at a time. Sundararajan et al., 2017, section 5, take 20 to 300
    steps and want the gap within 5 %.

    Raises:
        SettingError: a rule cannot be made of so many points.
        ValueError: `chunk` is less than 1.
    """
    rules = tuple(rules)
    wanted = [IntegrationSettings(rule=rule, steps=count) for count in steps for rule in rules]
    batches(1, chunk)  # refuses a chunk without meaning now rather than at the first point
    return _gap_curve(score, image, baseline, wanted, chunk, gradient)


def _gap_curve(
    score: Score, image: Tensor, baseline: Tensor, wanted: list[IntegrationSettings], chunk: int, gradient: Gradient
) -> Run[GapPoint]:
    for index, settings in enumerate(wanted):
        found = integrated_gradients(score, image, baseline, settings, chunk=chunk, gradient=gradient)
        yield GapPoint(
            index=index, rule=settings.rule, steps=settings.steps, gap=found.gap, relative=found.relative_gap
        )
