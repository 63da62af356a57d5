"""One trunk and three heads that were trained together: two detectors and a segmenter of the lab's own.

The trunk is that of the lab's classifier. For an input of 224 x 224 its maps have 28 x 28 cells after `features.7` and
14 x 14 at its end; a stage with stride 2 makes 7 x 7 of these.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, cast

import torch
from jaxtyping import Float
from torch import Tensor, nn

from core.networks.chain import Chain, built, frozen, named
from core.networks.fcn import DepthScores, FcnHead, FcnScores
from core.networks.lab_classifier import MAPS, lab_classifier
from core.networks.vision_classes import DETECTED, SEGMENTED
from core.networks.yolo import prediction, stage

FINE = 7  # of the trunk: its layer with 28 x 28 cells
FINE_MAPS = 256
WIDTH = 192
ANCHORS = 9


class VisionAnswer(NamedTuple):
    """What all heads say: the raw output of the detector on 7 x 7 and on 14 x 14 cells, and the segmenter's scores."""

    at_7: Float[Tensor, "n channels rows7 cols7"]
    at_14: Float[Tensor, "n channels rows14 cols14"]
    scores: FcnScores


class LabVision(nn.Module):
    """All of it, as it is trained. The names of its parts are those of the weights."""

    def __init__(self) -> None:
        super().__init__()
        self.trunk: nn.Sequential = cast("nn.Sequential", lab_classifier().trunk)
        self.coarse = stage(MAPS, WIDTH, stride=2)
        self.grid_7 = prediction(WIDTH, anchors=ANCHORS, classes=len(DETECTED))
        self.middle = stage(MAPS, WIDTH, stride=1)
        self.grid_14 = prediction(WIDTH, anchors=ANCHORS, classes=len(DETECTED))
        self.fcn = FcnHead((FINE_MAPS, MAPS, WIDTH), len(SEGMENTED))

    def depths(
        self, x: Float[Tensor, "n 3 h w"], *, graph: bool = True
    ) -> tuple[Float[Tensor, "n fine h8 w8"], Float[Tensor, "n maps h16 w16"]]:
        """The trunk's maps at strides 8 and 16; with a graph to differentiate, or without."""
        with torch.set_grad_enabled(graph and torch.is_grad_enabled()):
            fine = self.trunk[: FINE + 1](x)
            return fine, self.trunk[FINE + 1 :](fine)

    def answers(self, fine: Float[Tensor, "n fine h8 w8"], features: Float[Tensor, "n maps h16 w16"]) -> VisionAnswer:
        """The answers of all heads to the trunk's maps."""
        coarse = self.coarse(features)
        return VisionAnswer(self.grid_7(coarse), self.grid_14(self.middle(features)), self.fcn(fine, features, coarse))

    def forward(self, x: Float[Tensor, "n 3 h w"]) -> VisionAnswer:
        """The answers of all heads to pictures that are normalised as ImageNet's are."""
        return self.answers(*self.depths(x))


class LabFcn(nn.Module):
    """The segmenter alone: `forward` gives the answer with all three depths, `scores` all three answers."""

    def __init__(self, network: LabVision) -> None:
        super().__init__()
        self.trunk, self.coarse, self.fcn = network.trunk, network.coarse, network.fcn

    def maps(
        self, x: Float[Tensor, "n 3 h w"]
    ) -> tuple[Float[Tensor, "n fine h8 w8"], Float[Tensor, "n maps h16 w16"]]:
        """The trunk's maps at strides 8 and 16."""
        fine = self.trunk[: FINE + 1](x)
        return fine, self.trunk[FINE + 1 :](fine)

    def scores(self, x: Float[Tensor, "n 3 h w"]) -> FcnScores:
        """Logits for each pixel at 32s, 16s and 8s. The sides of `x` are multiples of 32."""
        fine, features = self.maps(x)
        return self.fcn(fine, features, self.coarse(features))

    def depths(self, x: Float[Tensor, "n 3 h w"]) -> DepthScores:
        """The same at their true sizes, a cell for every 32, 16 and 8 pixels."""
        fine, features = self.maps(x)
        return self.fcn.depths(fine, features, self.coarse(features))

    def answer(
        self, fine: Float[Tensor, "n fine h8 w8"], features: Float[Tensor, "n maps h16 w16"]
    ) -> Float[Tensor, "n classes h w"]:
        """Logits for each pixel at 8s, from the trunk's maps."""
        return self.fcn(fine, features, self.coarse(features)).at_8

    def forward(self, x: Float[Tensor, "n 3 h w"]) -> Float[Tensor, "n classes h w"]:
        """Logits for each pixel, at 8s."""
        return self.scores(x).at_8


def lab_yolo(state: Mapping[str, Tensor] | None = None) -> Chain:
    """The course's detector: raw output of 7 x 7 cells for an input of 224 x 224. A foreign state is a RuntimeError.

    Layers are named features.0 to features.12, coarse and grid.
    """
    network = built(LabVision, state)
    return frozen(Chain({**named("features", network.trunk), "coarse": network.coarse, "grid": network.grid_7}))


def lab_yolo_14(state: Mapping[str, Tensor] | None = None) -> Chain:
    """The same head on the trunk's own 14 x 14 cells. Layers are named features.0 to features.12, middle and grid."""
    network = built(LabVision, state)
    return frozen(Chain({**named("features", network.trunk), "middle": network.middle, "grid": network.grid_14}))


def lab_fcn(state: Mapping[str, Tensor] | None = None) -> LabFcn:
    """The segmenter. A state of another network is a RuntimeError."""
    return frozen(LabFcn(built(LabVision, state)))
