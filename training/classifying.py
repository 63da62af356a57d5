"""Learning to name what is on a picture: the lab's classifier."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor, nn
from torch.nn import functional

from core.device import seeded
from core.networks.squeezenet import SplitNetwork
from training.checkpoints import Progress
from training.data import Example, epoch_order
from training.loop import Training, Workshop
from training.pictures import EpochPictures, Variation, random_seed
from training.recipe import Recipe


class ClassifierTraining(Training):
    """Trains a trunk and a head with the labels of `training.data`."""

    recipe: Recipe
    network: SplitNetwork

    def __init__(self, network: SplitNetwork, recipe: Recipe, progress: Progress, shop: Workshop) -> None:
        super().__init__(network, recipe, progress, shop)

    def parts(self) -> tuple[nn.Module, nn.Module]:
        """Trunk and head."""
        return self.network.trunk, self.network.head

    def order(self, examples: Sequence[Example]) -> list[int]:
        """As many of each class as the recipe says."""
        labels = [example.label for example in examples]
        return epoch_order(labels, self.recipe.pictures(), seed=self.recipe.seed, epoch=self.progress.epoch)

    def pictures(self, examples: Sequence[Example], order: Sequence[int]) -> EpochPictures:
        """Varied pictures with their labels."""
        recipe, progress = self.recipe, self.progress
        start = progress.step * recipe.batch
        variation = Variation(least_area=recipe.least_area, hue=recipe.hue, blur=recipe.blur, pasted=recipe.pasted)
        return EpochPictures(examples, order, recipe.side, recipe.seed, progress.epoch, start, variation)

    def loss(self, batch: tuple[Tensor, Tensor], *, head_alone: bool) -> Float[Tensor, ""]:
        """Cross-entropy of the labels."""
        recipe, device = self.recipe, self.shop.device
        x, y = batch
        x = x.to(device, memory_format=torch.channels_last)
        with torch.autocast(device.type, torch.bfloat16, enabled=recipe.bfloat16):
            with torch.set_grad_enabled(not head_alone):
                features = self.network.trunk(x)
            logits = self.network.head(features * self.kept(features))
        return functional.cross_entropy(logits.float(), y.to(device), label_smoothing=recipe.smoothing)

    def kept(self, features: Float[Tensor, "n c h w"]) -> Float[Tensor, "n c 1 1"]:
        """Which feature maps the head gets at this step, scaled so that their mean stays; the same after a resume."""
        recipe, progress = self.recipe, self.progress
        seed = random_seed(recipe.seed, progress.epoch, progress.step, 1)
        drawn = torch.rand((*features.shape[:2], 1, 1), generator=seeded(seed, torch.device("cpu")))
        return ((drawn >= recipe.dropout) / (1 - recipe.dropout)).to(features)
