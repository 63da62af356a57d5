"""How pictures are looked at, and rebuilt from their content or from their style alone. Torch-free.

What is rebuilt begins with noise, as in figure 1 of Gatys et al., Image Style Transfer Using Convolutional Neural Networks, 2016.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import UInt8

from core.style.settings import Optimiser, Start, StyleSettings
from core.zoo.model_card import ModelCard

COMPARED = 256
"""Pixels of the longest side of pictures whose feature maps are compared."""

LONGEST = 4
"""A picture is at most so many times as long as wide: of a longer strip the middle is taken, for networks need width."""

LARGE = 5_000_000
"""A network with more parameters is asked less often, about smaller pictures."""

SIDE, LESS = 128, 96
"""Pixels of the longest side of what is rebuilt."""

STEPS, FEWER = 200, 60
RATE = 0.1

CONTENT_VARIATION, STYLE_VARIATION = 0.2, 0.01
"""Of total variation, beside a content or a style of weight 1. Departure: the paper has none, and its pictures more grain."""


def content_alone(card: ModelCard, layer: str) -> StyleSettings:
    """A photo rebuilt from what one layer keeps of it: no style."""
    return _alone(card, content_layers={layer: 1.0}, style_layers={}, total_variation=CONTENT_VARIATION)


def style_alone(card: ModelCard, layers: Sequence[str]) -> StyleSettings:
    """A texture from the Gram matrices of some layers, all of which count alike: no content."""
    weights = dict.fromkeys(layers, 1.0)
    return _alone(card, content_layers={}, style_layers=weights, total_variation=STYLE_VARIATION)


def middle(pixels: UInt8[np.ndarray, "h w 3"]) -> UInt8[np.ndarray, "_ _ 3"]:
    """All of a picture, or of a long strip the middle."""
    height, width = pixels.shape[:2]
    most = LONGEST * min(height, width)
    top, left = max(0, (height - most) // 2), max(0, (width - most) // 2)
    return pixels[top : top + most, left : left + most]


def _alone(
    card: ModelCard, *, content_layers: dict[str, float], style_layers: dict[str, float], total_variation: float
) -> StyleSettings:
    large = card.parameters > LARGE
    return StyleSettings(
        content_layers=content_layers,
        style_layers=style_layers,
        content=1.0 if content_layers else 0.0,
        style=1.0 if style_layers else 0.0,
        total_variation=total_variation,
        optimiser=Optimiser.LBFGS,
        rate=RATE,
        start=Start.NOISE,
        steps=FEWER if large else STEPS,
        octaves=1,
        side=LESS if large else SIDE,
    )
