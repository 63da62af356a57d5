"""Total variation: how much neighbouring values differ in all, small for a calm picture."""

from __future__ import annotations

from jaxtyping import Float
from torch import Tensor


def total_variation(pictures: Float[Tensor, "n c h w"]) -> Float[Tensor, " n"]:
    """The sum of |x[i, j] - x[i + 1, j]| + |x[i, j] - x[i, j + 1]| over all channels, for each picture.

    Differences that would reach beyond the border count nothing. Where two neighbours are equal the slope is 0.

    Rudin, Osher and Fatemi, Nonlinear total variation based noise removal algorithms, 1992; here with absolute values
    along both axes instead of the length of the gradient.
    """
    down = pictures.diff(dim=2).abs().sum(dim=(1, 2, 3))
    across = pictures.diff(dim=3).abs().sum(dim=(1, 2, 3))
    return down + across
