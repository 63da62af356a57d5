"""A photo painted in one pass by a network that has learned one style."""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from core.images.octaves import fitted
from core.style.colour import luminance, with_luminance
from core.style.settings import Colours

Painter = Callable[[Tensor], Tensor]
"""From pictures in [0, 1] to painted ones, (n, 3, h, w) both, such as `core.networks.style_network`."""


def painted(
    painter: Painter, photo: Float[Tensor, "1 3 h w"], *, side: int, colours: Colours = Colours.STYLE
) -> Float[Tensor, "1 3 _ _"]:
    """The photo with `side` pixels on its longest side, painted, in [0, 1].

    With LUMINANCE brightness alone is painted and every hue stays. With HISTOGRAM it is the same: the style's picture is in
    the weights and can't take other colours.
    """
    with torch.no_grad():
        given = fitted(photo, side)
        found = painter(given).clamp(0, 1)
        return found if colours is Colours.STYLE else with_luminance(given, luminance(found))
