"""Two ways from a gradient to the next picture, as functions: nothing is written into, so any step can be gone back to.

Adam       Kingma and Ba, Adam: A Method for Stochastic Optimization, 2015, algorithm 1
L-BFGS     Nocedal and Wright, Numerical Optimization, 2006, algorithm 7.4
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from jaxtyping import Float
from torch import Tensor

from core.style.settings import Optimiser

Picture = Float[Tensor, "1 c h w"]

BETA_1, BETA_2, EPSILON = 0.9, 0.999, 1e-8
PAIRS = 10
"""Pairs of differences that L-BFGS remembers."""

CURVED = 1e-10
"""A pair whose product is not above this says nothing of how the loss curves."""

REACH = 2.0
"""How many times `rate` an update of L-BFGS may move the picture, as the root mean square: Adam's go about as far in two."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What Adam remembers after `count` updates: means of the slope and of its square, both fading."""

    count: int
    slope: Picture
    square: Picture


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """What L-BFGS remembers: where it was and the slope there, and how both changed before, the newest last."""

    picture: Picture
    slope: Picture
    moves: tuple[Picture, ...] = ()
    bends: tuple[Picture, ...] = ()


Memory = Moments | Pairs | None
"""What an optimiser remembers; None before its first update."""


@dataclass(frozen=True, slots=True, eq=False)
class Updated:
    """The next picture, in [0, 1], and what is remembered."""

    picture: Picture
    memory: Memory


def updated(picture: Picture, slope: Picture, memory: Memory, optimiser: Optimiser, rate: float) -> Updated:
    """One update of a picture in [0, 1], clamped to that. What another optimiser remembers is of no use and dropped."""
    if optimiser is Optimiser.ADAM:
        return _adam(picture, slope, memory if isinstance(memory, Moments) else None, rate)
    return _lbfgs(picture, slope, memory if isinstance(memory, Pairs) else None, rate)


def with_other_loss(memory: Memory) -> Memory:
    """What is still worth remembering when the loss has changed: Adam's means fade by themselves, pairs would lie."""
    return None if isinstance(memory, Pairs) else memory


def _adam(picture: Picture, slope: Picture, memory: Moments | None, rate: float) -> Updated:
    if memory is None:
        memory = Moments(0, slope.new_zeros(slope.shape), slope.new_zeros(slope.shape))
    count = memory.count + 1
    mean = memory.slope.lerp(slope, 1 - BETA_1)
    square = (memory.square * BETA_2).addcmul_(slope, slope, value=1 - BETA_2)
    size = rate / (1 - BETA_1**count)
    spread = square.sqrt().div_(math.sqrt(1 - BETA_2**count)).add_(EPSILON)
    moved = picture.addcdiv(mean, spread, value=-size).clamp_(0, 1)
    return Updated(moved, Moments(count, mean, square))


def _lbfgs(picture: Picture, slope: Picture, memory: Pairs | None, rate: float) -> Updated:
    """Without a line search, so that every update costs one pass each way.

    Departure: a step goes no farther than `REACH` times `rate`, so that a bad estimate of the curve does no harm; and where
    nothing is known of the curve it goes just that far.
    """
    pairs = _remembered(picture, slope, memory)
    direction = _direction(slope, pairs)
    length = direction.square().mean().sqrt().item()
    farthest = REACH * rate / length if length else 0.0
    factor = min(1.0, farthest) if pairs.moves else farthest
    return Updated(picture.add(direction, alpha=-factor).clamp_(0, 1), pairs)


def _remembered(picture: Picture, slope: Picture, memory: Pairs | None) -> Pairs:
    """The memory with what the last update showed. Clamping is part of the move."""
    if memory is None:
        return Pairs(picture, slope)
    move, bend = picture - memory.picture, slope - memory.slope
    if float((move * bend).sum()) <= CURVED * float(bend.square().sum()):
        return replace(memory, picture=picture, slope=slope)
    moves, bends = (*memory.moves, move)[-PAIRS:], (*memory.bends, bend)[-PAIRS:]
    return Pairs(picture, slope, moves, bends)


def _direction(slope: Picture, pairs: Pairs) -> Picture:
    """The slope times the estimated inverse of the curvature: the loop in two halves."""
    if not pairs.moves:
        return slope
    found = slope
    products = [float((move * bend).sum()) for move, bend in zip(pairs.moves, pairs.bends, strict=True)]
    shares: list[float] = []
    for move, bend, product in zip(reversed(pairs.moves), reversed(pairs.bends), reversed(products), strict=True):
        shares.append(float((move * found).sum()) / product)
        found = found.sub(bend, alpha=shares[-1])
    found = found * (products[-1] / float(pairs.bends[-1].square().sum()))
    for move, bend, product, share in zip(pairs.moves, pairs.bends, products, reversed(shares), strict=True):
        found = found.add(move, alpha=share - float((bend * found).sum()) / product)
    return found
