"""The lab's own classifier: SqueezeNet 1.1 with a head that makes class activation maps exact.

Two changes to Iandola et al. (SqueezeNet, 2016, version 1.1). The first convolution pads by one pixel, so that the maps
of a 224 x 224 picture have 112, 56, 28 and 14 pixels a side, and one cell of the last is 16 pixels of the picture. And
no ReLU follows the last convolution: a logit is the mean of its class activation map plus its bias, to the last bit of
rounding (Zhou et al., Learning Deep Features for Discriminative Localization, 2016, equation 2).
"""

from __future__ import annotations

from collections.abc import Mapping

import torchvision
from torch import Tensor, nn

from core.networks.squeezenet import SplitNetwork

CLASSES = (
    "tench",
    "cassette player",
    "chain saw",
    "church",
    "French horn",
    "garbage truck",
    "gas pump",
    "golf ball",
    "parachute",
    "dog",
    "cat",
    "horse",
    "cow",
    "sheep",
    "person",
)
"""What the logits stand for, in their order."""

MAPS = 512


def lab_classifier(weights_state: Mapping[str, Tensor] | None = None) -> SplitNetwork:
    """The network for `CLASSES`, ready for inference; its weights are random where no state is given.

    `weights_state` has the names of this network (`trunk.0.weight` ... `head.0.bias`), in any floating type; the
    network keeps float32. The trunk ends after the last Fire module: 512 maps of 14 x 14 for an input of 224 x 224. The
    head is a 1 x 1 convolution to the classes and the mean over positions. No activation writes in place, so the trunk
    may be cut anywhere. Whoever trains it calls `.train().requires_grad_(True)`.

    Raises:
        RuntimeError: `weights_state` belongs to another network.
    """
    trunk = torchvision.models.squeezenet1_1().features
    first = trunk[0]
    assert isinstance(first, nn.Conv2d)
    first.padding = (1, 1)
    for module in trunk.modules():
        if isinstance(module, nn.ReLU):
            module.inplace = False
    head = nn.Sequential(nn.Conv2d(MAPS, len(CLASSES), kernel_size=1), nn.AdaptiveAvgPool2d(1), nn.Flatten(1))
    network = SplitNetwork(trunk, head)
    if weights_state is not None:
        network.load_state_dict(weights_state)
    return network.eval().requires_grad_(False)
