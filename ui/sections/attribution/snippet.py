"""The lines that reproduce Grad-CAM of a class, with torch and torchvision alone."""

from __future__ import annotations

from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from ui.sections.models.snippet import loading, opening


def grad_cam(photo: Photo, card: ModelCard, target: int, layer: str) -> str:
    """Prints the score of the class and the largest value of its map at `layer`."""
    return f"""import torch
from PIL import Image
from torchvision.transforms.functional import to_tensor
{loading(card)}

{opening(photo)}
maps = []
layer = network.get_submodule("{_path(card, layer)}")
layer.register_forward_hook(lambda module, given, made: maps.append(made))
score = network(transforms(to_tensor(photo))[None])[0, {target}]
(slope,) = torch.autograd.grad(score, maps[0])
weights = slope.mean(dim=(2, 3), keepdim=True)
cam = (weights * maps[0]).sum(dim=1).relu()[0]
print("score =", score.item())
print("largest =", cam.max().item())
"""


def _path(card: ModelCard, layer: str) -> str:
    """Where the layer is in the network that the lines load."""
    if card.bundled:
        return layer.replace("features", "trunk")
    return "features.norm5" if layer == "relu" and "DenseNet" in card.entry else layer  # a function follows it in place
