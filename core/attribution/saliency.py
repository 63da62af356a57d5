"""Saliency: which pixels would change a score most if they changed a little, plain, times the input, and smoothed.

saliency           Simonyan, Vedaldi and Zisserman, Deep Inside Convolutional Networks, 2013, section 3
gradient x input   Shrikumar et al., Not Just a Black Box, 2016
SmoothGrad         Smilkov et al., SmoothGrad: removing noise by adding noise, 2017
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

from core.attribution.scores import Gradient, Score, batches, slopes
from core.attribution.settings import Channels as Channels
from core.attribution.settings import SmoothGradSettings
from core.device import CPU, seeded


def saliency(
    score: Score, image: Float[Tensor, "c h w"], *, gradient: Gradient = torch.autograd.grad
) -> Float[Tensor, "c h w"]:
    """The gradient of the score at `image`, with its signs. Simonyan's map is `over_channels(..., Channels.LARGEST)` of it."""
    return slopes(score, image[None], gradient=gradient).slopes[0]


def gradient_x_input(
    score: Score, image: Float[Tensor, "c h w"], *, gradient: Gradient = torch.autograd.grad
) -> Float[Tensor, "c h w"]:
    """Gradient times value: for a linear score without bias it sums to the score, for a saturated one it is 0."""
    return saliency(score, image, gradient=gradient) * image.detach()


def smooth_grad(
    score: Score,
    image: Float[Tensor, "c h w"],
    noise: Float[Tensor, "k c h w"],
    *,
    chunk: int,
    gradient: Gradient = torch.autograd.grad,
) -> Float[Tensor, "c h w"]:
    """The mean gradient over the pictures `image + noise[i]`, `chunk` of them at a time; signs are kept.

    Smilkov et al., section 2. `chunk` changes the answer by rounding alone.

    Raises:
        ValueError: there is no noise at all, or `chunk` is less than 1.
    """
    if not len(noise):
        raise ValueError("noise must hold at least one picture")
    total = torch.zeros_like(image)
    for part in batches(len(noise), chunk):
        total += slopes(score, image.detach() + noise[part], gradient=gradient).slopes.sum(dim=0)
    return total / len(noise)


def gaussian_noise(image: Float[Tensor, "c h w"], level: float, samples: int, seed: int) -> Float[Tensor, "k c h w"]:
    """Noise for `smooth_grad` with the standard deviation `level * (image.max() - image.min())`.

    Smilkov et al., section 3, recommend a level of 0.1 to 0.2 and see little change beyond 50 samples. Drawn on the
    CPU, so that a seed gives the same numbers on every device.

    Raises:
        SettingError: a number is outside its range, see `SmoothGradSettings`.
    """
    SmoothGradSettings(level=level, samples=samples, seed=seed)  # refuses what has no meaning
    image = image.detach()
    drawn = torch.randn((samples, *image.shape), generator=seeded(seed, CPU))
    return drawn.to(image) * (level * (image.max() - image.min()))


def over_channels(map: Float[Tensor, "c h w"], how: Channels) -> Float[Tensor, "h w"]:
    """One value for each pixel: the largest magnitude, the length of the vector, or the sum with its signs."""
    match how:
        case Channels.LARGEST:
            return map.abs().amax(dim=0)
        case Channels.LENGTH:
            return torch.linalg.vector_norm(map, dim=0)
        case Channels.SUM:
            return map.sum(dim=0)
