"""Which layers of which network measure content and style, and how a painting begins with each of them. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import ModelError
from core.style.settings import StyleSettings


@dataclass(frozen=True, slots=True)
class StyleLayers:
    """The layers of the network `model`: those that may measure content, from fine to coarse, and those of the style.

    `usual` is the content layer that is used where nobody chooses another.
    """

    model: str
    content: tuple[str, ...]
    usual: str
    style: tuple[str, ...]


_SQUEEZED = ("features.1", "features.4", "features.7", "features.12")
_GATYS = ("features.1", "features.6", "features.11", "features.20", "features.29")

STYLE_LAYERS = (
    StyleLayers("lab-trunk", _SQUEEZED, "features.7", _SQUEEZED),
    StyleLayers("squeezenet1_1-features", _SQUEEZED, "features.7", _SQUEEZED),
    StyleLayers("vgg19", (*_GATYS[:-1], "features.21", "features.29"), "features.21", _GATYS),
)
"""What ships with the lab comes first; the last are the layers of Gatys et al., 2016, under torchvision's names."""


def style_layers(model: str) -> StyleLayers:
    """The layers of a network.

    Raises:
        ModelError: style is not measured with it.
    """
    for row in STYLE_LAYERS:
        if row.model == model:
            return row
    choices = ", ".join(row.model for row in STYLE_LAYERS)
    raise ModelError(f"Style is not measured with '{model}'.", f"Choose one of these: {choices}.")


def usual_settings(model: str) -> StyleSettings:
    """The settings that a painting with this network begins with: all style layers count alike.

    Raises:
        ModelError: style is not measured with it.
    """
    row = style_layers(model)
    return StyleSettings(content_layers={row.usual: 1.0}, style_layers=dict.fromkeys(row.style, 1.0))
