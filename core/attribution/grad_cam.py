"""Grad-CAM: where the last feature map speaks for a class, weighted by the gradient of the class score.

Selvaraju et al., Grad-CAM: Visual Explanations from Deep Networks via Gradient-based Localization, ICCV 2017.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn import functional

Head = Callable[[Tensor], Tensor]
Gradient = Callable[..., tuple[Tensor, ...]]


@dataclass(frozen=True, slots=True)
class GradCam:
    """The map of one class and what made it.

    `map` is the weighted sum of the feature maps after the ReLU: at least 0, in no fixed unit. `weights` has one value
    per feature map, `score` is the logit of class `target`.
    """

    map: Float[Tensor, "h w"]
    weights: Float[Tensor, " c"]
    target: int
    score: float
    logits: Float[Tensor, " classes"]


def grad_cam(
    features: Float[Tensor, "1 c h w"],
    head: Head,
    target: int | Int[Tensor, ""] | None = None,
    *,
    gradient: Gradient = torch.autograd.grad,
) -> GradCam:
    """Grad-CAM of class `target`, or of the class with the largest logit, from a feature map and the head above it.

    The caller computes `features` once without a graph (`torch.no_grad`, not inference mode); `head` turns them into
    logits of shape (1, classes) and is the only part that is differentiated. So another class costs one pass back
    through the head. `gradient` may replace `torch.autograd.grad`, to count its calls.

    Equations 1 and 2 of the paper: the weight of a map is the mean of d score / d map over positions, and the ReLU
    keeps what speaks for the class. The score is the logit, before the softmax.
    """
    with torch.enable_grad():
        leaf = features.detach().requires_grad_()
        logits = head(leaf)[0]
        chosen = int(logits.argmax() if target is None else target)
        (slope,) = gradient(logits[chosen], leaf)
    weights = slope[0].mean(dim=(1, 2))
    weighted = (weights[:, None, None] * features[0]).sum(dim=0)
    logits = logits.detach()
    return GradCam(weighted.relu(), weights, chosen, logits[chosen].item(), logits)


def upsample(map: Float[Tensor, "h w"], height: int, width: int) -> Float[Tensor, "height width"]:
    """The map at `height` x `width`, bilinear between the centres of its cells."""
    larger = functional.interpolate(map[None, None], size=(height, width), mode="bilinear", align_corners=False)
    return larger[0, 0]
