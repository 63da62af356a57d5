"""The lines that reproduce what a network makes of the photo, with torch and torchvision alone."""

from __future__ import annotations

from core.images.photo import Photo
from core.images.samples import SAMPLES
from core.networks.lab_classes import CLASSES
from core.zoo.model_card import ModelCard, Source, Task
from ui.sections.models import darknet_snippet, detector_snippet, lab_snippet, painter_snippet

_FUNCTIONS = {
    "SqueezeNet1_1_Weights": "squeezenet1_1",
    "MobileNet_V3_Large_Weights": "mobilenet_v3_large",
    "ResNet50_Weights": "resnet50",
    "DenseNet121_Weights": "densenet121",
    "VGG16_Weights": "vgg16",
    "VGG19_Weights": "vgg19",
    "LRASPP_MobileNet_V3_Large_Weights": "lraspp_mobilenet_v3_large",
    "DeepLabV3_MobileNet_V3_Large_Weights": "deeplabv3_mobilenet_v3_large",
    "FCN_ResNet50_Weights": "fcn_resnet50",
}
"""The functions of torchvision that take these weights."""
_DATA = {"Cat": "chelsea", "Astronaut": "astronaut", "Coffee": "coffee", "Rocket": "rocket"}


def classify(photo: Photo, card: ModelCard) -> str:
    """Prints `label = probability` for the five guesses of a classifier on this photo."""
    return f"""import torch
from PIL import Image
from torchvision.transforms.functional import to_tensor
{loading(card, photo)}
classes = {list(card.names) if card.bundled else 'weights.meta["categories"]'}

{opening(photo)}
with torch.no_grad():
    probabilities = network(transforms(to_tensor(photo))[None])[0].softmax(dim=0)
for probability, index in zip(*probabilities.topk(5)):
    print(classes[index], "=", probability.item())
"""


def detect(photo: Photo, card: ModelCard, least: float) -> str:
    """Prints `place class = score` for the boxes that score at least `least` on this photo."""
    if card.source is Source.TORCHVISION:
        return detector_snippet.detect(card, opening(photo), least, height=photo.height, width=photo.width)
    lines = darknet_snippet if card.source is Source.DARKNET else lab_snippet
    return lines.detect(card, opening(photo), least)


def segment(photo: Photo, card: ModelCard) -> str:
    """Prints `label = share` for the classes that a segmenter finds on this photo."""
    if card.bundled:
        return lab_snippet.segment(card, opening(photo))
    return f"""import torch
from PIL import Image
from torchvision.transforms.functional import to_tensor
{_torchvision(card)}{_smaller(photo, card)}
classes = weights.meta["categories"]

{opening(photo)}
with torch.no_grad():
    found = network(transforms(to_tensor(photo))[None])["out"][0].argmax(dim=0)
for index in found.unique():
    print(classes[index].strip("_"), "=", (found == index).float().mean().item())
"""


def features(photo: Photo, card: ModelCard, layer: str) -> str:
    """Prints `map = mean` for the feature maps of a layer that answer most to this photo."""
    name, index = layer.split(".")
    return f"""import torch
from PIL import Image
from torchvision.transforms.functional import to_tensor
{loading(card, photo)}
layers = network.{"trunk" if card.bundled else name}[: {int(index) + 1}]    # up to {layer}

{opening(photo)}
with torch.no_grad():
    means = layers(transforms(to_tensor(photo))[None])[0].mean(dim=(1, 2))
for mean, channel in zip(*means.topk(8)):
    print(channel.item(), "=", mean.item())
"""


def paint(photo: Photo, card: ModelCard, *, width: int, height: int) -> str:
    """Prints `channel = mean` for the painting of this photo, with so many pixels."""
    return painter_snippet.paint(card, opening(photo), width=width, height=height)


def loading(card: ModelCard, photo: Photo | None = None) -> str:
    """The lines that load a classifier or a network for features as `network`, with its `transforms`.

    For a `photo` of exactly the input's size these leave it as it is, as the lab does.
    """
    fits = photo is not None and (photo.width, photo.height) == (card.crop, card.crop)
    if card.bundled:
        return _lab(card, card.crop if fits and card.crop else card.resize)
    return _torchvision(card, f"resize_size={card.crop}" if fits else "")


def builder(card: ModelCard) -> str:
    """The name of torchvision's function that builds this network."""
    return _FUNCTIONS[card.entry.split(".")[0]]


def _torchvision(card: ModelCard, sizes: str = "") -> str:
    weights = card.entry.split(".")[0]
    module, name = ("models.segmentation" if card.task is Task.SEGMENT else "models"), builder(card)
    return f"""from torchvision.{module} import {weights}, {name}

weights = {card.entry}
network = {name}(weights=weights).eval()
transforms = weights.transforms({sizes})"""


def _smaller(photo: Photo, card: ModelCard) -> str:
    """The line that makes a long photo as small as the lab does; none for other photos."""
    long, short = max(photo.width, photo.height), min(photo.width, photo.height)
    if card.resize * long <= card.longest * short:
        return ""
    height, width = (max(1, card.longest * side // long) for side in (photo.height, photo.width))
    return f"\ntransforms.resize_size = [{height}, {width}]    # so long a photo is seen smaller here"


def _lab(card: ModelCard, size: int) -> str:
    return f"""from collections import OrderedDict
from safetensors.torch import load_file
from torch import nn
from torchvision.models import SqueezeNet1_1_Weights, squeezenet1_1

trunk = squeezenet1_1().features
trunk[0].padding = (1, 1)
head = nn.Sequential(nn.Conv2d(512, {len(CLASSES)}, 1), nn.AdaptiveAvgPool2d(1), nn.Flatten())
network = nn.Sequential(OrderedDict(trunk=trunk, head=head)).eval()
network.load_state_dict(load_file("assets/weights/{card.file}"))    # of Vision Lab
transforms = SqueezeNet1_1_Weights.IMAGENET1K_V1.transforms(resize_size={size})"""


def opening(photo: Photo, name: str = "photo") -> str:
    """The lines that open this photo as a Pillow image called `name`."""
    if photo.name in _DATA:
        return f"from skimage import data\n{name} = Image.fromarray(data.{_DATA[photo.name]}())"
    if photo.name == "Motorcycle":
        return f"from skimage import data\n{name} = Image.fromarray(data.stereo_motorcycle()[0])"
    if photo.name in {sample.title for sample in SAMPLES}:
        scene = photo.name.lower()
        drawn = f"{name} = Image.fromarray(draw(Scene({scene!r}), width={photo.width}, height={photo.height}).pixels)"
        return f"from core.images.scenes import Scene, draw    # of Vision Lab\n{drawn}"
    return upright(photo, name)


def upright(photo: Photo, name: str) -> str:
    """The lines that open a file of the reader's own as a Pillow image called `name`."""
    read = f"{name} = ImageOps.exif_transpose(Image.open({photo.name!r})).convert('RGB')    # your file"
    return f"from PIL import ImageOps\n{read}"
