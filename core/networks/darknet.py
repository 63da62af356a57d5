"""Networks of the Darknet family (YOLOv3, v3-tiny, v4-tiny, Yolo-Fastest), built from the plan of their cfg file.

A batch norm is folded into its convolution before it comes here, so a layer is a convolution with a bias, a pooling, an
upsampling, a sum, or a choice of earlier maps. A map is let go as soon as no later layer reads it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import torch
from jaxtyping import Float
from torch import Tensor, nn

from core.errors import SettingError
from core.networks.chain import built, frozen, number_of
from core.networks.darknet_layers import PHOTO, Config, Yolo
from core.networks.darknet_modules import module


class Darknet(nn.Module):
    """The network of a plan. `heads` read its raw maps, `names` are its layers, `multiple` divides both sides of an input.

    The input is RGB in [0, 1], any size that `multiple` divides.
    """

    def __init__(self, config: Config) -> None:
        super().__init__()
        self.config = config
        self.heads = config.heads
        self.names = config.names
        self.multiple = config.multiple
        self.layers = nn.ModuleList(module(layer) for layer in config.layers)
        self._last = config.last_use
        self._done = tuple(  # the maps that nobody reads after each layer
            [source for source in range(number) if self._last[source] == number] for number in range(len(self._last))
        )

    def forward(self, x: Float[Tensor, "n 3 h w"]) -> tuple[Float[Tensor, "n _ _ _"], ...]:
        """The raw map of each head, (n, channels, h / stride, w / stride).

        Its channels are, anchor by anchor, four offsets, the logit of objectness and those of the classes.

        Raises:
            SettingError: `multiple` does not divide the height or the width.
        """
        return tuple(made for number, made in self._maps(x) if isinstance(self.config.layers[number], Yolo))

    def features(self, x: Float[Tensor, "n 3 h w"], names: Iterable[str]) -> dict[str, Float[Tensor, "n _ _ _"]]:
        """What the layers `names` make of `x`, in the order in which they run. No layer after the deepest runs.

        Raises:
            ModelError: there is no such layer.
            SettingError: `multiple` does not divide the height or the width.
        """
        wanted = {number_of(name, self.names) for name in names}
        if not wanted:
            return {}
        found = {}
        for number, made in self._maps(x):
            if number in wanted:
                found[self.names[number]] = made
            if len(found) == len(wanted):
                break
        return found

    def _maps(self, x: Tensor) -> Iterator[tuple[int, Tensor]]:
        """Each layer's number and map. Only what is read again is kept."""
        if any(side % self.multiple or not side for side in x.shape[2:]):
            raise SettingError(
                f"height and width must be multiples of {self.multiple} pixels, got {x.shape[2]} and {x.shape[3]}.",
                "Choose such a size.",
            )
        alive = {PHOTO: x}
        for number, (layer, run) in enumerate(zip(self.config.layers, self.layers, strict=True)):
            made = run(*[alive[source] for source in layer.inputs])
            for source in self._done[number]:
                del alive[source]
            if self._last[number] > number:
                alive[number] = made
            yield number, made


def darknet(config: Config, state: Mapping[str, Tensor] | None = None) -> Darknet:
    """The network of a plan with folded weights, `layers.<number>.weight` and `.bias`, or random ones; frozen.

    It is kept channels last, in which its many 1 x 1 and depthwise convolutions run fastest on a CPU.

    Raises:
        RuntimeError: `state` belongs to another network.
    """
    return frozen(built(lambda: Darknet(config), state)).to(memory_format=torch.channels_last)
