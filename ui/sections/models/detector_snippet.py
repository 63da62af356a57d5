"""The lines that reproduce a detector of torchvision, with torch and torchvision alone."""

from __future__ import annotations

from core.zoo.model_card import ModelCard, View

_PARTS = {
    "SSDLite320_MobileNet_V3_Large_Weights": ("ssdlite320_mobilenet_v3_large", "nms_thresh=0.5"),
    "FasterRCNN_MobileNet_V3_Large_320_FPN_Weights": ("fasterrcnn_mobilenet_v3_large_320_fpn", "box_nms_thresh=0.5"),
}
"""The function of torchvision that takes these weights, and how it is told the lab's IoU threshold."""


def detect(card: ModelCard, opening: str, least: float, *, height: int, width: int) -> str:
    """Prints `place class = score`, and below it the box, for what a detector finds on the photo that `opening` opens.

    The photo has `height` x `width` pixels. From 0.5 on no box can be of two classes, which the lab never says.

    Raises:
        ValueError: these are no weights of a detector of torchvision.
    """
    weights = card.entry.split(".")[0]
    if weights not in _PARTS:
        raise ValueError(f"{card.key} is no detector of torchvision")
    function, threshold = _PARTS[weights]
    return f"""import torch
from PIL import Image
from torchvision.models.detection import {weights}, {function}
from torchvision.transforms.functional import resize, to_tensor

weights = {card.entry}
network = {function}(weights=weights, {threshold}).eval()
classes = {list(card.names)}
named = [index for index, name in enumerate(weights.meta["categories"]) if name not in ("__background__", "N/A")]

{opening}
small = resize(to_tensor(photo), {list(_size(card, height, width))}, antialias=True)
with torch.no_grad():
    found = network([small])[0]
place, sides = 0, torch.tensor([photo.width / small.shape[2], photo.height / small.shape[1]] * 2)
for box, label, score in zip(found["boxes"], found["labels"], found["scores"]):
    if score >= {least} and label in named:
        place += 1
        print(place, classes[named.index(label)], "=", score.item())
        print("   ", (box * sides).tolist())
"""


def _size(card: ModelCard, height: int, width: int) -> tuple[int, int]:
    """Height and width of the input, as the lab makes it of such a photo."""
    if card.view is not View.FIT:
        return card.resize, card.resize
    short, long = min(height, width), max(height, width)
    if card.resize * long <= card.longest * short:
        return card.resize * height // short, card.resize * width // short
    return max(1, card.longest * height // long), max(1, card.longest * width // long)
