"""A run that asks a network of the zoo, under way: opened in its first step, on a device with room, its bill kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Generic, TypeVar

import numpy as np
import torch
from jaxtyping import UInt8
from torch import Tensor

from core.adversarial.moves import Gradient
from core.device import best_device, describe, is_shortage, within_memory
from core.errors import MemoryShortError
from core.experiments.cost import Cost, Meter
from core.images.normalise import normalise, to_tensor
from core.steps import Run, Step
from core.zoo.cache import load

Network = Callable[[Tensor], Tensor]
"""From pictures in [0, 1] to what it says."""

StepT = TypeVar("StepT", bound=Step)

Home = Callable[[UInt8[np.ndarray, "h w 3"]], Tensor]
"""Puts a picture on the device of a run."""


class UnderWay(Generic[StepT]):
    """A run that asks one network, under way: its newest step and its bill so far.

    `begin` makes the run of the network, a gradient that counts and what brings pictures to the device. That is the best one
    with room for the first step, which is taken at once. Each step has its own meter: what a caller does between two is not
    on the bill.

    Raises:
        WeightsMissingError: the weights of `model` are not on this machine.
        MemoryShortError: no device has room for it; and the errors of the run's first step.
    """

    def __init__(self, model: str, begin: Callable[[Network, Gradient, Home], Run[StepT]]) -> None:
        fitted = within_memory(lambda device, _: self._begun(model, begin, device), best_device())
        self.newest: StepT | None = fitted.value
        self.cost = replace(self.cost, notice=fitted.notice)

    def go_on(self, newer: object = None) -> None:
        """Take the next step, with newer settings for the run if there are any; afterwards it is the newest, None at the end.

        Raises:
            MemoryShortError: memory ran out on the way; and the errors of the run.
        """
        try:
            self.newest = self._metered(lambda: self._run.send(newer))
        except StopIteration:
            self.newest = None
        except (MemoryError, RuntimeError) as error:
            if is_shortage(error):
                raise MemoryShortError from error
            raise

    def _begun(
        self, model: str, begin: Callable[[Network, Gradient, Home], Run[StepT]], device: torch.device
    ) -> StepT | None:
        module = load(model, device).module
        self._device = device
        self.cost = Cost(describe(device).title, 0, 0, 0.0, 0.0)
        self._run = begin(
            lambda pictures: self._meter.counted(module)(normalise(pictures)),
            self._gradient,
            lambda pixels: to_tensor(pixels, device),
        )
        return self._metered(lambda: next(self._run, None))

    def _metered(self, take: Callable[[], StepT | None]) -> StepT | None:
        with Meter(self._device) as self._meter:
            step = take()
        self.cost += self._meter.cost
        return step

    def _gradient(self, outputs: Tensor, inputs: Tensor, *, retain_graph: bool = False) -> tuple[Tensor, ...]:
        """A pass back, on the bill of the step that is under way."""
        return self._meter.gradient(outputs, inputs, retain_graph=retain_graph)
