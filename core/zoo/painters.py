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
            "picture they are finer, and on a small one a face is lost under them."
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
        score="On 174 of VOC's animal photos the style loss falls from 1.23 to 0.22",
    ),
    _painter(
        "mosaic",
        size=855_446,
        digest="13ad883c5557fe8b54383881d0c548838f32b0d1fd1a78698268a8f810a2f1ce",
        score="On 174 of VOC's animal photos the style loss falls from 1.37 to 0.13",
    ),
    _painter(
        "hatching",
        size=855_198,
        digest="7a97d4bb1bfce7fe8055f8abb3c8d88518bef042c53adaceb1b700bcd42b639b",
        score="On 174 of VOC's animal photos the style loss falls from 1.31 to 0.25",
    ),
)
"""In the order of the tray of styles."""


def painter_of(style_key: str) -> ModelCard | None:
    """The network that learned the style with this key; None where none has."""
    return next((row for row in ROWS if style_of(row) == style_key), None)


def style_of(row: ModelCard) -> str:
    """The key of the style that a network of `ROWS` has learned."""
    return row.key.removeprefix(PREFIX)
