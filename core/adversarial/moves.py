"""One update of each attack: which way is up, how far to go, and what the network is shown afterwards.

course    normalised gradient ascent on the score of a class: x + step * g / ||g||
FGSM      Goodfellow, Shlens and Szegedy, Explaining and Harnessing Adversarial Examples, 2015, section 4
PGD       Madry et al., Towards Deep Learning Models Resistant to Adversarial Attacks, 2018, section 2.1
DeepFool  Moosavi-Dezfooli et al., 2016, see `core.adversarial.deepfool`
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from core.adversarial.balls import projected
from core.adversarial.deepfool import OVERSHOOT, to_nearest_border
from core.adversarial.objectives import ClassObjective, Objective
from core.adversarial.rounding import rounded
from core.adversarial.settings import Attack, AttackSettings
from core.errors import ModelError

Gradient = Callable[..., tuple[Tensor, ...]]


GROWTH = 0.25
"""How much longer DeepFool's change becomes with each step beyond the border."""


def shown(
    point: Float[Tensor, "1 3 h w"], clean: Float[Tensor, "1 3 h w"], settings: AttackSettings
) -> Float[Tensor, "1 3 h w"]:
    """What the network is asked about: `point`, for DeepFool a little beyond it, with `round_inside` on 8 bits.

    A step may be too short for any value to reach the next level. So `point` itself is not rounded: it collects the
    steps, and the slope at the rounded picture stands for its own (Athalye, Carlini and Wagner, Obfuscated Gradients
    Give a False Sense of Security, 2018, section 4.1).
    """
    if settings.attack is Attack.DEEPFOOL:
        point = projected(clean + (1 + OVERSHOOT) * (point - clean), clean, settings.ball)
    return rounded(point, clean, settings.ball) if settings.round_inside else point


def departure(
    point: Float[Tensor, "1 3 h w"], clean: Float[Tensor, "1 3 h w"], settings: AttackSettings
) -> Float[Tensor, "1 3 h w"]:
    """Where the slope of the next update is taken: at what is shown, for DeepFool at `point` (algorithm 2, line 7)."""
    return point if settings.attack is Attack.DEEPFOOL else shown(point, clean, settings)


def way(
    objective: Objective,
    leaf: Float[Tensor, "1 3 h w"],
    outputs: Float[Tensor, "1 k"],
    attack: Attack,
    gradient: Gradient,
) -> Float[Tensor, "1 3 h w"]:
    """Where to go from `leaf`, of which `outputs` have the graph: a slope, or DeepFool's whole way.

    Raises:
        ModelError: it is not a number.
    """
    with torch.enable_grad():
        if attack is Attack.DEEPFOOL:
            assert isinstance(objective, ClassObjective)
            found = to_nearest_border(leaf, outputs, objective.label, gradient=gradient)
        else:
            raised = objective.score(outputs) if attack is Attack.COURSE else objective.loss(outputs)
            (found,) = gradient(raised.sum(), leaf)
    check_finite(found)
    return found


def moved(
    point: Float[Tensor, "1 3 h w"], clean: Float[Tensor, "1 3 h w"], way: Tensor, settings: AttackSettings
) -> Float[Tensor, "1 3 h w"]:
    """`point` after one update along `way`, which is not 0 everywhere: in the ball and in [0, 1]."""
    match settings.attack:
        case Attack.DEEPFOOL:
            change = way
        case Attack.FGSM | Attack.PGD_LINF:
            change = settings.stride * way.sign()
        case Attack.COURSE | Attack.PGD_L2:
            unit = way / way.abs().amax()  # the square of a small slope would be 0
            change = unit * (settings.stride / torch.linalg.vector_norm(unit))
    return projected(point + change, clean, settings.ball)


def check_finite(values: Float[Tensor, "*shape"]) -> None:
    """Refuse what is not a number.

    Raises:
        ModelError: a value is NaN or infinite.
    """
    if not values.isfinite().all():
        raise ModelError(
            "The network's answer to this picture, or its slope, is not a number, so the attack can't go on.",
            "Choose another network, or a smaller epsilon or step.",
        )
