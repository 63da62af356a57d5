"""Between 8-bit pixels and the numbers a network takes: [0, 1], then less the mean, by the standard deviation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from core.images import imagenet


def to_tensor(pixels: UInt8[np.ndarray, "h w 3"], device: torch.device | str | None = None) -> Float[Tensor, "1 3 h w"]:
    """Pixels as a batch of one, from 0..255 to [0, 1]. A copy: the tensor may be changed."""
    bytes_ = torch.from_numpy(np.array(pixels, order="C")).to(device)
    return bytes_.permute(2, 0, 1)[None].float().div_(255).contiguous()


def to_pixels(image: Float[Tensor, "1 3 h w"] | Float[Tensor, "3 h w"]) -> UInt8[np.ndarray, "h w 3"]:
    """An image in [0, 1] as 8-bit pixels, rounded to the nearest; what lies outside is clamped and NaN is black."""
    planes = image.detach().float().reshape(image.shape[-3:])
    levels = planes.nan_to_num(nan=0.0).clamp(0, 1).mul(255).round().to(torch.uint8)
    return levels.permute(1, 2, 0).contiguous().cpu().numpy()


def normalise(
    image: Float[Tensor, "b 3 h w"],
    mean: Sequence[float] = imagenet.MEAN,
    std: Sequence[float] = imagenet.STD,
) -> Float[Tensor, "b 3 h w"]:
    """`(image - mean) / std` for each channel: what networks trained on ImageNet take for an image in [0, 1]."""
    return (image - _planes(mean, image)) / _planes(std, image)


def _planes(values: Sequence[float], image: Tensor) -> Float[Tensor, "3 1 1"]:
    return torch.tensor(tuple(values), dtype=image.dtype, device=image.device)[:, None, None]
