"""Classifiers for ImageNet's 1,000 classes as chains of layers, each equal to torchvision's bit for bit.

Every builder takes the state of torchvision's weights, or None for random ones, and gives a network that is ready for
inference. Layers have the paths they have in torchvision's network; where that calls a function between two modules,
the layer in its place is called "relu" or "flatten". A state of another network is a RuntimeError.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import torchvision
from torch import Tensor, nn

from core.networks.chain import Chain, built, frozen, named


def mobilenet_v3_large(state: Mapping[str, Tensor] | None = None) -> Chain:
    """MobileNetV3 Large: inverted residual blocks, some with squeeze and excitation.

    Howard et al., Searching for MobileNetV3, 2019, table 1.
    """
    whole = built(torchvision.models.mobilenet_v3_large, state)
    return _chain(
        {
            **named("features", whole.features),
            "avgpool": whole.avgpool,
            "flatten": nn.Flatten(1),
            **named("classifier", whole.classifier),
        }
    )


def resnet50(state: Mapping[str, Tensor] | None = None) -> Chain:
    """ResNet-50: 16 bottleneck blocks, "layer1.0" to "layer4.2", each a layer of the chain.

    He et al., Deep Residual Learning for Image Recognition, 2015, table 1. As in torchvision, the 3 x 3 convolution of
    a block has its stride rather than the first 1 x 1.
    """
    whole = built(torchvision.models.resnet50, state)
    return _chain(
        {
            "conv1": whole.conv1,
            "bn1": whole.bn1,
            "relu": whole.relu,
            "maxpool": whole.maxpool,
            **named("layer1", whole.layer1),
            **named("layer2", whole.layer2),
            **named("layer3", whole.layer3),
            **named("layer4", whole.layer4),
            "avgpool": whole.avgpool,
            "flatten": nn.Flatten(1),
            "fc": whole.fc,
        }
    )


def densenet121(state: Mapping[str, Tensor] | None = None) -> Chain:
    """DenseNet-121: in each of four blocks, every layer sees the maps of all layers before it.

    `state` may have the names of the published file, which are older than torchvision's.

    Huang et al., Densely Connected Convolutional Networks, 2016, table 1.
    """
    whole = built(torchvision.models.densenet121, None if state is None else _renamed(state))
    return _chain(
        {
            **named("features", whole.features),
            "relu": nn.ReLU(),
            "avgpool": nn.AdaptiveAvgPool2d(1),
            "flatten": nn.Flatten(1),
            "classifier": whole.classifier,
        }
    )


def vgg16(state: Mapping[str, Tensor] | None = None) -> Chain:
    """VGG-16: thirteen 3 x 3 convolutions and three fully connected layers, which hold nine tenths of the weights.

    Simonyan and Zisserman, Very Deep Convolutional Networks, 2014, table 1, configuration D.
    """
    whole = built(torchvision.models.vgg16, state)
    return _chain(
        {
            **named("features", whole.features),
            "avgpool": whole.avgpool,
            "flatten": nn.Flatten(1),
            **named("classifier", whole.classifier),
        }
    )


def _chain(layers: Mapping[str, nn.Module]) -> Chain:
    return frozen(Chain(layers))


def _renamed(state: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """The state of a DenseNet with "norm1" for "norm.1", as modules may no longer have a dot in their name."""
    return {re.sub(r"(\.denselayer\d+\.(?:norm|conv))\.([12]\.)", r"\1\2", name): state[name] for name in state}
