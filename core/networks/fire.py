"""The layers of SqueezeNet 1.1: Fire modules, and the trunk they make.

Written here, as torchvision takes longer to import than the network to answer, and the lab's own networks need nothing
else of it. Modules have torchvision's names, so its states fit.
"""

from __future__ import annotations

import torch
from jaxtyping import Float
from torch import Tensor, nn


class Fire(nn.Module):
    """A 1 x 1 convolution to few maps, and from these a 1 x 1 and a 3 x 3 convolution, whose maps stand one after the other.

    No activation writes in place. Iandola et al., SqueezeNet, 2016, section 3.2.
    """

    def __init__(self, maps: int, squeezed: int, expanded: int) -> None:
        super().__init__()
        self.squeeze = nn.Conv2d(maps, squeezed, kernel_size=1)
        self.squeeze_activation = nn.ReLU()
        self.expand1x1 = nn.Conv2d(squeezed, expanded, kernel_size=1)
        self.expand1x1_activation = nn.ReLU()
        self.expand3x3 = nn.Conv2d(squeezed, expanded, kernel_size=3, padding=1)
        self.expand3x3_activation = nn.ReLU()

    def forward(self, x: Float[Tensor, "n maps h w"]) -> Float[Tensor, "n out h w"]:
        """Twice as many maps as either convolution gives."""
        x = self.squeeze_activation(self.squeeze(x))
        one, three = self.expand1x1_activation(self.expand1x1(x)), self.expand3x3_activation(self.expand3x3(x))
        return torch.cat((one, three), 1)


def trunk(padding: int = 0) -> nn.Sequential:
    """SqueezeNet 1.1 without its classifier, from 3 to 512 maps; `padding` is that of the first convolution.

    Random weights are drawn as the authors of torchvision's network do: He et al., Delving Deep into Rectifiers, 2015,
    equation 10, uniform, and no bias.
    """
    layers = nn.Sequential(
        nn.Conv2d(3, 64, kernel_size=3, stride=2, padding=padding),
        nn.ReLU(),
        _pool(),
        Fire(64, 16, 64),
        Fire(128, 16, 64),
        _pool(),
        Fire(128, 32, 128),
        Fire(256, 32, 128),
        _pool(),
        Fire(256, 48, 192),
        Fire(384, 48, 192),
        Fire(384, 64, 256),
        Fire(512, 64, 256),
    )
    for module in layers.modules():
        if isinstance(module, nn.Conv2d):
            nn.init.kaiming_uniform_(module.weight)
            assert module.bias is not None
            nn.init.zeros_(module.bias)
    return layers


def _pool() -> nn.MaxPool2d:
    return nn.MaxPool2d(kernel_size=3, stride=2, ceil_mode=True)
