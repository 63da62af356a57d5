"""What a painting is measured against, and the loss with its parts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from core.style.features import Features
from core.style.losses import content_loss, energy, gram, mixed, style_loss, variation_loss
from core.style.settings import StyleSettings, Weights


@dataclass(frozen=True, slots=True)
class Losses:
    """The loss of one picture. Each part is relative (`core.style.losses`) and without its weight in the sum.

    `content` and `style` are the weighted means of their layers, `content_layers` and `style_layers` each of them, by
    name. A part without any layer is 0. `total` is the weighted sum that falls.
    """

    total: float
    content: float
    style: float
    total_variation: float
    content_layers: Mapping[str, float]
    style_layers: Mapping[str, float]

    def under(self, settings: StyleSettings) -> Losses:
        """The loss of the same picture with the weights of `settings`. A part whose layers were not all measured stays."""
        content = _weighted(self.content_layers, settings.content_layers, self.content)
        style = _weighted(self.style_layers, settings.style_layers, self.style)
        total = settings.content * content + settings.style * style + settings.total_variation * self.total_variation
        return replace(self, total=total, content=content, style=style)


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """The loss with its graph, and all its numbers. `total` has no graph where nothing has a weight."""

    total: Float[Tensor, ""]
    losses: Losses


@dataclass(frozen=True, slots=True, eq=False)
class Targets:
    """What is wanted at one size, by layer: the content's maps, and for each style its Gram matrices.

    `energies` are those of the content's own Gram matrices.
    """

    content: Mapping[str, Tensor]
    styles: tuple[Mapping[str, Tensor], ...]
    energies: Mapping[str, Tensor]
    layers: tuple[str, ...]

    def measure(self, features: Features, picture: Float[Tensor, "1 c h w"], settings: StyleSettings) -> Measured:
        """The loss of a picture in [0, 1]; one channel stands for three alike."""
        maps = features(picture.expand(-1, 3, -1, -1), self.layers)
        shares = settings.shares(len(self.styles))
        content = {name: content_loss(maps[name], self.content[name]) for name in settings.content_layers}
        style = {
            name: style_loss(
                gram(maps[name]), mixed([grams[name] for grams in self.styles], shares), self.energies[name]
            )
            for name in settings.style_layers
        }
        variation = variation_loss(picture)
        parts = (
            (settings.content, _mean(content, settings.content_layers, variation)),
            (settings.style, _mean(style, settings.style_layers, variation)),
            (settings.total_variation, variation),
        )
        total = sum((weight * part for weight, part in parts if weight), variation.new_zeros(()))
        return Measured(total, _told(total, [part for _, part in parts], content, style))


def targets(
    features: Features,
    content: Float[Tensor, "1 c h w"],
    styles: Sequence[Float[Tensor, "1 c _ _"]],
    settings: StyleSettings,
) -> Targets:
    """What content and styles, all in [0, 1], look like to the network: one pass for each of them.

    Raises:
        ModelError: the network has no such layer.
    """
    with torch.no_grad():
        maps = features(content.expand(-1, 3, -1, -1), settings.layers)
        seen = [features(style.expand(-1, 3, -1, -1), tuple(settings.style_layers)) for style in styles]
        grams = tuple({name: gram(one) for name, one in found.items()} for found in seen)
        energies = {name: energy(gram(maps[name])) for name in settings.style_layers}
    wanted = {name: maps[name] for name in settings.content_layers}
    return Targets(wanted, grams, energies, settings.layers)


def _mean(parts: Mapping[str, Tensor], weights: Weights, like: Tensor) -> Float[Tensor, ""]:
    """The weighted mean; 0 without weights. What has no weight takes no part in the graph."""
    heaviest = sum(weights.values())
    shares = ((weights[name] / heaviest, part) for name, part in parts.items() if weights[name])
    return sum((share * part for share, part in shares), like.new_zeros(()))


def _weighted(parts: Mapping[str, float], weights: Weights, otherwise: float) -> float:
    """The weighted mean of numbers; 0 without weights, `otherwise` where one is missing."""
    heaviest = sum(weights.values())
    if not all(name in parts for name, weight in weights.items() if weight):
        return otherwise
    return sum(weight * parts[name] for name, weight in weights.items() if weight) / heaviest if heaviest else 0.0


def _told(total: Tensor, parts: list[Tensor], content: Mapping[str, Tensor], style: Mapping[str, Tensor]) -> Losses:
    """All numbers with one wait for the device."""
    numbers = torch.stack([number.detach() for number in (total, *parts, *content.values(), *style.values())]).tolist()
    whole, *three = numbers[:4]
    of_content, of_style = numbers[4 : 4 + len(content)], numbers[4 + len(content) :]
    return Losses(
        total=whole,
        content=three[0],
        style=three[1],
        total_variation=three[2],
        content_layers=dict(zip(content, of_content, strict=True)),
        style_layers=dict(zip(style, of_style, strict=True)),
    )
