"""SqueezeNet 1.1, cut in two where attributions look: `features = trunk(x)`, `logits = head(features)`.

The cut replaces hooks: whoever wants the last feature map takes it from the trunk, so threads that share one network
never record each other's activations.
"""

from __future__ import annotations

from collections.abc import Mapping

import torchvision
from jaxtyping import Float
from torch import Tensor, nn


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


def squeezenet_1_1(weights_state: Mapping[str, Tensor] | None = None) -> SplitNetwork:
    """SqueezeNet 1.1 for 1,000 classes, ready for inference; its weights are random where no state is given.

    `weights_state` has torchvision's names, and the output equals torchvision's bit for bit. The trunk ends after the
    last Fire module: 512 maps of 13 x 13 for an input of 224 x 224. The head is a 1 x 1 convolution to the classes, a
    ReLU and the mean over positions.

    Iandola et al., SqueezeNet, 2016, table 1; version 1.1 moves the pooling forward for 2.4 times less computation.

    Raises:
        RuntimeError: `weights_state` belongs to another network.
    """
    whole = torchvision.models.squeezenet1_1()
    if weights_state is not None:
        whole.load_state_dict(weights_state)
    # torchvision's in-place ReLUs may stay: each of them follows a convolution, whose output it owns.
    network = SplitNetwork(whole.features, nn.Sequential(*whole.classifier, nn.Flatten(1)))
    return network.eval().requires_grad_(False)
