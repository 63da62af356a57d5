"""Learning to paint in one style: a small network is shown photos, and what it makes of them is measured as in the lab.

Johnson, Alahi and Fei-Fei, Perceptual Losses for Real-Time Style Transfer and Super-Resolution, 2016, section 3, with the
losses of `core.style.losses`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from core.errors import StartError
from core.images.octaves import fitted
from core.images.resize import stretch
from core.networks.style_network import StyleNetwork
from core.style.features import Features
from core.style.losses import content_loss, energy, gram, style_loss, variation_loss
from training.checkpoints import moments, part, remember
from training.data import Split, read

CONTENT = "features.7"
STYLE = ("features.1", "features.4", "features.7", "features.12")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaintingRecipe:
    """How a style is learned, from `batch` photos of `side` x `side` pixels at a time.

    `style_side` are the pixels of the longest side of the style's picture. The `rate` of Adam falls along a cosine to a
    hundredth while the minutes run out.
    """

    side: int = 192
    batch: int = 4
    style_side: int = 320
    rate: float = 2e-3
    content: float = 1.0
    style: float = 3.0
    total_variation: float = 1.5
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Lesson:
    """The loss of one batch and its three parts."""

    total: float
    content: float
    style: float
    total_variation: float


class Teacher:
    """What a painted picture is measured by: its content against the photo's, its style against that of one picture."""

    def __init__(self, features: Features, style: Float[Tensor, "1 3 h w"], style_side: int) -> None:
        self._features = features
        with torch.no_grad():
            maps = features(fitted(style, style_side), STYLE)
            self._wanted: Mapping[str, Tensor] = {name: gram(maps[name]) for name in STYLE}

    def losses(
        self, made: Float[Tensor, "n 3 h w"], photos: Float[Tensor, "n 3 h w"]
    ) -> tuple[Float[Tensor, ""], Float[Tensor, ""], Float[Tensor, ""]]:
        """Of content, style and total variation, of pictures `made` from `photos`, both in [0, 1]."""
        with torch.no_grad():
            seen = self._features(photos, STYLE)
            energies = {name: energy(gram(seen[name])) for name in STYLE}
        maps = self._features(made, STYLE)
        styles = [style_loss(gram(maps[name]), self._wanted[name], energies[name]) for name in STYLE]
        return content_loss(maps[CONTENT], seen[CONTENT]), torch.stack(styles).mean(), variation_loss(made)


class Painting:
    """A network that learns one style, and how far it is: `step` batches."""

    def __init__(self, features: Features, style: Float[Tensor, "1 3 h w"], recipe: PaintingRecipe) -> None:
        torch.manual_seed(recipe.seed)
        self.recipe, self.step = recipe, 0
        self.network = StyleNetwork().to(style.device).train()
        self._teacher = Teacher(features, style, recipe.style_side)
        self._optimiser = torch.optim.Adam(self.network.parameters(), lr=recipe.rate)

    def learn(self, photos: Float[Tensor, "n 3 h w"], done: float) -> Lesson:
        """One batch, when the part `done` of the time, from 0 to 1, is over.

        Raises:
            StartError: the loss is not a number any more.
        """
        recipe = self.recipe
        self._optimiser.param_groups[0]["lr"] = recipe.rate * (0.505 + 0.495 * math.cos(math.pi * min(1.0, done)))
        parts = self._teacher.losses(self.network(photos), photos)
        weights = (recipe.content, recipe.style, recipe.total_variation)
        total = torch.stack([weight * one for weight, one in zip(weights, parts, strict=True)]).sum()
        if not bool(total.isfinite()):
            raise StartError(f"The loss is no longer a number after {self.step} batches.", "Choose a smaller rate.")
        self._optimiser.zero_grad(set_to_none=True)
        total.backward()
        self._optimiser.step()
        self.step += 1
        return Lesson(total.item(), *(one.item() for one in parts))

    def tensors(self) -> dict[str, Tensor]:
        """All that a checkpoint needs."""
        network = {f"network.{name}": value for name, value in self.network.state_dict().items()}
        return {**network, **{f"optimiser.{name}": value for name, value in moments(self._optimiser).items()}}

    def restore(self, tensors: Mapping[str, Tensor], step: int) -> None:
        """Go on from a checkpoint that was written after `step` batches."""
        self.network.load_state_dict(part(tensors, "network."))
        remember(self._optimiser, part(tensors, "optimiser."))
        self.step = step


def photos_to_learn(data: Path) -> list[Path]:
    """Every JPEG in a folder and below it, but for those to judge by, in the order of their paths.

    Raises:
        StartError: there is none.
    """
    return _photos(data, judged=False)


def photos_to_judge(data: Path) -> list[Path]:
    """The others: those that no network learned from.

    Raises:
        StartError: there is none.
    """
    return _photos(data, judged=True)


def batch_of(files: Sequence[Path], step: int, recipe: PaintingRecipe) -> Float[Tensor, "n 3 side side"]:
    """The photos of batch number `step`, in [0, 1]: all of them once before any comes again, cut out by chance, half mirrored.

    Every draw is made of seed and number, so a training that was interrupted goes on with the same pictures.
    """
    return torch.stack([_example(files, step * recipe.batch + place, recipe) for place in range(recipe.batch)])


def _photos(data: Path, *, judged: bool) -> list[Path]:
    files = sorted(
        path for path in data.rglob("*.jp*g") if (Split.VALIDATION.value in path.relative_to(data).parts) is judged
    )
    if not files:
        raise StartError(f"There are no photos in {data}.", "Name a folder with JPEG files.")
    return files


def _example(files: Sequence[Path], number: int, recipe: PaintingRecipe) -> Float[Tensor, "3 side side"]:
    epoch, place = divmod(number, len(files))
    file = files[np.random.default_rng((recipe.seed, epoch)).permutation(len(files))[place]]
    rng = np.random.default_rng((recipe.seed, epoch, place))
    photo = read(file)[None].float() / 255
    height, width = photo.shape[2:]
    factor = recipe.side * rng.uniform(1.0, 1.3) / min(height, width)
    large = stretch(
        photo, height=max(recipe.side, round(height * factor)), width=max(recipe.side, round(width * factor))
    )
    top, left = (int(rng.integers(0, side - recipe.side + 1)) for side in large.image.shape[2:])
    cut = large.image[0, :, top : top + recipe.side, left : left + recipe.side]
    return cut.flip(2) if rng.random() < 0.5 else cut
