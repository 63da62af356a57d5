"""How far a picture may go from the clean one: back into the ball, and a random point of it.

A ball never counts alone: every picture is in [0, 1] as well.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from core.adversarial.settings import Ball as Ball
from core.adversarial.settings import Norm as Norm
from core.device import CPU, seeded


def projected(
    picture: Float[Tensor, "1 3 h w"], clean: Float[Tensor, "1 3 h w"], ball: Ball
) -> Float[Tensor, "1 3 h w"]:
    """`picture` brought into the `ball` around `clean` and into [0, 1], but for the rounding of float32.

    First the ball, then [0, 1]. `clean` is in [0, 1], so cutting to it moves no value away from `clean`: the second cut
    can't undo the first. For L-infinity, where both are boxes, that is the nearest point of their intersection. For L2
    the change is scaled to length `epsilon`: in the intersection too, though where values are cut not its nearest
    point. What lies inside comes back bit for bit, and an epsilon of 0 gives `clean`.

    Madry et al., Towards Deep Learning Models Resistant to Adversarial Attacks, 2018, section 2.1.
    """
    if ball.epsilon is None:
        return picture.clamp(0, 1)
    if ball.norm is Norm.LINF:
        return picture.clamp(clean - ball.epsilon, clean + ball.epsilon).clamp_(0, 1)
    change = picture - clean
    length = torch.linalg.vector_norm(change)
    return torch.where(length > ball.epsilon, clean + change * (ball.epsilon / length), picture).clamp_(0, 1)


def random_point(clean: Float[Tensor, "1 3 h w"], ball: Ball, seed: int) -> Float[Tensor, "1 3 h w"]:
    """A point drawn evenly from the ball around `clean`, then cut to [0, 1].

    For L2 a direction of Gaussian noise and a radius epsilon * u^(1 / d), u from [0, 1], d values in all: in many
    dimensions nearly all of a ball lies at its border. Drawn on the CPU, so that a seed gives the same numbers on every
    device.

    Raises:
        ValueError: the ball has no bound.
    """
    if ball.epsilon is None:
        raise ValueError("a ball without a bound has no even distribution")
    random = seeded(seed, CPU)
    if ball.norm is Norm.LINF:
        change = (torch.rand(clean.shape, generator=random) * 2 - 1) * ball.epsilon
    else:
        direction = torch.randn(clean.shape, generator=random)
        share = torch.rand((), generator=random) ** (1 / clean.numel())
        change = direction * (ball.epsilon * share / torch.linalg.vector_norm(direction))
    return projected(clean + change.to(clean), clean, ball)
