"""The lines that reproduce the five guesses with torch and torchvision alone."""

from __future__ import annotations

from core.images.photo import Photo
from core.images.samples import SAMPLES

_DATA = {"Cat": "chelsea", "Astronaut": "astronaut", "Coffee": "coffee", "Rocket": "rocket"}


def snippet(photo: Photo) -> str:
    """Prints `label = probability` for the five guesses on this photo."""
    return f"""import torch
from PIL import Image
from torchvision.models import SqueezeNet1_1_Weights, squeezenet1_1
from torchvision.transforms.functional import to_tensor

{opening(photo)}
weights = SqueezeNet1_1_Weights.IMAGENET1K_V1
network = squeezenet1_1(weights=weights).eval()
with torch.no_grad():
    probabilities = network(weights.transforms()(to_tensor(photo))[None])[0].softmax(dim=0)
for probability, index in zip(*probabilities.topk(5)):
    print(weights.meta["categories"][index], "=", probability.item())
"""


def opening(photo: Photo) -> str:
    """The lines that open this photo as a Pillow image called `photo`."""
    if photo.name in _DATA:
        return f"from skimage import data\nphoto = Image.fromarray(data.{_DATA[photo.name]}())"
    if photo.name == "Motorcycle":
        return "from skimage import data\nphoto = Image.fromarray(data.stereo_motorcycle()[0])"
    if photo.name in {sample.title for sample in SAMPLES}:
        scene = photo.name.lower()
        drawn = f"photo = Image.fromarray(draw(Scene({scene!r}), width={photo.width}, height={photo.height}).pixels)"
        return f"from core.images.scenes import Scene, draw    # of Vision Lab\n{drawn}"
    upright = f"photo = ImageOps.exif_transpose(Image.open({photo.name!r})).convert('RGB')    # your file"
    return f"from PIL import ImageOps\n{upright}"
