"""Class activation maps: where a network that ends in a mean over positions and one linear layer sees a class.

Zhou et al., Learning Deep Features for Discriminative Localization, CVPR 2016.
"""

from __future__ import annotations

from collections.abc import Iterator

from jaxtyping import Float, Int
from torch import Tensor, nn

from core.networks.chain import Chain


def cam(
    features: Float[Tensor, "1 c h w"], weights: Float[Tensor, "classes c"], target: int | Int[Tensor, ""]
) -> Float[Tensor, "h w"]:
    """The class activation map of class `target`: the sum of the feature maps, each times its weight for the class.

    It has both signs, as no ReLU follows, and the bias is left out: the mean of the map over positions is the logit
    less its bias. `weights` are those of the linear layer after the mean, or of a 1 x 1 convolution before it, which is
    the same; `pooled_weights` finds them.

    Equation 2.
    """
    return (weights[int(target)][:, None, None] * features[0]).sum(dim=0)


def pooled_weights(head: nn.Module) -> Float[Tensor, "classes c"] | None:
    """The matrix of a head that is exactly a mean over positions and one linear map, or None for any other head.

    The linear map is a linear layer after the mean, or a 1 x 1 convolution before or after it. Dropout at rest and
    identities count for nothing; a ReLU, a second layer or a mean over parts of the map make it another head. Only
    sequences can be judged (`nn.Sequential` and `Chain`): what another module's `forward` does is not written in its
    structure. The matrix shares the memory of the head, so do not write into it.
    """
    layers = list(_layers(head))
    kinds = [_kind(layer) for layer in layers]
    if kinds not in _POOLED:
        return None
    weight = layers[kinds.index("linear" if "linear" in kinds else "convolution")].get_parameter("weight")
    return weight.detach().flatten(1)


_POOLED = (
    ["mean", "flatten", "linear"],
    ["convolution", "mean", "flatten"],
    ["mean", "convolution", "flatten"],
)
_SEQUENCES = (nn.Sequential.forward, Chain.forward)  # a subclass with its own `forward` may do more


def _layers(module: nn.Module) -> Iterator[nn.Module]:
    """The layers of a sequence in the order in which they run, without those that do nothing."""
    if isinstance(module, nn.Sequential | Chain) and type(module).forward in _SEQUENCES:
        for layer in module.layers if isinstance(module, Chain) else module:  # children() would skip repeated layers
            yield from _layers(layer)
    elif not (isinstance(module, nn.Identity) or (isinstance(module, nn.Dropout) and not module.training)):
        yield module


def _kind(layer: nn.Module) -> str:
    """What a layer is for `_POOLED`. A subclass may do something else, so it is none of these."""
    if type(layer) is nn.AdaptiveAvgPool2d and layer.output_size in (1, (1, 1)):
        return "mean"
    if type(layer) is nn.Flatten and (layer.start_dim, layer.end_dim) == (1, -1):
        return "flatten"
    if type(layer) is nn.Linear:
        return "linear"
    if type(layer) is nn.Conv2d and _is_pointwise(layer):
        return "convolution"
    return "other"


def _is_pointwise(layer: nn.Conv2d) -> bool:
    unpadded = layer.padding in ("valid", "same", (0, 0))  # "same" pads a kernel of one pixel by nothing
    return (layer.kernel_size, layer.stride, layer.groups) == ((1, 1), (1, 1), 1) and unpadded
