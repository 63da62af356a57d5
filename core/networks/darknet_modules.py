"""What each layer of a Darknet network does, as modules. No batch norm: it is folded into its convolution.

No module changes what it is given. An activation may write into the map that its own layer has just made.
"""

from __future__ import annotations

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from core.networks.darknet_layers import (
    Activation,
    Convolution,
    Dropout,
    Layer,
    MaxPool,
    Route,
    Shortcut,
    Upsample,
    Yolo,
)

LEAK = 0.1


def _freely(x: Tensor) -> bool:
    """Whether an activation may write into `x`, which its layer has just made: where nobody will differentiate.

    Without it a third of the time goes into fresh memory.
    """
    return not x.requires_grad


ACTIVATIONS: dict[Activation, Callable[[Tensor], Tensor]] = {
    Activation.LINEAR: lambda x: x,
    Activation.LEAKY: lambda x: functional.leaky_relu(x, LEAK, inplace=_freely(x)),
    Activation.RELU: lambda x: functional.relu(x, inplace=_freely(x)),
    Activation.LOGISTIC: torch.sigmoid,
    Activation.SWISH: lambda x: functional.silu(x, inplace=_freely(x)),
    Activation.MISH: lambda x: functional.mish(x, inplace=_freely(x)),
}
"""What each activation makes of a map that nobody else holds."""


class Convolve(nn.Conv2d):
    """A convolution with a bias, and its activation."""

    def __init__(self, layer: Convolution) -> None:
        super().__init__(layer.channels_in, layer.channels, layer.size, layer.step, layer.padding, groups=layer.groups)
        self.activate = ACTIVATIONS[layer.activation]

    def forward(self, input: Float[Tensor, "n channels rows cols"]) -> Float[Tensor, "n filters r c"]:
        """The activated answer."""
        return self.activate(super().forward(input))


class Pool(nn.Module):
    """The largest of a window. Darknet adds the odd cell of padding on the right and below, which torch can't."""

    def __init__(self, layer: MaxPool) -> None:
        super().__init__()
        self.size, self.step, self.padding = layer.size, layer.step, layer.padding

    def forward(self, x: Float[Tensor, "n channels rows cols"]) -> Float[Tensor, "n channels r c"]:
        """The map, resized."""
        before = self.padding // 2
        after = [self._after(side, before) for side in reversed(x.shape[2:])]
        if after == [before, before]:
            return functional.max_pool2d(x, self.size, self.step, before)
        padded = functional.pad(x, (before, after[0], before, after[1]), value=float("-inf"))
        return functional.max_pool2d(padded, self.size, self.step)

    def _after(self, side: int, before: int) -> int:
        """The padding behind `side` cells that a window reaches."""
        windows = (side + self.padding - self.size) // self.step + 1
        return max(0, (windows - 1) * self.step + self.size - before - side)


class Repeat(nn.Module):
    """Each cell repeated."""

    def __init__(self, layer: Upsample) -> None:
        super().__init__()
        self.factor = float(layer.factor)

    def forward(self, x: Float[Tensor, "n channels rows cols"]) -> Float[Tensor, "n channels r c"]:
        """The map, resized."""
        return functional.interpolate(x, scale_factor=self.factor, mode="nearest")


class Join(nn.Module):
    """Maps one behind the other, or a part of each."""

    def __init__(self, layer: Route) -> None:
        super().__init__()
        self.groups, self.group = layer.groups, layer.group

    def forward(self, *maps: Float[Tensor, "n _ rows cols"]) -> Float[Tensor, "n channels rows cols"]:
        """The maps as one."""
        parts = [x.chunk(self.groups, dim=1)[self.group] for x in maps] if self.groups > 1 else maps
        return parts[0] if len(parts) == 1 else torch.cat(tuple(parts), dim=1)


class Sum(nn.Module):
    """The sum of maps, and its activation."""

    def __init__(self, layer: Shortcut) -> None:
        super().__init__()
        self.activate = ACTIVATIONS[layer.activation]

    def forward(
        self, first: Float[Tensor, "n channels rows cols"], *others: Float[Tensor, "n channels rows cols"]
    ) -> Float[Tensor, "n channels rows cols"]:
        """The activated sum."""
        for other in others:
            first = first + other
        return self.activate(first)


MODULES: dict[type[Layer], Callable[..., nn.Module]] = {
    Convolution: Convolve,
    MaxPool: Pool,
    Upsample: Repeat,
    Route: Join,
    Shortcut: Sum,
    Dropout: nn.Identity,
    Yolo: nn.Identity,
}


def module(layer: Layer) -> nn.Module:
    """The module that does what `layer` says, with random weights where it has any. It takes the maps of its inputs."""
    return MODULES[type(layer)](layer)
