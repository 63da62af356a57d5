"""How far a picture is from the content of one picture and from the style of others.

Gatys, Ecker and Bethge, Image Style Transfer Using Convolutional Neural Networks, 2016, sections 2.1 to 2.3. Departure:
each distance is relative to the energy (the mean square) of what is compared, so that it begins near 1 and one weight means
the same at every layer, with every network and at every size. In the paper a layer counts by how large its values happen
to be.
"""

from __future__ import annotations

from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor

from core.images.total_variation import total_variation

FAINTEST = 1e-12
"""A mean square below this is that of nothing."""


def gram(maps: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c c"]:
    """The Gram matrix of each picture's maps: which of them are active together, wherever that is.

    `X X^T / (c h w)`, where X has a row for each map. Gatys et al., equation 3. Departure: the paper does not divide here
    but takes 1 / (4 c^2 (h w)^2) into the loss (equation 4); the course divides by c h w, and then pictures of any size
    have comparable matrices.
    """
    return _Gram.apply(maps.flatten(2))


def energy(values: Float[Tensor, "..."]) -> Float[Tensor, ""]:
    """The mean square, and where that is next to nothing the least that something can be relative to."""
    return values.square().mean().clamp(min=FAINTEST)


def content_loss(ours: Float[Tensor, "n c h w"], theirs: Float[Tensor, "n c h w"]) -> Float[Tensor, ""]:
    """The mean squared difference of feature maps, over the energy of `theirs`: 1 is as far away as no feature at all.

    Gatys et al., equation 1. Departure: a mean over values instead of half their sum; and relative, see above.
    """
    return (ours - theirs).square().mean() / energy(theirs)


def style_loss(
    ours: Float[Tensor, "n c c"], theirs: Float[Tensor, "1 c c"], photo: Float[Tensor, ""]
) -> Float[Tensor, ""]:
    """The mean squared difference of Gram matrices, over the mean of two energies: of `theirs`, and that of the `photo`.

    The photo's takes part since a calm style has next to no energy in a layer where the photo has much. Gatys et al.,
    equation 4. Departure: relative, see above; a factor of all matrices, such as the paper's, drops out.
    """
    return 2 * (ours - theirs).square().mean() / (energy(theirs) + photo)


def variation_loss(pictures: Float[Tensor, "n c h w"]) -> Float[Tensor, ""]:
    """Total variation over the number of values, of pictures in [0, 1].

    Departure: Gatys et al. have no such loss; the course sums, and a mean has the same weight at every size.
    """
    return total_variation(pictures).sum() / pictures.numel()


def mixed(grams: list[Float[Tensor, "1 c c"]], shares: tuple[float, ...]) -> Float[Tensor, "1 c c"]:
    """The Gram matrix between several styles: their mean, weighted with `shares`, which sum to 1.

    The weighted sum of the squared distances to several matrices is the squared distance to their weighted mean, plus a
    number that no picture can change. So one comparison serves any number of styles, and the loss can reach 0.
    """
    weights = torch.tensor(shares, dtype=grams[0].dtype, device=grams[0].device)
    return torch.einsum("s,snij->nij", weights, torch.stack(grams))


class _Gram(torch.autograd.Function):
    """`X X^T / (c h w)` with the slope in one product.

    Both factors are the same, so the slope is `(S + S^T) X`: autograd would multiply twice and add two maps, which is half
    as much again, and beside a small trunk that is seen.
    """

    @staticmethod
    def forward(ctx: Any, rows: Tensor) -> Tensor:  # noqa: ANN401 - torch gives no type
        """The matrices of rows (n, c, h w)."""
        ctx.save_for_backward(rows)
        return rows @ rows.mT / (rows.shape[1] * rows.shape[2])

    @staticmethod
    def backward(ctx: Any, *grad_outputs: Tensor) -> Tensor:  # noqa: ANN401
        """The slope at the rows."""
        (slope,) = grad_outputs
        (rows,) = ctx.saved_tensors
        return ((slope + slope.mT) / (rows.shape[1] * rows.shape[2])) @ rows
