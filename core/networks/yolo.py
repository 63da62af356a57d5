"""The single-shot grid head as the course builds it: for each cell of the feature map its anchors and one class.

Redmon and Farhadi, YOLO9000: Better, Faster, Stronger, 2017, section 2, with the classes of a cell shared by its
anchors as in Redmon et al., You Only Look Once, 2016.
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor, nn


class GridAnswer(NamedTuple):
    """The output of the head, taken apart: logits of confidence, offsets, logits of the classes of each cell."""

    confidence: Float[Tensor, "n anchors rows cols"]
    offsets: Float[Tensor, "n anchors 4 rows cols"]
    classes: Float[Tensor, "n classes rows cols"]


def taken_apart(output: Float[Tensor, "n channels rows cols"], anchors: int) -> GridAnswer:
    """Confidence, offsets and classes: of the channels the first A, the next 4 A, and the rest."""
    count, _, rows, cols = output.shape
    offsets = output[:, anchors : 5 * anchors].reshape(count, anchors, 4, rows, cols)
    return GridAnswer(output[:, :anchors], offsets, output[:, 5 * anchors :])


def stage(channels: int, width: int, *, stride: int) -> nn.Sequential:
    """Two convolutions that bring a feature map to a detector's grid: a narrow 1 x 1 and a 3 x 3 with the stride."""
    return nn.Sequential(
        nn.Conv2d(channels, width, 1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
        nn.Conv2d(width, width, 3, stride=stride, padding=1, bias=False),
        nn.BatchNorm2d(width),
        nn.ReLU(),
    )


def prediction(width: int, *, anchors: int, classes: int) -> nn.Sequential:
    """The prediction network: two 1 x 1 convolutions to `5 * anchors + classes` channels.

    It begins with a confidence of 1 % everywhere, since almost every anchor is background (Lin et al., Focal Loss for Dense
    Object Detection, 2017, section 4.1).
    """
    last = nn.Conv2d(256, 5 * anchors + classes, 1)
    bias = torch.zeros(5 * anchors + classes)
    bias[:anchors] = -4.6
    last.bias = nn.Parameter(bias)
    if not last.weight.is_meta:  # a state replaces it; to draw it there, torch would import its compiler: a second
        nn.init.normal_(last.weight, std=0.01)
    return nn.Sequential(nn.Conv2d(width, 256, 1), nn.ReLU(), last)
