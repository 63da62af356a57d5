"""Networks that give feature maps and nothing else: classifiers without their classifier.

Every builder takes the whole state of torchvision's weights, or None for random ones, and ignores what it has of the
classifier. What is missing is a RuntimeError.
"""

from __future__ import annotations

from collections.abc import Mapping

import torchvision
from torch import Tensor, nn
from torchvision.models import vgg

from core.networks.chain import Chain, below, built, frozen, named


def squeezenet_features(state: Mapping[str, Tensor] | None = None) -> Chain:
    """All of SqueezeNet 1.1 up to the last Fire module, "features.12".

    Iandola et al., SqueezeNet, 2016, table 1.
    """
    return _features(built(lambda: torchvision.models.squeezenet1_1().features, below("features", state)))


def vgg19_features(state: Mapping[str, Tensor] | None = None) -> Chain:
    """The sixteen convolutions of VGG-19 with their ReLUs and pools, "features.0" to "features.36".

    Simonyan and Zisserman, Very Deep Convolutional Networks, 2014, table 1, configuration E.
    """
    return _features(built(lambda: vgg.make_layers(vgg.cfgs["E"]), below("features", state)))


def _features(layers: nn.Sequential) -> Chain:
    return frozen(Chain(named("features", layers)))
