"""Many attacks on one picture, told in numbers alone: several attacks in a table, one attack against epsilon.

Each is an effort, made a little at a time: a whole attack may take a thousand passes, and nobody waits for that at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from core.adversarial.distances import Distances
from core.adversarial.least_epsilon import Attempt, least_epsilon
from core.adversarial.objectives import ClassObjective
from core.adversarial.settings import AttackSettings
from core.experiments.adversarial import Clean, Outcome, begin, outcome
from core.experiments.aims import Aim
from core.experiments.cost import Cost
from core.experiments.effort import Effort
from core.experiments.fooling_run import FRAMES, FoolStep
from core.experiments.overview import Guess
from core.experiments.underway import UnderWay
from core.steps import Run, Step


@dataclass(frozen=True, slots=True)
class Trial:
    """One whole attack, in numbers. `after` is the answer to its result, rounded to 8 bits; `distances` are of that.

    `succeeded` says whether the rounded result reaches the goal, `reached` whether the one in real numbers does.
    `updates` were made. `probability` is that of the class of the aim on the rounded result.
    """

    aim: Aim
    settings: AttackSettings
    after: Guess
    probability: float
    updates: int
    succeeded: bool
    reached: bool
    distances: Distances
    cost: Cost


@dataclass(frozen=True, slots=True)
class Least:
    """The fewest whole levels of 255 within which the attack succeeded after rounding, None if even the most failed.

    `attempts` are the whole attacks that were tried, in order. A boundary, not a proof: see
    `core.adversarial.least_epsilon`.
    """

    levels: int | None
    attempts: tuple[Attempt, ...]
    cost: Cost


def whole(clean: Clean, aim: Aim, settings: AttackSettings) -> Effort[Outcome]:
    """`core.experiments.adversarial.attacked`, with its errors, as an effort."""
    return Effort(
        lambda: begin(clean, aim, settings), lambda steps: outcome(clean, aim, settings, steps), capacity=FRAMES
    )


def trial(clean: Clean, aim: Aim, settings: AttackSettings) -> Effort[Trial]:
    """One row of a table of attacks. Errors are those of `core.experiments.adversarial.attacked`."""
    return Effort(lambda: begin(clean, aim, settings), lambda steps: _trial(clean, aim, settings, steps))


def at_epsilon(clean: Clean, aim: Aim, settings: AttackSettings, epsilon: float) -> Effort[Trial]:
    """One point of the curve of success: the attack within `epsilon`, which ends at its first success.

    Raises:
        SettingError: `epsilon` is outside of what the attack may have.
    """
    return trial(clean, aim, replace(settings, epsilon=epsilon, steps_after=0))


def least(clean: Clean, aim: Aim, settings: AttackSettings, limit: int) -> Effort[Least]:
    """The smallest epsilon that suffices, searched by halving from `limit` levels of 255.

    Raises:
        SettingError: when it is advanced: `limit` is less than 1 or more than the attack's epsilon may be, there is no such
            class, or the attack can't have this aim.
        ModelError: the network's answer or its slope is not a number.
        WeightsMissingError: its weights are gone meanwhile.
        MemoryShortError: no device has room for it.
    """
    return Effort(lambda: _searched(clean, aim, settings, limit), lambda steps: steps[-1].found)


def _trial(clean: Clean, aim: Aim, settings: AttackSettings, steps: Sequence[FoolStep]) -> Trial:
    found = outcome(clean, aim, settings, steps)
    return Trial(
        aim=aim,
        settings=settings,
        after=found.after,
        probability=found.of_aim,
        updates=found.updates,
        succeeded=found.succeeded,
        reached=found.reached,
        distances=found.distances,
        cost=found.cost,
    )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Searched(Step):
    """One update of a search, and what it came to so far."""

    found: Least


def _searched(clean: Clean, aim: Aim, settings: AttackSettings, limit: int) -> Run[_Searched]:
    way = UnderWay(
        clean.model,
        lambda network, gradient, home: least_epsilon(
            ClassObjective(network, aim.goal, aim.label), home(clean.pixels), settings, limit=limit, gradient=gradient
        ),
    )
    while way.newest is not None:
        step = way.newest
        yield _Searched(index=step.index, found=Least(step.least, step.attempts, way.cost))
        way.go_on()
