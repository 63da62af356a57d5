"""The bill of a run that is watched: it grows with every step."""

from __future__ import annotations

from collections.abc import Callable
from typing import ParamSpec, TypeVar

import torch
from torch import Tensor

from core.device import describe
from core.experiments.cost import Cost, Meter

P = ParamSpec("P")
R = TypeVar("R")


class Bill:
    """What a run has cost so far. Each step has its own meter: what a caller does between two is not on the bill."""

    def __init__(self, device: torch.device) -> None:
        self._device, self._meter = device, Meter(device)
        self.cost = Cost(describe(device).title, 0, 0, 0.0, 0.0)

    def counted(self, function: Callable[P, R]) -> Callable[P, R]:
        """`function`, and each call of it is a pass forward on the bill of the step that is under way."""

        def call(*inputs: P.args, **options: P.kwargs) -> R:
            return self._meter.counted(function)(*inputs, **options)

        return call

    def gradient(self, outputs: Tensor, inputs: Tensor) -> tuple[Tensor, ...]:
        """A pass back, on the same bill."""
        return self._meter.gradient(outputs, inputs)

    def taken(self, take: Callable[[], R]) -> R:
        """What `take` gives, such as the next step of a run, billed."""
        with Meter(self._device) as self._meter:
            step = take()
        self.cost += self._meter.cost
        return step
