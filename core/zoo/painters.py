"""Rows of the catalogue: networks that paint a photo in one style in a single pass. Torch-free."""

from __future__ import annotations

from core.zoo.model_card import ModelCard, Source, Task, View

PREFIX = "paint-"


def _painter(style: str, *, size: int, digest: str, score: str) -> ModelCard:
    """The row of the network that learned `style`, the key of a picture of `core.images.styles`."""
    return ModelCard(
        key=f"{PREFIX}{style}",
        title=f"Lab painter, {style}",
        task=Task.PAINT,
        source=Source.BUNDLED,
        builder="core.networks.style_network:style_network",
        file=f"{PREFIX}{style}.safetensors",
        size=size,
        digest=digest,
        class_count=0,
        view=View.FIT,
        resize=400,
        plain=True,
        parameters=424_899,
        score=score,
        limits=(
            "Learned from photos with animals, 128 pixels at a time: its strokes keep their width in pixels, so on a larger "
            "picture they are finer. Plain areas may lose their own brightness."
        ),
        licence=(
            "MIT with Vision Lab; taught by the lab classifier's features, which began with torchvision's SqueezeNet 1.1 "
            "(BSD 3-Clause) and have seen pictures of ImageNet, which are for non-commercial research, on photos of PASCAL "
            "VOC, under Flickr's terms of use"
        ),
        citation=(
            "Johnson et al., Perceptual Losses for Real-Time Style Transfer and Super-Resolution, 2016, arXiv:1603.08155; "
            "Ulyanov et al., Instance Normalization: The Missing Ingredient for Fast Stylization, 2016, arXiv:1607.08022"
        ),
    )


ROWS = (
    _painter(
        "waves",
        size=855_438,
        digest="bfb8c928da46ef079a15c653144e371cd527eca12a2b7727920f7f596f67814a",
        score="On 174 photos",
    ),
    _painter(
        "mosaic",
        size=855_198,
        digest="f46001158223e40293ca85c47b495444f22f385ed11ac2a48437cac40beffaf6",
        score="On 174 photos",
    ),
    _painter(
        "hatching",
        size=855_198,
        digest="e6feb466a3c177cb04ab4ebc95dda474ea4d27b1e43de3d5ee1c6c31eb0cfa26",
        score="On 174 photos",
    ),
)
"""In the order of the tray of styles."""


def painter_of(style_key: str) -> ModelCard | None:
    """The network that learned the style with this key; None where none has."""
    return next((row for row in ROWS if style_of(row) == style_key), None)


def style_of(row: ModelCard) -> str:
    """The key of the style that a network of `ROWS` has learned."""
    return row.key.removeprefix(PREFIX)
