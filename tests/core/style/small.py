"""A network of three layers and pictures for it, small enough for milliseconds."""

import torch
from torch import nn

from core.networks.chain import Chain, frozen
from core.style.features import Features, features_of
from core.style.settings import StyleSettings

LAYERS = ("one", "two")
SETTINGS = StyleSettings(
    content_layers={"two": 1.0}, style_layers={"one": 1.0, "two": 1.0}, octaves=1, side=64, steps=6, rate=0.05
)


def chain() -> Chain:
    with torch.random.fork_rng():
        torch.manual_seed(0)
        layers = (nn.Conv2d(3, 6, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(6, 8, 3, padding=1), nn.Tanh())
        return frozen(Chain(dict(zip(("zero", "one", "pool", "deep", "two"), layers, strict=True))))


def network() -> Features:
    return features_of(chain())


def picture(seed: int = 0, height: int = 20, width: int = 28) -> torch.Tensor:
    """Smooth, as photos are."""
    rough = torch.rand(1, 3, 5, 7, generator=torch.Generator().manual_seed(seed))
    return nn.functional.interpolate(rough, (height, width), mode="bilinear", align_corners=False)
