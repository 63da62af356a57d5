"""The names of the classes a network tells apart, read from the source of its weights."""

from __future__ import annotations

import torchvision

from core.zoo.catalog import ModelCard


def labels(card: ModelCard) -> tuple[str, ...]:
    """Class names in the order of the logits; for ImageNet 1,000 of them."""
    return tuple(torchvision.models.get_weight(card.entry).meta["categories"])
