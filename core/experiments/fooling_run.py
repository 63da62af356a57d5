"""An attack that is watched: every step with its bill so far, on the best device, and what is left of it at the end.

What is attacked, a class or a detection, is the caller's: `core.experiments.adversarial` and `box_attack`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from jaxtyping import Float, UInt8
from torch import Tensor

from core.adversarial.attacks import attack
from core.adversarial.distances import Distances, distances
from core.adversarial.objectives import Objective
from core.adversarial.settings import AttackSettings
from core.experiments.cost import Cost
from core.experiments.underway import Network, UnderWay
from core.images.normalise import to_tensor
from core.steps import Run, Step, Stepper

FRAMES = 60
"""The most steps that a history holds."""

Aimed = Callable[[Network], Objective]
"""What is attacked, of a network that takes pictures in [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class FoolStep(Step):
    """The picture after `index` updates, as a file of 8 bits keeps it; index 0 is the clean one.

    `answer` are the probabilities of the picture in real numbers: of all classes, or the score of the one detection
    alone. `rounded_answer` are those of `pixels`, None where nobody asked: only a picture that reaches the goal in real
    numbers is judged, and the last step always. `reached` says whether the picture in real numbers reaches the goal,
    `succeeded` whether `pixels` do (None where not judged), and `first` after how many updates they did first. `levels`
    is the largest change of a value of `pixels`, in levels of 255. `settings` ruled its newest update, and step 0 has those
    that the run began with: chance acts at the start alone, so `random_start` and `seed` stay. `cost` is the bill of the
    run so far.
    """

    pixels: UInt8[np.ndarray, "h w 3"]
    answer: Float[np.ndarray, " k"]
    rounded_answer: Float[np.ndarray, " k"] | None
    reached: bool
    succeeded: bool | None
    first: int | None
    levels: int
    settings: AttackSettings
    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Changed:
    """What an attack made of a picture. `pixels` is the result, rounded to 8 bits; every number is of that.

    `updates` were made; `first` is after how many of them the rounded picture reached the goal first, None if never.
    `succeeded` says whether it does at the end, `reached` whether the picture in real numbers does. `steps` are at most
    60 steps of the run in order, evenly thinned, the clean one and the last always among them.
    """

    settings: AttackSettings
    clean_pixels: UInt8[np.ndarray, "h w 3"]
    pixels: UInt8[np.ndarray, "h w 3"]
    updates: int
    first: int | None
    succeeded: bool
    reached: bool
    distances: Distances
    steps: tuple[FoolStep, ...]
    cost: Cost

    @property
    def perturbation(self) -> Float[np.ndarray, "3 h w"]:
        """What was added to the clean picture, in pixel values of [0, 1]: whole levels of 1/255, as float32."""
        levels = self.pixels.astype(np.float32) - self.clean_pixels.astype(np.float32)
        return np.ascontiguousarray(levels.transpose(2, 0, 1) / np.float32(255))

    @property
    def frames(self) -> UInt8[np.ndarray, "n h w 3"]:
        """The pictures of `steps`. A copy."""
        return np.stack([step.pixels for step in self.steps])

    @property
    def answers(self) -> Float[np.ndarray, "n k"]:
        """The probabilities of `steps`, of the pictures in real numbers. A copy."""
        return np.stack([step.answer for step in self.steps])


def watched(model: str, pixels: UInt8[np.ndarray, "h w 3"], aimed: Aimed, settings: AttackSettings) -> Run[FoolStep]:
    """The attack on `pixels` as a run, which loads the network `model` in its first step and chooses its device there.

    Settings sent into it rule from its next update on. Memory is fitted at the first step, which has a pass forward and one
    back as any other.

    Raises:
        SettingError: the attack can't have this aim; in the run, settings of another attack.
        ModelError: in the run, the network's answer or its slope is not a number.
        WeightsMissingError: in the run, the network's weights are not on this machine.
        MemoryShortError: in the run, no device has room for it.
    """
    trial = attack(
        aimed(_unasked), to_tensor(pixels), settings
    )  # refuses what has no meaning before anything is loaded
    trial.close()
    return _watched(model, pixels, aimed, settings)


def drained(run: Run[FoolStep]) -> tuple[FoolStep, ...]:
    """The run to its end: at most `FRAMES` of its steps, evenly thinned, with the first and the last. Its errors are raised."""
    stepper = Stepper(run, capacity=FRAMES)
    stepper.advance(math.inf)
    if stepper.error:
        raise stepper.error
    return stepper.history


def last_of(steps: Sequence[FoolStep]) -> FoolStep:
    """The step a run ended with.

    Raises:
        ValueError: there is none, or it was not judged: the run did not end by itself.
    """
    if not steps or steps[-1].rounded_answer is None:
        raise ValueError("the last step of a run that has ended is needed: the one that was judged")
    return steps[-1]


def changes(
    clean_pixels: UInt8[np.ndarray, "h w 3"], settings: AttackSettings, steps: Sequence[FoolStep]
) -> dict[str, Any]:
    """The fields of `Changed`, of a run that ended by itself.

    Raises:
        ValueError: it did not.
    """
    last = last_of(steps)
    return {
        "settings": settings,
        "clean_pixels": clean_pixels,
        "pixels": last.pixels,
        "updates": last.index,
        "first": last.first,
        "succeeded": bool(last.succeeded),
        "reached": last.reached,
        "distances": distances(to_tensor(last.pixels), to_tensor(clean_pixels)),
        "steps": tuple(steps),
        "cost": last.cost,
    }


def _watched(model: str, pixels: np.ndarray, aimed: Aimed, settings: AttackSettings) -> Run[FoolStep]:
    way = UnderWay(
        model, lambda network, gradient, home: attack(aimed(network), home(pixels), settings, gradient=gradient)
    )
    reached, first = aimed(_unasked).reached, None
    while way.newest is not None:
        step = way.newest
        first = step.index if first is None and step.succeeded else first
        change = np.abs(step.rounded.astype(np.int16) - pixels.astype(np.int16))
        newer = yield FoolStep(
            index=step.index,
            pixels=step.rounded,
            answer=step.answer.numpy(),
            rounded_answer=None if step.rounded_answer is None else step.rounded_answer.numpy(),
            reached=reached(step.answer),
            succeeded=step.succeeded,
            first=first,
            levels=int(change.max()),
            settings=settings,
            cost=way.cost,
        )
        way.go_on(newer)
        settings = settings if newer is None else replace(newer, random_start=settings.random_start, seed=settings.seed)


def _unasked(pictures: Tensor) -> Tensor:
    raise AssertionError("nobody asks a network before the run begins")
