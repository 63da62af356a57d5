"""A picture as a file keeps it: 8 bits for each value, without leaving the ball.

An attack lives in real numbers, a PNG in 256 levels. Rounding to the nearest undoes small changes and can make others
larger than the attack was allowed.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from core.adversarial.settings import Ball, Norm

SLACK = 1e-4
"""In levels: what the rounding of float32 may add to a level, so no level less than that from the border is refused."""

HALVINGS = 8
"""How often the search for a threshold halves what is left of it."""


def rounded(picture: Float[Tensor, "1 3 h w"], clean: Float[Tensor, "1 3 h w"], ball: Ball) -> Float[Tensor, "1 3 h w"]:
    """The nearest picture of 8 bits; where it leaves the `ball`, the change is rounded towards `clean` instead.

    `picture` is in the ball. For L-infinity each value that leaves the ball goes one level back. For L2 the threshold
    from which a change is rounded up rises from a half, no further than the whole needs: at 1 no change would grow.
    With a `clean` on the grid the result is always in the ball. Around one that is off the grid a ball may hold no level
    at all: then the result has levels next to it.

    The result is `to_tensor` of `to_pixels` of itself, bit for bit on one device: what a PNG of it gives back.
    """
    if ball.epsilon is None:
        return (picture * 255).round_().div_(255)
    values, home = _snapped(picture * 255), _snapped(clean * 255)
    nearest, radius = values.round(), ball.epsilon * 255 + SLACK
    if ball.norm is Norm.LINF:
        change = nearest - home
        return torch.where(change.abs() > radius, nearest - change.sign(), nearest).div_(255)
    if torch.linalg.vector_norm(nearest - home) > radius:
        nearest = _of_length(values, home, radius)
    return nearest.div_(255)


def _of_length(values: Tensor, home: Tensor, radius: float) -> Tensor:
    """Levels whose change from `home` is at most `radius` long: `values`, rounded up in size from some share on."""
    side = (values - home).sign()
    inner = torch.where(side > 0, values.floor(), values.ceil())
    inner = torch.where(side == 0, values.round(), inner)
    share = (values - inner).abs_()
    least, most = 0.5, 1.0  # too long at the first; at the second nothing grows
    found = inner
    for _ in range(HALVINGS):
        middle = (least + most) / 2
        levels = inner + side * (share >= middle)
        if torch.linalg.vector_norm(levels - home) > radius:
            least = middle
        else:
            most, found = middle, levels
    return found


def _snapped(levels: Tensor) -> Tensor:
    """Levels, where what is within `SLACK` of a whole one is made whole: 255 * (7 / 255) need not be 7."""
    whole = levels.round()
    return torch.where((levels - whole).abs() < SLACK, whole, levels)
