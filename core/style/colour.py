"""Keeping the colours of a photo while its style changes.

Gatys et al., Preserving Color in Neural Artistic Style Transfer, 2016, arXiv:1606.05897: colour histogram matching by mean
and covariance (section 3) and transfer of luminance alone (section 4).
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor

LUMA = (0.299, 0.587, 0.114)
"""How much red, green and blue count for brightness (ITU-R BT.601), as in the YIQ space of the paper."""

FLAT = 1e-5
"""Added to variances in [0, 1]^2, so that a picture of one colour can be matched too."""


def luminance(picture: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n 1 h w"]:
    """The brightness of every pixel, in [0, 1] for a picture in [0, 1]."""
    weights = torch.tensor(LUMA, dtype=picture.dtype, device=picture.device)
    return torch.einsum("c,nchw->nhw", weights, picture)[:, None]


def with_luminance(picture: Float[Tensor, "n 3 h w"], bright: Float[Tensor, "n 1 h w"]) -> Float[Tensor, "n 3 h w"]:
    """`picture` with other brightness and its own chrominance, clamped to [0, 1].

    The same amount is added to red, green and blue of a pixel, which changes Y of YIQ and neither I nor Q.
    """
    return (picture + (bright - luminance(picture))).clamp(0, 1)


def match_luminance(style: Float[Tensor, "1 1 h w"], content: Float[Tensor, "1 1 _ _"]) -> Float[Tensor, "1 1 h w"]:
    """The style's brightness with the mean and the standard deviation of the content's, clamped to [0, 1].

    Gatys et al., section 4: so that the style is not much darker or brighter than the photo.
    """
    spread = content.var(correction=0).sqrt() / (style.var(correction=0) + FLAT).sqrt()
    return ((style - style.mean()) * spread + content.mean()).clamp(0, 1)


def match_colours(style: Float[Tensor, "1 3 h w"], content: Float[Tensor, "1 3 _ _"]) -> Float[Tensor, "1 3 h w"]:
    """The style's picture with the mean and the covariance of the content's colours, clamped to [0, 1].

    Gatys et al., section 3, equations 1 to 4, in the variant of image analogies, which they prefer: square roots of both
    covariances by their eigenvalues. Computed in float64.
    """
    ours, theirs = (picture[0].flatten(1).double().cpu() for picture in (style, content))
    matrix = _root(_covariance(theirs), 0.5) @ _root(_covariance(ours), -0.5)
    matched = matrix @ (ours - ours.mean(dim=1, keepdim=True)) + theirs.mean(dim=1, keepdim=True)
    return matched.reshape(style.shape).to(style).clamp(0, 1)


def _covariance(colours: Float[Tensor, "3 n"]) -> Float[Tensor, "3 3"]:
    return torch.cov(colours, correction=0) + FLAT * torch.eye(3, dtype=colours.dtype)


def _root(matrix: Float[Tensor, "3 3"], power: float) -> Float[Tensor, "3 3"]:
    values, vectors = torch.linalg.eigh(matrix)
    return vectors @ torch.diag(values**power) @ vectors.mT
