"""Score-CAM: a feature map weighs as much as the score rises when the picture is seen through it. No gradients.

Wang et al., Score-CAM: Score-Weighted Visual Explanations for Convolutional Neural Networks, CVPR workshops 2020.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn import functional

from core.attribution.score_cam_settings import Increase, ScoreCamSettings
from core.steps import Run, Step

Network = Callable[[Tensor], Tensor]
"""From pictures (n, channels, height, width) to logits (n, classes)."""


@dataclass(frozen=True, slots=True, eq=False)
class ScoreCam:
    """The map of one class and what made it, on the CPU.

    `map` is the weighted sum of the feature maps after the ReLU. `weights` has one value per feature map, 0 for those
    not scored. `rises` has how far the score of the picture seen through each map lies above that of the baseline; NaN
    for those not scored. `score` is the logit of class `target` for the whole picture.
    """

    map: Float[Tensor, "h w"]
    weights: Float[Tensor, " c"]
    rises: Float[Tensor, " c"]
    target: int
    score: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ScoreCamStep(Step):
    """`done` of `total` maps are scored, the most active first; `cam` is what these make. The last step has them all."""

    done: int
    total: int
    cam: ScoreCam


def score_cam(
    features: Float[Tensor, "1 c h w"],
    network: Network,
    image: Float[Tensor, "channels height width"],
    target: int | Int[Tensor, ""] | None = None,
    *,
    baseline: Float[Tensor, "channels height width"] | None = None,
    settings: ScoreCamSettings | None = None,
    chunk: int = 16,
) -> ScoreCam:
    """Score-CAM of class `target`, or of the class with the largest logit: `score_cam_steps` to its end."""
    steps = score_cam_steps(features, network, image, target, baseline=baseline, settings=settings, chunk=chunk)
    *_, last = steps
    return last.cam


def score_cam_steps(
    features: Float[Tensor, "1 c h w"],
    network: Network,
    image: Float[Tensor, "channels height width"],
    target: int | Int[Tensor, ""] | None = None,
    *,
    baseline: Float[Tensor, "channels height width"] | None = None,
    settings: ScoreCamSettings | None = None,
    chunk: int = 16,
) -> Run[ScoreCamStep]:
    """Score the maps chunk by chunk and yield what they make so far.

    `features` are maps that `network` makes of `image` on its way to the logits. Each is brought to the size of the
    picture (bilinear), stretched to [0, 1] and multiplied with the picture. Where it is 0, the picture is 0 in its own
    unit: black for pixels, the mean colour for a normalised picture. `baseline` is what a rise is counted from, a
    picture of zeros where none is given. A map with one value everywhere hides the picture; the paper divides 0 by 0.

    `chunk` pictures pass the network at a time, which changes the answer by rounding alone. For another scalar than a
    logit, give a `network` with one output, and a `target` of 0.

    Section 3 and algorithm 1: the score is the logit, and the softmax runs over maps. `Increase.RAW` is the
    channel-wise increase of confidence that it starts from.

    Raises:
        ValueError: at the first step, if `chunk` is less than 1.
    """
    if chunk < 1:
        raise ValueError(f"chunk must be at least 1, got {chunk}")
    settings = settings or ScoreCamSettings()
    blank = torch.zeros_like(image) if baseline is None else baseline
    logits = _scored(network, torch.stack([image, blank]))
    chosen = int(logits[0].argmax() if target is None else target)
    maps = features.detach()[0].clone()  # the caller may write into its own between two steps
    order = maps.mean(dim=(1, 2)).argsort(descending=True, stable=True)[: settings.top]
    rises = maps.new_full((len(maps),), torch.nan)
    for index, start in enumerate(range(0, len(order), chunk)):
        part = order[start : start + chunk]
        seen = image * _masks(maps[part], *image.shape[1:])
        rises[part] = _scored(network, seen)[:, chosen] - logits[1, chosen]
        weights = _weights(rises, order[: start + chunk], settings.increase)
        map = (weights[:, None, None] * maps).sum(dim=0).relu()
        cam = ScoreCam(map.cpu(), weights.cpu(), rises.cpu().clone(), chosen, logits[0, chosen].item())
        yield ScoreCamStep(index=index, done=min(start + chunk, len(order)), total=len(order), cam=cam)


def _scored(network: Network, pictures: Float[Tensor, "n channels height width"]) -> Float[Tensor, "n classes"]:
    with torch.no_grad():  # never across a yield: the mode belongs to the thread, not to the run
        return network(pictures)


def _masks(maps: Float[Tensor, "k h w"], height: int, width: int) -> Float[Tensor, "k 1 height width"]:
    larger = functional.interpolate(maps[:, None], size=(height, width), mode="bilinear", align_corners=False)
    low, high = larger.amin(dim=(2, 3), keepdim=True), larger.amax(dim=(2, 3), keepdim=True)
    flat: Bool[Tensor, "k 1 1 1"] = high == low
    return (larger - low) / (high - low).masked_fill(flat, 1)


def _weights(rises: Float[Tensor, " c"], done: Int[Tensor, " k"], increase: Increase) -> Float[Tensor, " c"]:
    """A weight for each map: 0 for those that are not `done`."""
    weights = torch.zeros_like(rises)
    weights[done] = rises[done].softmax(dim=0) if increase is Increase.SOFTMAX else rises[done]
    return weights
