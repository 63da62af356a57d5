"""Octaves: a picture is drawn small first, then larger and larger, so that large shapes come before fine ones.

Mordvintsev, Olah and Tyka, Inceptionism: Going Deeper into Neural Networks, 2015, and the notebook that goes with it
(google/deepdream, dream.ipynb).
"""

from __future__ import annotations

from dataclasses import dataclass

from jaxtyping import Float
from torch import Tensor

from core.images.growth import SMALLEST, Growth, due
from core.images.resize import stretch


@dataclass(frozen=True, slots=True)
class Octave:
    """One size of the picture, in pixels. `number` counts from 0, the coarsest."""

    number: int
    height: int
    width: int


def octave_at(update: int, settings: Growth, height: int, width: int, *, reached: int = 0) -> Octave:
    """Where update number `update` is made on a picture that shall be `height` x `width` in the end.

    Each octave gets an equal share of the steps, to a step; the last is the full size, and the last step's. With
    settings that changed on the way an earlier octave may be due again: then it is the first that has at least `reached`
    rows, for a picture that shrinks loses what was drawn.
    """
    sizes = [_octave(number, settings, height, width) for number in range(due(update, settings), settings.octaves)]
    return next(octave for octave in sizes if octave.height >= min(reached, height))


def carried(
    canvas: Float[Tensor, "1 c h w"], ground: Float[Tensor, "1 c _ _"], height: int, width: int
) -> Float[Tensor, "1 c {height} {width}"]:
    """`canvas` at the size `height` x `width`, clamped to [0, 1]; at its own size the canvas itself.

    Only what was drawn is enlarged, its difference from the `ground` it was drawn on. So the detail of a photo comes
    back in full (dream.ipynb, deepdream).
    """
    if canvas.shape[2:] == (height, width):
        return canvas
    drawn = canvas - of_size(ground, canvas.shape[2], canvas.shape[3])
    return (of_size(ground, height, width) + of_size(drawn, height, width)).clamp(0, 1)


def of_size(image: Float[Tensor, "1 c _ _"], height: int, width: int) -> Float[Tensor, "1 c {height} {width}"]:
    """`image` at another size, bilinear and antialiased."""
    return stretch(image, height=height, width=width).image


def fitted(image: Float[Tensor, "1 c h w"], side: int) -> Float[Tensor, "1 c _ _"]:
    """`image` in its own shape with `side` pixels on its longest side, at least one on the other."""
    height, width = image.shape[2:]
    factor = side / max(height, width)
    return of_size(image, max(1, round(height * factor)), max(1, round(width * factor)))


def _octave(number: int, settings: Growth, height: int, width: int) -> Octave:
    """The size of an octave, in the shape of the picture unless a side would be smaller than `SMALLEST`."""
    factor = settings.octave_scale ** (settings.octaves - 1 - number)
    return Octave(number, _side(height, factor), _side(width, factor))


def _side(side: int, factor: float) -> int:
    return max(min(SMALLEST, side), round(side / factor))
