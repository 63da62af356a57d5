"""SqueezeNet 1.1, small enough for a page that opens at once, and networks in two halves."""

from __future__ import annotations

from collections.abc import Mapping

from jaxtyping import Float
from torch import Tensor, nn

from core.networks.chain import Chain, built, frozen, named


class SplitNetwork(nn.Module):
    """A classifier in two halves. `trunk` ends at the last feature map, `head` makes logits of it.

    The head never writes into the features it is given, so one feature map serves any number of classes.
    """

    def __init__(self, trunk: nn.Module, head: nn.Module) -> None:
        super().__init__()
        self.trunk = trunk
        self.head = head

    def forward(self, x: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n classes"]:
        """Logits of pictures that are normalised as the weights expect."""
        return self.head(self.trunk(x))


def squeezenet_1_1(state: Mapping[str, Tensor] | None = None) -> Chain:
    """SqueezeNet 1.1 for 1,000 classes, ready for inference; its weights are random where no state is given.

    `state` has torchvision's names, and the output equals torchvision's bit for bit. "features.12" is the last Fire
    module: 512 maps of 13 x 13 for an input of 224 x 224. After it come a 1 x 1 convolution to the classes
    ("classifier.1"), a ReLU and the mean over positions.

    Iandola et al., SqueezeNet, 2016, table 1; version 1.1 moves the pooling forward for 2.4 times less computation.

    Raises:
        RuntimeError: `state` belongs to another network.
    """
    import torchvision  # the lab's own networks are there long before it

    whole = built(torchvision.models.squeezenet1_1, state)
    layers = {**named("features", whole.features), **named("classifier", whole.classifier)}
    return frozen(Chain({**layers, "flatten": nn.Flatten(1)}))
