"""From the scores of a segmenter to an answer for each pixel, and how sure that is.

Scores are logits of shape (classes, h, w).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from core.errors import SettingError
from core.segmentation.settings import IGNORE

CHUNK = 2**16
"""Pixels that are decided together, so that their scores stay in the cache of a processor."""


@dataclass(frozen=True, slots=True, eq=False)
class Certainty:
    """How sure each pixel is of its class.

    `entropy` is in bits: 0 for a single class, log2(classes) where all are equally probable; `share` is its part of that
    maximum, from 0 to 1. `margin` is how much more probable the best class is than the second, from 0 to 1. With one class
    alone the entropy is 0 and the margin 1.
    """

    entropy: Float[Tensor, "h w"]
    share: Float[Tensor, "h w"]
    margin: Float[Tensor, "h w"]

    def unsure(self, threshold: float) -> Bool[Tensor, "h w"]:
        """Where the best class leads by less than `threshold`: nowhere at 0, and at 1 everywhere but where it has it all.

        Raises:
            SettingError: `threshold` is outside [0, 1].
        """
        if not 0 <= threshold <= 1:
            raise SettingError(f"threshold must lie in [0, 1], got {threshold}.")
        return self.margin < threshold


def class_map(scores: Float[Tensor, "classes h w"]) -> UInt8[Tensor, "h w"]:
    """The class with the highest score of each pixel.

    Raises:
        SettingError: there are no classes, or more than 255: the last byte says that a pixel is ignored.
    """
    if not 1 <= len(scores) <= IGNORE:
        raise SettingError(f"There must be 1 to {IGNORE} classes, got {len(scores)}.")
    rows = max(1, CHUNK // max(1, scores.shape[2])) if scores.device.type == "cpu" else max(1, scores.shape[1])
    return torch.cat([_best(part) for part in scores.detach().split(rows, dim=1)])


def probabilities(scores: Float[Tensor, "classes h w"]) -> Float[Tensor, "classes h w"]:
    """The softmax over the classes: those of a pixel sum to 1."""
    return scores.softmax(dim=0)


def certainty(probabilities: Float[Tensor, "classes h w"]) -> Certainty:
    """How sure each pixel is, in 32 bits at least; those in half precision are good to about 0.001.

    Shannon, A Mathematical Theory of Communication, 1948, section 6.
    """
    shares = probabilities.float() if probabilities.dtype == torch.float16 else probabilities
    entropy = -torch.special.xlogy(shares, shares).sum(dim=0).div(math.log(2))
    entropy = entropy.clamp(min=0)  # sums of rounded numbers may end a little above 1
    if len(shares) == 1:
        return Certainty(entropy, entropy, torch.ones_like(entropy))
    best, second = shares.topk(2, dim=0).values
    return Certainty(entropy, (entropy / math.log2(len(shares))).clamp(max=1), best - second)


def _best(scores: Float[Tensor, "classes h w"]) -> UInt8[Tensor, "h w"]:
    """The first of the highest scores, plane by plane: torch's argmax over the first dimension takes 20 times as long."""
    best, labels = scores[0].clone(), torch.zeros(scores.shape[1:], dtype=torch.uint8, device=scores.device)
    for label, plane in enumerate(scores[1:], start=1):
        labels.masked_fill_(plane > best, label)
        torch.maximum(best, plane, out=best)
    return labels
