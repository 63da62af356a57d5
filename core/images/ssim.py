"""Structural similarity: whether two maps look alike, in brightness, contrast and structure around each pixel."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

WINDOW = 11
"""Side of the Gaussian window, in pixels."""

SIGMA = 1.5
"""Its standard deviation, in pixels."""

K1, K2 = 0.01, 0.03
"""What keeps the two quotients stable where brightness or contrast are near 0, as shares of the range of values."""


def structural_similarity(ours: Float[Tensor, "h w"], theirs: Float[Tensor, "h w"]) -> float:
    """The mean SSIM index of two maps with values in [0, 1]: at most 1, and exactly 1 for a map and itself.

    Computed in float64 on the CPU, over all windows that lie wholly inside the maps.

    Wang et al., Image Quality Assessment: From Error Visibility to Structural Similarity, 2004, equations 13 to 17.
    The paper has no answer for maps smaller than its window; here the window is then cut down to the map.
    """
    x, y = ours.detach().cpu().double(), theirs.detach().cpu().double()
    means = _local_means(torch.stack((x, y, x * x, y * y, x * y)))
    mean_x, mean_y, square_x, square_y, product = means
    variances = square_x - mean_x * mean_x + (square_y - mean_y * mean_y)
    covariance = product - mean_x * mean_y
    stable1, stable2 = K1**2, K2**2  # the range of values is 1
    brightness = (2 * mean_x * mean_y + stable1) / (mean_x * mean_x + mean_y * mean_y + stable1)
    structure = (2 * covariance + stable2) / (variances + stable2)
    return float((brightness * structure).mean())


def unit_range(map: Float[Tensor, "h w"]) -> Float[Tensor, "h w"]:
    """The map in float64 with its smallest value at 0 and its largest at 1; a constant map becomes zeros."""
    values = map.double()
    low, high = values.min(), values.max()
    return (values - low) / (high - low) if high > low else torch.zeros_like(values)


def _local_means(maps: Float[Tensor, "n h w"]) -> Float[Tensor, "n rows columns"]:
    """The Gaussian mean around each place where the window fits.

    Equal maps have equal means to the last bit, wherever in `maps` they stand, which a convolution does not promise.
    """
    for dim in (1, 2):  # in one go it takes ten times as long
        weights = _gaussian(min(WINDOW, maps.shape[dim])).tolist()
        places = maps.shape[dim] - len(weights) + 1
        means = torch.zeros_like(maps.narrow(dim, 0, places))
        for start, weight in enumerate(weights):
            means += weight * maps.narrow(dim, start, places)
        maps = means
    return maps


def _gaussian(side: int) -> Float[Tensor, " side"]:
    places = torch.arange(side, dtype=torch.float64) - (side - 1) / 2
    weights = (-(places**2) / (2 * SIGMA**2)).exp()
    return weights / weights.sum()
