"""What a frozen network sees in a picture: its feature maps by the names of their layers, in one pass."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from torch import Tensor

from core.images.normalise import normalise
from core.networks.chain import Chain

Features = Callable[[Tensor, Collection[str]], Mapping[str, Tensor]]
"""From pictures in [0, 1], (n, 3, h, w) of any size, and names of layers to maps (n, c, h', w') by name."""


def features_of(chain: Chain) -> Features:
    """The maps of a chain that takes pictures normalised with the colours of ImageNet.

    One pass gives all layers asked for, and ends at the deepest of them. Nothing of the chain is changed, and no hook is
    set, so any number of threads may share it. A layer it does not have is a ModelError.
    """

    def features(pictures: Tensor, names: Collection[str]) -> Mapping[str, Tensor]:
        return chain.features(normalise(pictures), names)

    return features
