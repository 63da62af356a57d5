"""The catalogue of networks: adding one is adding a row.

Importing this module does not import torch: a card names the code it needs, and the cache looks it up.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from core.errors import ModelError


class Task(Enum):
    """What a network answers."""

    CLASSIFICATION = "classification"


class Source(Enum):
    """Whose weights they are, and so whose names and loader they follow."""

    TORCHVISION = "torchvision"


@dataclass(frozen=True, slots=True)
class CamLayer:
    """The layer that class activation maps are made of: its name in the source's network, and what it sees."""

    name: str
    meaning: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelCard:
    """All there is to know of a network before it is loaded.

    Photos are resized to `resize` pixels at their shorter side, then `input_size` x `input_size` pixels are cut from
    the middle. `builder` is "module:function", called with the state of the weights. `entry` is the name of the
    weights at their source. `size` is the download in bytes.
    """

    key: str
    title: str
    task: Task
    source: Source
    entry: str
    builder: str
    resize: int
    input_size: int
    parameters: int
    size: int
    host: str
    file: str
    licence: str
    citation: str
    cam_layer: CamLayer

    @property
    def megabytes(self) -> str:
        """The size of the download in words, such as "4.7 MB"."""
        return f"{self.size / 2**20:.1f} MB"


CARDS = (
    ModelCard(
        key="squeezenet1_1",
        title="SqueezeNet 1.1",
        task=Task.CLASSIFICATION,
        source=Source.TORCHVISION,
        entry="SqueezeNet1_1_Weights.IMAGENET1K_V1",
        builder="core.networks.squeezenet:squeezenet_1_1",
        resize=256,
        input_size=224,
        parameters=1_235_496,
        size=4_958_716,  # torchvision states 4.729 MB
        host="download.pytorch.org",
        file="squeezenet1_1-b8a52dc0.pth",
        licence="BSD 3-Clause with torchvision; trained on ImageNet, whose pictures are for non-commercial research",
        citation=(
            "Iandola et al., SqueezeNet: AlexNet-level accuracy with 50x fewer parameters and <0.5MB model size, "
            "2016, arXiv:1602.07360"
        ),
        cam_layer=CamLayer(
            "features.12",
            "The last Fire module: 512 maps of 13 × 13, one cell for every 16 pixels of the picture.",
        ),
    ),
)
"""Every network of the lab."""


def card(key: str) -> ModelCard:
    """The card of the network `key`.

    Raises:
        ModelError: there is no such network; the advice lists those there are.
    """
    for row in CARDS:
        if row.key == key:
            return row
    choices = ", ".join(row.key for row in CARDS)
    raise ModelError(f"The lab has no network called '{key}'.", f"Choose one of these: {choices}.")
