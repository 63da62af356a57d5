"""What an attack shall do to the answer: which class shall win or lose, or which box shall vanish. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from jaxtyping import Float

from core.adversarial.settings import LEVEL, Attack, AttackSettings, Goal, Norm
from core.errors import SettingError

TOP = 5
"""A class drawn by chance is none of so many most probable ones: to reach a neighbour says little."""

STANDARD = AttackSettings(attack=Attack.COURSE, epsilon=8 * LEVEL, steps=20, step_size=0.5, steps_after=2)
"""The attack that a visitor sees first: the course's. Its own step of 0.1 would need more than 20 on 1,000 classes."""

CURVES = {
    Norm.LINF: tuple(levels * LEVEL for levels in (0, 1, 2, 3, 4, 6, 8, 12, 16)),
    Norm.L2: (0.0, 0.25, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0),
}
"""The radii of a curve of success, in pixel values of [0, 1]: for L-infinity whole levels of 8 bits."""


@dataclass(frozen=True, slots=True)
class Aim:
    """The class with the place `label` in the logits shall win (`Goal.TOWARDS`), or lose to any other (`Goal.AWAY`)."""

    goal: Goal
    label: int


@dataclass(frozen=True, slots=True)
class BoxAim:
    """Detection number `number`, the best first, shall score less than `threshold`.

    Attacked is the score of its anchor for its class; with `around` the largest of all anchors whose clean box is for
    the same thing (an IoU of more than 0.5), so that it does not come back one anchor further.

    Raises:
        SettingError: `number` is negative, or `threshold` not above 0 and at most 1.
    """

    number: int
    threshold: float
    around: bool = False

    def __post_init__(self) -> None:
        if self.number < 0:
            raise SettingError(f"number must be at least 0, got {self.number}.")
        if not 0 < self.threshold <= 1:
            raise SettingError(f"threshold must be above 0 and at most 1, got {self.threshold}.")


def least_likely(probabilities: Float[np.ndarray, " classes"]) -> int:
    """The class that the network finds least probable (Kurakin et al., Adversarial examples in the physical world, 2017)."""
    return int(probabilities.argmin())


def drawn_class(probabilities: Float[np.ndarray, " classes"], seed: int) -> int:
    """A class drawn evenly from those that are not among the five most probable.

    Raises:
        SettingError: there are no more than five classes.
    """
    others = np.sort(np.argsort(-probabilities, kind="stable")[TOP:])
    if not len(others):
        raise SettingError(f"This network has no more than {TOP} classes.", "Choose a class yourself.")
    return int(np.random.default_rng(seed).choice(others))


def rivals(aim: Aim, settings: AttackSettings, answer: int) -> tuple[tuple[Aim, AttackSettings], ...]:
    """The rows of a table of attacks: each attack with what it is for.

    All end at their first success, so that what each took is the least it needed. That of `settings` is otherwise as it is.
    The others have its numbers, but for a length of step of their own, and its epsilon where they are bounded in the same
    norm; else their usual one. DeepFool can't be sent to a class: where `aim` has one, it goes away from class `answer`,
    the clean one.
    """
    rows = []
    for attack in Attack:
        away = attack is Attack.DEEPFOOL and aim.goal is Goal.TOWARDS
        rows.append((Aim(Goal.AWAY, answer) if away else aim, _rival(attack, settings)))
    return tuple(rows)


def curve(attack: Attack) -> tuple[float, ...]:
    """The radii of its curve of success, in pixel values of [0, 1]."""
    return CURVES[attack.norm]


def _rival(attack: Attack, settings: AttackSettings) -> AttackSettings:
    settings = replace(settings, steps_after=0)
    if attack is settings.attack:
        return settings
    epsilon = settings.epsilon if attack.norm is settings.ball.norm else None
    return replace(
        settings,
        attack=attack,
        epsilon=attack.usual_epsilon if epsilon is None else epsilon,
        step_size=STANDARD.step_size if attack is STANDARD.attack else None,
    )
