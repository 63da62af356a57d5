"""The smallest epsilon an attack needs, in whole levels of an 8-bit picture, found by halving."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from core.adversarial.attacks import attack
from core.adversarial.moves import Gradient
from core.adversarial.objectives import Objective
from core.adversarial.settings import AttackSettings
from core.errors import SettingError
from core.steps import Run, Step


@dataclass(frozen=True, slots=True)
class Attempt:
    """One whole attack with an epsilon of `levels` / 255: whether it succeeded after rounding, and after how many updates."""

    levels: int
    succeeded: bool
    updates: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LeastStep(Step):
    """One update of the attempt with `levels`, or its end: then `succeeded` is no longer None and `attempts` has it too."""

    levels: int
    succeeded: bool | None
    attempts: tuple[Attempt, ...]

    @property
    def least(self) -> int | None:
        """The fewest levels that sufficed so far; None where none did."""
        return min((attempt.levels for attempt in self.attempts if attempt.succeeded), default=None)


def least_epsilon(
    objective: Objective,
    clean: Float[Tensor, "1 3 h w"],
    settings: AttackSettings,
    *,
    limit: int,
    gradient: Gradient = torch.autograd.grad,
) -> Run[LeastStep]:
    """Attack with epsilon = `limit` / 255, then halve between what failed and what succeeded, down to one level.

    `settings.epsilon` and `settings.steps_after` play no part: an attempt ends at its first success. Where even `limit`
    fails, that is all there is. A clean picture that reaches the goal itself needs 0 levels. Settings sent into the run
    change nothing.

    What is found is a boundary, not a proof: an attack that succeeds within some epsilon may fail within a larger one,
    since its steps are others, so a smaller epsilon that was passed over may have sufficed; and a better attack may
    need less.

    Raises:
        SettingError: `limit` is less than 1 or more than the attack's epsilon may be, or the attack can't have this goal.
    """
    if limit < 1:
        raise SettingError(f"limit must be at least 1 level, got {limit}.")
    attack(objective, clean, _within(settings, limit), gradient=gradient).close()  # refuses what has no meaning
    return _halved(objective, clean, settings, limit, gradient)


def _halved(
    objective: Objective, clean: Tensor, settings: AttackSettings, limit: int, gradient: Gradient
) -> Run[LeastStep]:
    failed, sufficed, levels, index = 0, limit + 1, limit, 0
    attempts: tuple[Attempt, ...] = ()
    while failed < levels < sufficed:
        succeeded, updates = False, 0
        for step in attack(objective, clean, _within(settings, levels), gradient=gradient):
            yield LeastStep(index=index, levels=levels, succeeded=None, attempts=attempts)
            succeeded, updates, index = bool(step.succeeded), step.index, index + 1
        if succeeded and updates == 0:
            levels = failed  # the clean picture needs nothing
        attempts = (*attempts, Attempt(levels, succeeded, updates))
        yield LeastStep(index=index, levels=levels, succeeded=succeeded, attempts=attempts)
        failed, sufficed = (failed, levels) if succeeded else (levels, sufficed)
        levels, index = (failed + sufficed) // 2, index + 1


def _within(settings: AttackSettings, levels: int) -> AttackSettings:
    return replace(settings, epsilon=levels / 255, steps_after=0)
