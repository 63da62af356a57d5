"""A small network that paints a photo in one style in a single pass.

Johnson, Alahi and Fei-Fei, Perceptual Losses for Real-Time Style Transfer and Super-Resolution, 2016, supplementary table 1:
down by strided convolutions, residual blocks, up again. Departures: enlarging and then convolving instead of a transposed
convolution, which leaves a checkerboard (Odena et al., Deconvolution and Checkerboard Artifacts, Distill, 2016); instance
instead of batch normalisation (Ulyanov et al., Instance Normalization, 2016); fewer maps, so that it is small.
"""

from __future__ import annotations

from collections.abc import Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from core.networks.chain import built, frozen

MAPS = (16, 32, 64)
"""Of the three sizes of the picture, from its own to a quarter of it."""

BLOCKS = 5
STRIDE = 4
"""Pixels of the picture that one cell of the smallest maps stands for."""

LEAST = 16
"""Pixels of a side that the convolutions need: a smaller picture is continued by its last row or column."""


class StyleNetwork(nn.Module):
    """From pictures in [0, 1] to painted ones in [0, 1], of the same size."""

    def __init__(self) -> None:
        super().__init__()
        fine, middle, coarse = MAPS
        self.down = nn.Sequential(
            _Painted(3, fine, kernel=9), _Painted(fine, middle, stride=2), _Painted(middle, coarse, stride=2)
        )
        self.blocks = nn.Sequential(*(_Residual(coarse) for _ in range(BLOCKS)))
        self.up = nn.Sequential(_Enlarged(coarse, middle), _Enlarged(middle, fine))
        self.last = nn.Conv2d(fine, 3, 9, padding=4, padding_mode="reflect")

    def forward(self, pictures: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n 3 h w"]:
        """The painted pictures."""
        height, width = pictures.shape[2:]
        more = (0, _missing(width), 0, _missing(height))
        whole = functional.pad(pictures, more, mode="replicate") if any(more) else pictures
        painted = self.last(self.up(self.blocks(self.down(whole * 2 - 1))))
        return torch.sigmoid(painted[:, :, :height, :width])


def style_network(state: Mapping[str, Tensor] | None = None) -> StyleNetwork:
    """The network with the weights of `state`, or random ones, ready to be shared.

    Raises:
        RuntimeError: `state` belongs to another network.
    """
    return frozen(built(StyleNetwork, state))


def _missing(side: int) -> int:
    """Pixels that a side lacks to be long enough and a multiple of `STRIDE`."""
    return max(LEAST - side, -side % STRIDE)


class _Painted(nn.Sequential):
    """A convolution that keeps the size, or halves it, its normalisation and its ReLU."""

    def __init__(self, maps: int, made: int, *, kernel: int = 3, stride: int = 1) -> None:
        super().__init__(
            nn.Conv2d(maps, made, kernel, stride, kernel // 2, padding_mode="reflect"),
            nn.InstanceNorm2d(made, affine=True),
            nn.ReLU(),
        )


class _Residual(nn.Module):
    """What two convolutions add to their input."""

    def __init__(self, maps: int) -> None:
        super().__init__()
        self.first = _Painted(maps, maps)
        self.second = nn.Conv2d(maps, maps, 3, padding=1, padding_mode="reflect")
        self.norm = nn.InstanceNorm2d(maps, affine=True)

    def forward(self, maps: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c h w"]:
        """The maps, and what was added."""
        return maps + self.norm(self.second(self.first(maps)))


class _Enlarged(nn.Module):
    """Maps of twice the size: each cell becomes four alike, then a convolution."""

    def __init__(self, maps: int, made: int) -> None:
        super().__init__()
        self.painted = _Painted(maps, made)

    def forward(self, maps: Float[Tensor, "n c h w"]) -> Float[Tensor, "n _ _ _"]:
        """The larger maps."""
        return self.painted(functional.interpolate(maps, scale_factor=2.0, mode="nearest"))
