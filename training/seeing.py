"""Learning to find things and to outline them: the lab's own detectors and segmenter, on one trunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn
from torch.nn import functional

from core.detection.grid import COURSE, FINER, Grid
from core.detection.loss import Objects, Terms, grid_loss
from core.detection.targets import Positives, assign
from core.networks.fcn import FcnScores
from core.networks.lab_vision import LabVision
from core.networks.yolo import taken_apart
from training.checkpoints import Progress
from training.loop import Training, Workshop
from training.recipe import Schedule
from training.scenes import UNJUDGED, EpochScenes, Marked, Scene

SIDE = 224


@dataclass(frozen=True, slots=True, kw_only=True)
class VisionRecipe(Schedule):
    """How detectors and segmenter are trained together. Each epoch takes every photo `rounds` times."""

    epochs: int = 40
    batch: int = 32
    rate: float = 2e-4
    head_factor: float = 5.0
    averaging: float = 0.998
    rounds: int = 1
    outlines: float = 1.0
    """How much the three losses of the segmenter count, beside those of the detectors."""


@dataclass(frozen=True, slots=True)
class MarkedBatch:
    """Several marked pictures."""

    pictures: Float[Tensor, "n 3 h w"]
    objects: list[Objects]
    masks: UInt8[Tensor, "n h w"]


class VisionTraining(Training):
    """Trains one trunk with two detectors and a segmenter above it."""

    recipe: VisionRecipe
    network: LabVision

    def __init__(
        self, network: LabVision, names: Sequence[str], recipe: VisionRecipe, progress: Progress, shop: Workshop
    ) -> None:
        super().__init__(network, recipe, progress, shop)
        self.names = names

    def parts(self) -> tuple[nn.Module, nn.Module]:
        """The trunk, and all that is new."""
        new = [part for name, part in self.network.named_children() if name != "trunk"]
        return self.network.trunk, nn.ModuleList(new)

    def order(self, examples: Sequence[Scene]) -> list[int]:
        """Every photo, in an order of its own for each epoch."""
        rng = np.random.default_rng((self.recipe.seed, self.progress.epoch))
        return [int(row) for _ in range(self.recipe.rounds) for row in rng.permutation(len(examples))]

    def pictures(self, examples: Sequence[Scene], order: Sequence[int]) -> EpochScenes:
        """Varied pictures with their boxes and masks."""
        recipe, progress = self.recipe, self.progress
        start = progress.step * recipe.batch
        return EpochScenes(examples, self.names, order, SIDE, recipe.seed, progress.epoch, start)

    @staticmethod
    def gathered(rows: list[Marked]) -> MarkedBatch:
        """A batch of marked pictures."""
        return MarkedBatch(
            torch.stack([row.picture for row in rows]),
            [row.objects for row in rows],
            torch.stack([row.mask for row in rows]),
        )

    def loss(self, batch: MarkedBatch, *, head_alone: bool) -> Float[Tensor, ""]:
        """Both detectors and the three answers of the segmenter, added."""
        recipe, device = self.recipe, self.shop.device
        x = batch.pictures.to(device, memory_format=torch.channels_last)
        objects = [Objects(one.boxes.to(device), one.classes.to(device)) for one in batch.objects]
        with torch.autocast(device.type, torch.bfloat16, enabled=recipe.bfloat16):
            fine, features = self.network.depths(x, graph=not head_alone)
            answer = self.network.answers(fine, features)
        coarse = detector_loss(answer.at_7, objects, COURSE, Positives.ACTIVATED)
        finer = detector_loss(answer.at_14, objects, FINER, Positives.OVERLAPPING)
        outlines = segmenter_loss(answer.scores, batch.masks.to(device))
        return coarse.total() + finer.total() + recipe.outlines * outlines


def detector_loss(output: Tensor, objects: Sequence[Objects], grid: Grid, rule: Positives) -> Terms:
    """The loss of one grid head on a batch."""
    targets = [assign(one.boxes, grid, rule) for one in objects]
    return grid_loss(taken_apart(output.float(), len(grid.shapes)), objects, targets, grid)


def segmenter_loss(scores: FcnScores, masks: UInt8[Tensor, "n h w"]) -> Float[Tensor, ""]:
    """The mean cross-entropy of a judged pixel, at 32s, 16s and 8s, added. Each is judged, so each can be shown."""
    wanted = masks.long()
    count = (wanted != UNJUDGED).sum().clamp(min=1)
    losses = [
        functional.cross_entropy(one.float(), wanted, ignore_index=UNJUDGED, reduction="sum") / count for one in scores
    ]
    return torch.stack(losses).sum()
