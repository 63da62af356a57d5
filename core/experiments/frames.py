"""Pictures of a run as its history holds them: small, and all of one size when they are shown."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from jaxtyping import Float, UInt8
from torch import Tensor

from core.images.normalise import to_pixels
from core.images.octaves import fitted
from core.images.resize import stretch

SMALL = 192
"""Pixels of the longest side of a picture in the history of a run."""


def small(canvas: Float[Tensor, "3 h w"]) -> Float[Tensor, "3 _ _"]:
    """A picture in [0, 1] with at most 192 pixels on its longest side, in half precision."""
    return fitted(canvas[None], min(SMALL, max(canvas.shape[1:])))[0].half()


def enlarged(canvases: Sequence[Float[Tensor, "3 _ _"]]) -> UInt8[np.ndarray, "n h w 3"]:
    """Pictures in [0, 1] as pixels, at the size of the last one, which is the largest: an early one is smaller."""
    height, width = canvases[-1].shape[1:]
    large = [stretch(canvas[None].float(), height=height, width=width).image for canvas in canvases]
    return np.stack([to_pixels(one) for one in large])
