"""What a visitor chooses of an attack: which, towards what, how far, and how many steps. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import SettingError
from core.options import Option

LEVEL = 1 / 255
"""One level of an 8-bit picture, where values are from 0 to 1."""

MOST_STEPS = 1_000
MOST_LENGTH = 100.0
"""The largest radius of an L2 ball, and the longest step."""

MOST_SEEDS = 2**32

COURSE_STEP = 0.1
"""Length of a step of the course's attack, in pixel values; a target then takes some 10 of them."""

REACH = 2.5
"""How often all steps of PGD together could cross the ball from its centre to its border."""


class Norm(Option):
    """How the size of a change is measured."""

    LINF = ("linf", "L∞", "The largest change of any one value: every pixel may change, but none by much.")
    L2 = ("l2", "L2", "The length of the whole change: a few pixels may change much, or many a little.")


class Goal(Option):
    """When an attack on a class has succeeded."""

    TOWARDS = (
        "towards",
        "Towards a class",
        "The network shall see the class you choose: it has to win over all others.",
    )
    AWAY = (
        "away",
        "Away from the answer",
        "The network shall see anything but what it sees now: any other class will do.",
    )


class Attack(Option):
    """The ways to change a picture."""

    COURSE = (
        "course",
        "Gradient ascent",
        "Climbs the score of a class in steps of one length until it wins, then a few more so that it stays.",
    )
    FGSM = ("fgsm", "FGSM", "One step: every value goes up or down by epsilon, as its slope says. Fast, and weak.")
    PGD_LINF = (
        "pgd-linf",
        "PGD, L∞",
        "Many small steps of FGSM, each brought back to where no value has changed by more than epsilon.",
    )
    PGD_L2 = (
        "pgd-l2",
        "PGD, L2",
        "Many small steps along the gradient, each brought back to where the whole change is no longer than epsilon.",
    )
    DEEPFOOL = (
        "deepfool",
        "DeepFool",
        "Walks straight to the nearest border between two classes: a change about as small as can be, to any class.",
    )

    @property
    def norm(self) -> Norm:
        """The norm of its ball. L2 is PGD's own choice; all others are bounded by what one pixel value may change."""
        return Norm.L2 if self is Attack.PGD_L2 else Norm.LINF

    @property
    def needs_epsilon(self) -> bool:
        """Whether it has no meaning without a ball."""
        return self not in (Attack.COURSE, Attack.DEEPFOOL)

    @property
    def usual_epsilon(self) -> float | None:
        """What to begin with; None is no ball. For the norms those of RobustBench on ImageNet, in pixel values."""
        if not self.needs_epsilon:
            return None
        return 3.0 if self.norm is Norm.L2 else 4 * LEVEL


@dataclass(frozen=True, slots=True)
class Ball:
    """All pictures whose change has a `norm` of at most `epsilon`, in pixel values of [0, 1]; None is no bound."""

    norm: Norm
    epsilon: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AttackSettings:
    """How far, how fast and how long to push. `epsilon` and `step_size` are in pixel values of [0, 1].

    `epsilon` bounds the result of every attack. None is no bound but [0, 1], for the course's attack and DeepFool alone.
    Without a `step_size` PGD takes 2.5 * epsilon / steps, so that every point of the ball is in reach and some movement
    is left (Madry et al., 2018, section 5), and the course's attack 0.1. FGSM takes one step of epsilon and DeepFool
    finds its own: there `step_size`, and for FGSM `steps`, play no part. `steps_after` is how many more follow the first
    success. `random_start` and its `seed` belong to PGD. `round_inside` lets the network see only pictures of 8 bits.

    Raises:
        SettingError: a number is outside its range, or the attack needs an epsilon.
    """

    attack: Attack = Attack.PGD_LINF
    epsilon: float | None = 8 * LEVEL
    steps: int = 20
    step_size: float | None = None
    steps_after: int = 2
    random_start: bool = False
    seed: int = 0
    round_inside: bool = False

    def __post_init__(self) -> None:
        _check_epsilon(self.attack, self.epsilon)
        if not 1 <= self.steps <= MOST_STEPS:
            raise SettingError(f"steps must be from 1 to {MOST_STEPS:,}, got {self.steps}.")
        if self.step_size is not None and not 0 <= self.step_size <= MOST_LENGTH:
            raise SettingError(f"step_size must be from 0 to {MOST_LENGTH:g}, got {self.step_size}.")
        if not 0 <= self.steps_after <= MOST_STEPS:
            raise SettingError(f"steps_after must be from 0 to {MOST_STEPS:,}, got {self.steps_after}.")
        if not 0 <= self.seed < MOST_SEEDS:
            raise SettingError(f"seed must be from 0 to {MOST_SEEDS - 1:,}, got {self.seed}.")

    @property
    def ball(self) -> Ball:
        """What the result never leaves."""
        return Ball(self.attack.norm, self.epsilon)

    @property
    def updates(self) -> int:
        """The most updates that are made."""
        return 1 if self.attack is Attack.FGSM else self.steps

    @property
    def stride(self) -> float:
        """How long one step is, in the norm of the attack, for the course's in L2. DeepFool has none of its own: 0."""
        match self.attack:
            case Attack.FGSM:
                return self.epsilon or 0.0
            case Attack.DEEPFOOL:
                return 0.0
            case Attack.COURSE:
                return COURSE_STEP if self.step_size is None else self.step_size
            case _:
                return REACH * (self.epsilon or 0.0) / self.steps if self.step_size is None else self.step_size

    @property
    def starts_at_random(self) -> bool:
        """Whether the first step leaves from a random point of the ball."""
        return self.random_start and self.attack in (Attack.PGD_LINF, Attack.PGD_L2)


def _check_epsilon(attack: Attack, epsilon: float | None) -> None:
    if epsilon is None:
        if attack.needs_epsilon:
            raise SettingError(f"epsilon must be a number with {attack.title}.", "Choose how far it may go.")
        return
    most = MOST_LENGTH if attack.norm is Norm.L2 else 1.0
    if not 0 <= epsilon <= most:
        raise SettingError(f"epsilon must be from 0 to {most:g}, got {epsilon}.")
