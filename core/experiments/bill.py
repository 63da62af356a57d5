"""A run that is watched has a bill that grows with every step."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import fields
from typing import Any, ParamSpec, TypeVar

import torch
from torch import Tensor

from core.device import describe
from core.experiments.cost import Cost, Meter
from core.steps import Run, Step

P = ParamSpec("P")
R = TypeVar("R")
StepT = TypeVar("StepT", bound=Step)
BilledT = TypeVar("BilledT", bound=Step)


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


def billed_steps(run: Run[StepT], bill: Bill, made: Callable[[StepT, Cost], BilledT]) -> Run[BilledT]:
    """The steps of `run`, each as `made` of it and of the bill so far; settings are handed on, and it is closed at the end."""
    with closing(run):
        step = bill.taken(lambda: next(run, None))
        while step is not None:
            newer = yield made(step, bill.cost)
            step = bill.taken(lambda newer=newer: _sent(run, newer))


def held(step: Step) -> dict[str, Any]:
    """What a step holds, by name: tensors are not copied."""
    return {one.name: getattr(step, one.name) for one in fields(step)}


def _sent(run: Run[StepT], newer: object) -> StepT | None:
    try:
        return run.send(newer)
    except StopIteration:
        return None
