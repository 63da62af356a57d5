"""The lab's own classifier: SqueezeNet 1.1 with a head that makes class activation maps exact.

Two changes to Iandola et al. (SqueezeNet, 2016, version 1.1). The first convolution pads by one pixel, so that the maps
of a 224 x 224 picture have 112, 56, 28 and 14 pixels a side, and one cell of the last is 16 pixels of the picture. And
no ReLU follows the last convolution: a logit is the mean of its class activation map plus its bias, to the last bit of
rounding (Zhou et al., Learning Deep Features for Discriminative Localization, 2016, equation 2).
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

from core.networks import fire
from core.networks.chain import Chain, below, built, frozen, named
from core.networks.lab_classes import CLASSES as CLASSES
from core.networks.squeezenet import SplitNetwork

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
    network = _whole()
    if weights_state is not None:
        network.load_state_dict(weights_state)
    return network.eval().requires_grad_(False)


def lab_classifier_chain(state: Mapping[str, Tensor] | None = None) -> Chain:
    """The same network as a chain, "features.0" to "features.12", "classifier.0" (the convolution) and what follows.

    `state` has the names of `lab_classifier`. "features.12" is the end of its trunk.

    Raises:
        RuntimeError: `state` belongs to another network.
    """
    whole = built(_whole, state)
    convolution, mean, flatten = whole.head.children()
    layers = {"classifier.0": convolution, "classifier.1": mean, "flatten": flatten}
    return frozen(Chain({**named("features", whole.trunk), **layers}))


def lab_trunk(state: Mapping[str, Tensor] | None = None) -> Chain:
    """The trunk alone, "features.0" to "features.12", from the same state; what that has of the head is ignored.

    Raises:
        RuntimeError: `state` belongs to another network.
    """
    return frozen(Chain(named("features", built(_trunk, below("trunk", state)))))


def _whole() -> SplitNetwork:
    trunk = _trunk()
    head = nn.Sequential(nn.Conv2d(MAPS, len(CLASSES), kernel_size=1), nn.AdaptiveAvgPool2d(1), nn.Flatten(1))
    return SplitNetwork(trunk, head)


def _trunk() -> nn.Sequential:
    return fire.trunk(padding=1)
