"""The lines that paint a photo in one pass, with torch and torchvision alone."""

from __future__ import annotations

from core.zoo.model_card import ModelCard


def paint(card: ModelCard, opening: str, *, width: int, height: int) -> str:
    """Prints `channel = mean` for the painting of the photo that `opening` opens, with so many pixels."""
    right, below = (max(16 - side, -side % 4) for side in (width, height))  # the network halves each side twice
    return f"""import torch
from PIL import Image
from safetensors.torch import load_file
from torch.nn.functional import conv2d, instance_norm, interpolate, pad
from torchvision.transforms.functional import resize, to_pil_image, to_tensor

weights = {{key: tensor.float() for key, tensor in load_file("assets/weights/{card.file}").items()}}    # of Vision Lab


def convolved(maps, name, stride=1):
    kernel = weights[name + ".weight"]
    maps = pad(maps, [kernel.shape[-1] // 2] * 4, mode="reflect")
    return conv2d(maps, kernel, weights[name + ".bias"], stride)


def normalised(maps, name):
    return instance_norm(maps, weight=weights[name + ".weight"], bias=weights[name + ".bias"])


def layer(maps, name, stride=1):
    return normalised(convolved(maps, name + ".0", stride), name + ".1").relu()


{opening}
small = resize(to_tensor(photo), [{height}, {width}], antialias=True)[None]
with torch.no_grad():
    maps = layer(pad(small, [0, {right}, 0, {below}], mode="replicate") * 2 - 1, "down.0")
    maps = layer(layer(maps, "down.1", stride=2), "down.2", stride=2)
    for block in range(5):
        added = convolved(layer(maps, f"blocks.{{block}}.first"), f"blocks.{{block}}.second")
        maps = maps + normalised(added, f"blocks.{{block}}.norm")
    for step in range(2):
        maps = layer(interpolate(maps, scale_factor=2), f"up.{{step}}.painted")
    painted = convolved(maps, "last")[0, :, :{height}, :{width}].sigmoid()
picture = to_pil_image(painted)    # picture.save("painted.png") keeps it
for channel, mean in zip(("red", "green", "blue"), painted.mean(dim=(1, 2))):
    print(channel, "=", mean.item())
"""
