"""How a picture grows while it is drawn: how many sizes, and which update is due at which. Torch-free."""

from __future__ import annotations

import math
from typing import Protocol, runtime_checkable

SMALLEST = 32
"""Pixels of the shorter side of a picture: networks that halve it five times still see something."""


@runtime_checkable
class Growth(Protocol):
    """Settings of a picture that grows: `steps` updates on `octaves` sizes, each `octave_scale` times the one before."""

    @property
    def steps(self) -> int:
        """Updates in all."""
        ...

    @property
    def octaves(self) -> int:
        """Sizes."""
        ...

    @property
    def octave_scale(self) -> float:
        """How much larger the next size is."""
        ...


def least_side(width: int, height: int) -> int:
    """Pixels of the longest side at which the shorter one of a picture in this shape has `SMALLEST`."""
    return math.ceil(SMALLEST * max(width, height) / min(width, height))


def due(update: int, settings: Growth) -> int:
    """The number of the octave, counted from 0, the coarsest, that an update is due at: the last step has the last."""
    return settings.octaves - 1 - (settings.steps - 1 - update) * settings.octaves // settings.steps


def updates_left(update: int, settings: Growth) -> float:
    """How many updates of the size of number `update` make up the rest, itself included.

    An update is taken to cost as much for each pixel at every size.
    """
    here = due(update, settings)
    return math.fsum(
        settings.octave_scale ** (2 * (due(later, settings) - here)) for later in range(update, settings.steps)
    )
