"""Why the gradient alone breaks an axiom: a function of one number that saturates, and what three methods say of it.

    f(x) = 1 - ReLU(1 - x)

Below 1 it is x, from 1 on it is 1. On the way from 0 to 2 it rises by 1, but at 2 its gradient is 0.

Sundararajan, Taly and Yan, Axiomatic Attribution for Deep Networks, ICML 2017, section 2.1.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from core.attribution.integrated_gradients import integrated_gradients
from core.attribution.saliency import gradient_x_input, saliency
from core.attribution.settings import MOST_STEPS, IntegrationSettings, Rule
from core.errors import SettingError

LEAST, MOST = -1.0, 3.0
"""Where x and the baseline may lie."""

PICKED = 101
"""Points of the drawing of f."""


@dataclass(frozen=True, slots=True)
class Saturation:
    """The function at `x` and at `baseline`, and what it is that each method gives to its one input.

    `integrated` is a sum over `points` points, so it is f(x) - f(x') but for the step in which f bends: at most
    |x - x'| / (2 * `points`) are missing. `curve` has places and values of f from `LEAST` to `MOST`.
    """

    x: float
    baseline: float
    value: float
    baseline_value: float
    gradient: float
    gradient_x_input: float
    integrated: float
    points: int
    curve: tuple[tuple[float, float], ...]

    @property
    def rise(self) -> float:
        """How far f rises from the baseline to x; integrated gradients promise as much."""
        return self.value - self.baseline_value

    @property
    def breaks_sensitivity(self) -> bool:
        """Whether the input changed the value, and the gradient gives it nothing nevertheless."""
        return self.rise != 0 and self.gradient == 0


def saturation(x: float, baseline: float) -> Saturation:
    """What the methods of `core.attribution` say of f at `x`, for a path from `baseline`.

    Where f bends, at 1, torch takes the flat side: the gradient there is 0.

    Raises:
        SettingError: a number is outside of [-1, 3].
    """
    for name, value in (("x", x), ("baseline", baseline)):
        if not LEAST <= value <= MOST:
            raise SettingError(f"{name} must be from {LEAST:g} to {MOST:g}, got {value}.")
    here, there = _pictures(x), _pictures(baseline)
    found = integrated_gradients(
        saturating, here[0], there[0], IntegrationSettings(rule=Rule.MIDPOINT, steps=MOST_STEPS), chunk=MOST_STEPS
    )
    places = torch.linspace(LEAST, MOST, PICKED, dtype=torch.float64)
    values = saturating(places[:, None, None, None])
    return Saturation(
        x=x,
        baseline=baseline,
        value=found.score,
        baseline_value=found.baseline_score,
        gradient=saliency(saturating, here[0]).item(),
        gradient_x_input=gradient_x_input(saturating, here[0]).item(),
        integrated=found.total,
        points=MOST_STEPS,
        curve=tuple(zip(places.tolist(), values.tolist(), strict=True)),
    )


def saturating(pictures: Float[Tensor, "n 1 1 1"]) -> Float[Tensor, " n"]:
    """1 - ReLU(1 - x) of each picture of one pixel."""
    return 1 - (1 - pictures).relu().sum(dim=(1, 2, 3))


def _pictures(value: float) -> Float[Tensor, "1 1 1 1"]:
    return torch.tensor(value, dtype=torch.float64).reshape(1, 1, 1, 1)
