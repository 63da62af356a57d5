"""Grad-CAM and its kin: where a feature map speaks for a score, weighted by the gradient of that score.

`features` are computed once by the caller without a graph (`torch.no_grad`, not inference mode), and `head` goes on from
there: it is the only part that is differentiated, and must not write into its input. `grad_cam`, `grad_cam_plus_plus`
and `layer_cam` explain the logit of a class. For any other scalar, such as the score of one detection or the sum of a
class over a region of a segmentation, `record` the head once and have any number `explained`, each with one pass back.
`gradient` may replace `torch.autograd.grad`, to count its calls.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from functools import partial
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

Head = Callable[[Tensor], Tensor]
"""From features (1, c, h, w) to logits (1, classes)."""

Gradient = Callable[..., tuple[Tensor, ...]]


class Weighing(Enum):
    """How the slopes of a score become the weights of feature maps: `grad_cam`, `grad_cam_plus_plus`, `layer_cam`."""

    GRAD_CAM = "grad-cam"
    PLUS_PLUS = "grad-cam-plus-plus"
    LAYER = "layer-cam"


@dataclass(frozen=True, slots=True, eq=False)
class GradCam:
    """The map of one class and what made it.

    `map` is the weighted sum of the feature maps after the ReLU: at least 0, in no fixed unit. `weights` has one value
    per feature map, for LayerCAM one per cell of each; `score` is the logit of class `target`.
    """

    map: Float[Tensor, "h w"]
    weights: Float[Tensor, " c"] | Float[Tensor, "c h w"]
    target: int
    score: float
    logits: Float[Tensor, " classes"]


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """The map of one scalar and what made it: as `GradCam`, but `score` is any number made of what the head gives."""

    map: Float[Tensor, "h w"]
    weights: Float[Tensor, " c"] | Float[Tensor, "c h w"]
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Recorded:
    """What a head made of features, with the graph from `leaf`, the features, to `output`: any structure of tensors."""

    leaf: Float[Tensor, "1 c h w"]
    output: Any


def record(features: Float[Tensor, "1 c h w"], head: Callable[[Tensor], Any]) -> Recorded:
    """One pass through `head`. Of its output any number of scores can be `explained`, by many threads at once."""
    with torch.enable_grad():
        leaf = features.detach().requires_grad_()
        return Recorded(leaf, head(leaf))


def explained(
    recorded: Recorded,
    score: Callable[[Any], Tensor],
    weighing: Weighing = Weighing.GRAD_CAM,
    *,
    gradient: Gradient = torch.autograd.grad,
) -> Explanation:
    """The map of the scalar `score(recorded.output)`, for one pass back. See the function for each `weighing`.

    Raises:
        RuntimeError: the score is not one number, or does not depend on the features.
    """
    with torch.enable_grad():
        value = score(recorded.output)
    return _explained(recorded.leaf, value, weighing, partial(gradient, retain_graph=True))


def grad_cam(
    features: Float[Tensor, "1 c h w"],
    head: Head,
    target: int | Int[Tensor, ""] | None = None,
    *,
    gradient: Gradient = torch.autograd.grad,
) -> GradCam:
    """Grad-CAM of class `target`, or of the class with the largest logit.

    The weight of a map is the mean of d score / d map over positions, and the ReLU keeps what speaks for the class. The
    score is the logit, before the softmax.

    Selvaraju et al., Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization, ICCV 2017,
    equations 1 and 2.
    """
    return _of_class(features, head, target, Weighing.GRAD_CAM, gradient)


def grad_cam_plus_plus(
    features: Float[Tensor, "1 c h w"],
    head: Head,
    target: int | Int[Tensor, ""] | None = None,
    *,
    gradient: Gradient = torch.autograd.grad,
) -> GradCam:
    """Grad-CAM++ of class `target`, or of the class with the largest logit.

    Only positive slopes count, and those in a map of small sum count more, so that a second, smaller object keeps its
    weight. `features` are after a ReLU: where the values of a map add up to less than 0, the formula has a pole.

    The paper explains Y = exp(score), which makes the higher derivatives powers of the slope. Departure: `weights` and
    `map` are those of the paper divided by exp(score). It is one factor for the whole map, and no float32 from a score
    of 89 on.

    Chattopadhay et al., Grad-CAM++: Improved Visual Explanations for Deep Convolutional Networks, WACV 2018, section 3,
    with the closed form of equation 19.
    """
    return _of_class(features, head, target, Weighing.PLUS_PLUS, gradient)


def layer_cam(
    features: Float[Tensor, "1 c h w"],
    head: Head,
    target: int | Int[Tensor, ""] | None = None,
    *,
    gradient: Gradient = torch.autograd.grad,
) -> GradCam:
    """LayerCAM of class `target`, or of the class with the largest logit.

    Each cell of each map has a weight of its own, its slope where that is positive, so fine maps of early layers stay
    fine.

    Jiang et al., LayerCAM: Exploring Hierarchical Class Activation Maps for Localization, TIP 2021, section 3.
    """
    return _of_class(features, head, target, Weighing.LAYER, gradient)


def upsample(map: Float[Tensor, "h w"], height: int, width: int) -> Float[Tensor, "height width"]:
    """The map at `height` x `width`, bilinear between the centres of its cells."""
    larger = functional.interpolate(map[None, None], size=(height, width), mode="bilinear", align_corners=False)
    return larger[0, 0]


def _of_class(
    features: Tensor, head: Head, target: int | Tensor | None, weighing: Weighing, gradient: Gradient
) -> GradCam:
    recorded = record(features, head)
    logits = recorded.output.detach()[0]
    chosen = int(logits.argmax() if target is None else target)
    with torch.enable_grad():
        score = recorded.output[0, chosen]
    found = _explained(recorded.leaf, score, weighing, gradient)
    return GradCam(found.map, found.weights, chosen, found.score, logits)


def _explained(leaf: Tensor, score: Tensor, weighing: Weighing, gradient: Gradient) -> Explanation:
    (slope,) = gradient(score, leaf)
    maps = leaf.detach()[0]
    weights = _WEIGHTS[weighing](maps, slope[0])
    weighted = (weights if weights.ndim == 3 else weights[:, None, None]) * maps
    return Explanation(weighted.sum(dim=0).relu(), weights, score.item())


def _plus_plus(maps: Float[Tensor, "c h w"], slope: Float[Tensor, "c h w"]) -> Float[Tensor, " c"]:
    """The sum of alpha times the positive slope, over positions.

    Equation 19 is alpha = g^2 / (2 g^2 + sum(A) g^3). Divided by g^2 it needs no small number against 0 / 0 and does
    not underflow: the square of a slope of 1e-4 is already as small as the one that is commonly added below.
    """
    below = 2 + maps.sum(dim=(1, 2), keepdim=True) * slope
    return (slope.relu() / below.where(below != 0, 1)).sum(dim=(1, 2))


_WEIGHTS: dict[Weighing, Callable[[Tensor, Tensor], Tensor]] = {
    Weighing.GRAD_CAM: lambda maps, slope: slope.mean(dim=(1, 2)),
    Weighing.PLUS_PLUS: _plus_plus,
    Weighing.LAYER: lambda maps, slope: slope.relu(),
}
