"""Gaussian blur of a picture, with nothing made up beyond its border."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

FAINTEST = 1e-8
"""Share of the largest weight below which a pixel does not count: numbers near 0 make a CPU many times slower."""


def gaussian_blur(image: Float[Tensor, "b c h w"], sigma: float) -> Float[Tensor, "b c h w"]:
    """`image` through a Gaussian of standard deviation `sigma` in pixels, cut off at 6 of them; at 0 the image itself.

    Near the border the weights of the pixels that exist are scaled to sum to 1. So one colour stays that colour, and no
    value leaves the range of the picture, but for rounding.
    """
    if sigma == 0:
        return image
    rows, columns = (_weights(size, sigma).to(image) for size in image.shape[2:])
    return rows @ image @ columns.T


def _weights(size: int, sigma: float) -> Float[Tensor, "size size"]:
    """Row i holds the weights with which all pixels of a line enter pixel i."""
    places = torch.arange(size, dtype=torch.float64)
    weights = (-0.5 * ((places[:, None] - places) / sigma) ** 2).exp()
    weights[weights < FAINTEST] = 0
    return weights / weights.sum(dim=1, keepdim=True)
