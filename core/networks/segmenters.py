"""Networks that give each pixel one of the 21 classes of PASCAL VOC, equal to torchvision's bit for bit.

Every builder takes the state of torchvision's weights, or None for random ones, and gives a network that is ready for
inference. A state of another network is a RuntimeError. No builder fetches the weights of a backbone.
"""

from __future__ import annotations

from collections.abc import Mapping

from jaxtyping import Float
from torch import Tensor, nn
from torchvision.models import segmentation

from core.networks.chain import built, frozen


class Segmenter(nn.Module):
    """The one answer that is asked of a network of torchvision, which gives a dictionary."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n classes h w"]:
        """Logits for each pixel of pictures that are normalised as the weights expect."""
        return self.network(x)["out"]


def lraspp_mobilenet_v3_large(state: Mapping[str, Tensor] | None = None) -> Segmenter:
    """Lite R-ASPP on MobileNetV3 Large: the smallest of the three, made for telephones.

    Howard et al., Searching for MobileNetV3, 2019, section 6.4.
    """

    def make() -> nn.Module:
        return segmentation.lraspp_mobilenet_v3_large(weights=None, weights_backbone=None)

    return frozen(Segmenter(built(make, state)))


def deeplabv3_mobilenet_v3_large(state: Mapping[str, Tensor] | None = None) -> Segmenter:
    """DeepLabv3 on MobileNetV3 Large: dilated convolutions of several rates side by side.

    Chen et al., Rethinking Atrous Convolution for Semantic Image Segmentation, 2017, section 3.3.
    """

    def make() -> nn.Module:
        return segmentation.deeplabv3_mobilenet_v3_large(weights=None, weights_backbone=None, aux_loss=True)

    return _without_auxiliary(built(make, state))


def fcn_resnet50(state: Mapping[str, Tensor] | None = None) -> Segmenter:
    """A fully convolutional network on ResNet-50, whose last two stages are dilated rather than strided.

    Long et al., Fully Convolutional Networks for Semantic Segmentation, 2014, section 3.
    """

    def make() -> nn.Module:
        return segmentation.fcn_resnet50(weights=None, weights_backbone=None, aux_loss=True)

    return _without_auxiliary(built(make, state))


def _without_auxiliary(network: nn.Module) -> Segmenter:
    """The published weights bring a second head along, which only their training needed."""
    network.register_module("aux_classifier", None)
    return frozen(Segmenter(network))
