"""Baselines: pictures that stand for "nothing to see". Which one is chosen decides what an attribution can show.

Pictures are in [0, 1]. A baseline has the size, type and device of the picture it is made for, and is a tensor of its own.
Random numbers are drawn on the CPU, so that a seed gives the same baseline on every device.

Sturmfels, Lundberg and Lee, Visualizing the Impact of Feature Attribution Baselines, Distill 2020.
"""

from __future__ import annotations

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from core.attribution.settings import Baseline, BaselineSettings
from core.device import CPU, seeded
from core.errors import SettingError


def baseline(
    image: Float[Tensor, "c h w"], settings: BaselineSettings, picture: Float[Tensor, "_ _ _"] | None = None
) -> Float[Tensor, "c h w"]:
    """The baseline of `image` that `settings` ask for; `picture` is the one that some kinds are.

    Raises:
        SettingError: the kind needs a picture and there is none, or it does not have the size of `image`.
    """
    match settings.kind:
        case Baseline.BLACK:
            return black(image)
        case Baseline.WHITE:
            return white(image)
        case Baseline.BLURRED:
            return blurred(image, settings.blur)
        case Baseline.RANDOM_PIXELS:
            return random_pixels(image, settings.seed)
        case Baseline.NOISY:
            return noisy(image, settings.noise, settings.seed)
        case Baseline.MEAN_COLOUR:
            return mean_colour(image)
        case Baseline.COLOUR:
            return coloured(image, settings.colour)
        case Baseline.PICTURE | Baseline.MEAN_PHOTO:
            return other(image, picture)


def black(image: Float[Tensor, "c h w"]) -> Float[Tensor, "c h w"]:
    """All zeros: the baseline of the paper's experiments (Sundararajan et al., 2017, section 6)."""
    return torch.zeros_like(image)


def white(image: Float[Tensor, "c h w"]) -> Float[Tensor, "c h w"]:
    """All ones."""
    return torch.ones_like(image)


def blurred(image: Float[Tensor, "c h w"], sigma: float) -> Float[Tensor, "c h w"]:
    """`image` through a Gaussian of standard deviation `sigma` in pixels, above 0.

    Near the border the weights of the pixels that exist are scaled to sum to 1: nothing is made up beyond it, and for a
    large `sigma` every pixel becomes the mean colour.
    """
    rows, columns = (_gaussian(size, sigma).to(image) for size in image.shape[1:])
    return rows @ image.detach() @ columns.T


def random_pixels(image: Float[Tensor, "c h w"], seed: int) -> Float[Tensor, "c h w"]:
    """Every value drawn from [0, 1), all equally likely."""
    return torch.rand(image.shape, generator=seeded(seed, CPU)).to(image)


def noisy(image: Float[Tensor, "c h w"], sigma: float, seed: int) -> Float[Tensor, "c h w"]:
    """`image` plus Gaussian noise of standard deviation `sigma`, in pixel values, clipped to [0, 1]."""
    drawn = torch.randn(image.shape, generator=seeded(seed, CPU)).to(image)
    return (image.detach() + sigma * drawn).clamp(0, 1)


def mean_colour(image: Float[Tensor, "c h w"]) -> Float[Tensor, "c h w"]:
    """The mean of each channel, everywhere."""
    return image.detach().mean(dim=(1, 2), keepdim=True).expand_as(image).clone()


def coloured(image: Float[Tensor, "3 h w"], colour: tuple[float, float, float]) -> Float[Tensor, "3 h w"]:
    """One `colour`, red, green and blue in [0, 1], everywhere."""
    return torch.tensor(colour)[:, None, None].to(image).expand_as(image).clone()


def other(image: Float[Tensor, "c h w"], picture: Float[Tensor, "_ _ _"] | None) -> Float[Tensor, "c h w"]:
    """Another `picture` of the same size.

    Raises:
        SettingError: there is none, or its size differs.
    """
    if picture is None:
        raise SettingError("This baseline is a picture, and there is none.", "Choose a picture, or another baseline.")
    if picture.shape != image.shape:
        raise SettingError(
            f"The baseline has {_size(picture)}, the photo has {_size(image)}.",
            "Bring the baseline to the size of the photo, or choose another baseline.",
        )
    return picture.detach().to(image, copy=True)


def _gaussian(size: int, sigma: float) -> Float64[Tensor, "size size"]:
    """Row i holds the weights with which all pixels of a line enter pixel i."""
    places = torch.arange(size, dtype=torch.float64)
    weights = (-0.5 * ((places[:, None] - places) / sigma) ** 2).exp()
    return weights / weights.sum(dim=1, keepdim=True)


def _size(picture: Tensor) -> str:
    channels, height, width = picture.shape
    return f"{width} × {height} pixels and {channels} channel{'s' if channels != 1 else ''}"
