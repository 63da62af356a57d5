"""Transposed convolutions that begin as bilinear interpolation."""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn


def bilinear_kernel(size: int) -> Float[Tensor, "size size"]:
    """The kernel that makes a transposed convolution interpolate: `size` is twice its stride, or one less.

    With factor = (size + 1) // 2 and centre = factor - 1 where size is odd, else factor - 0.5, the weight at (i, j) is
    (1 - |i - centre| / factor) * (1 - |j - centre| / factor).

    Long et al., Fully Convolutional Networks for Semantic Segmentation, 2015, section 3.3; Zhang et al., Dive into Deep
    Learning, 2023, section 14.11.
    """
    factor = (size + 1) // 2
    centre = factor - 1 if size % 2 else factor - 0.5
    side = 1 - (torch.arange(size) - centre).abs() / factor
    return side[:, None] * side


def upsampler(channels: int, factor: int) -> nn.ConvTranspose2d:
    """A layer that makes maps `factor` times as large, each channel from itself alone at first. `factor` is even.

    It has no bias, and all of its weights may learn, those between channels too.
    """
    layer = nn.ConvTranspose2d(channels, channels, 2 * factor, stride=factor, padding=factor // 2, bias=False)
    if layer.weight.is_meta:  # a state replaces it; to draw it there, torch would import its compiler: a second
        return layer
    with torch.no_grad():
        layer.weight.zero_()
        for channel in range(channels):
            layer.weight[channel, channel] = bilinear_kernel(2 * factor)
    return layer
