"""The lines that reproduce a detector of Darknet's family from its two files, with torch and torchvision alone."""

from __future__ import annotations

from core.zoo.model_card import ModelCard, View

_READING = """# the cfg file is a list of layers, each with its settings
layers = []
for line in fetched({config!r}, {config_digest!r}).decode().splitlines():
    line = line.split("#")[0].strip()
    if line.startswith("["):
        layers.append({{"kind": line[1:-1]}})
    elif "=" in line:
        name, value = line.split("=", 1)
        layers[-1][name.strip()] = value.strip()

# the weights file is nothing but numbers, layer by layer, behind a header of 20 bytes
numbers = torch.frombuffer(bytearray(fetched({weights!r}, {digest!r})), dtype=torch.float32)[5:]

def taken(*shape):
    global numbers
    found, numbers = numbers[: math.prod(shape)], numbers[math.prod(shape) :]
    return found.reshape(shape)

def convolution(x, layer, number):
    filters, size, groups = number("filters"), number("size", 1), number("groups", 1)
    normed, padding = number("batch_normalize", 0), size // 2 if number("pad", 0) else number("padding", 0)
    bias = taken(filters)
    scale, mean, variance = taken(3, filters) if normed else (None, None, None)
    weight = taken(filters, x.shape[1] // groups, size, size)
    x = F.conv2d(x, weight, None if normed else bias, number("stride", 1), padding, groups=groups)
    x = F.batch_norm(x, mean, variance, scale, bias, eps=1e-6) if normed else x
    return F.leaky_relu(x, 0.1) if layer["activation"] == "leaky" else x

def read(x, layer, number):    # boxes in pixels of the input, and the score of each class
    anchors = torch.tensor(list(map(float, layer["anchors"].split(",")))).reshape(-1, 2)
    anchors = anchors[list(map(int, layer["mask"].split(",")))][:, :, None, None]
    answer = x[0].unflatten(0, (len(anchors), -1))
    row, col = torch.meshgrid(*map(torch.arange, x.shape[2:]), indexing="ij")
    grow = float(layer.get("scale_x_y", 1))
    centre = answer[:, :2].sigmoid() * grow - (grow - 1) / 2 + torch.stack((col, row))
    centre, half = centre * {side} / x.shape[2], answer[:, 2:4].exp() * anchors / 2
    boxes = torch.cat((centre - half, centre + half), dim=1)
    scores = answer[:, 4:5].sigmoid() * answer[:, 5:].sigmoid()
    return [part.permute(2, 3, 0, 1).flatten(0, 2) for part in (boxes, scores)]"""

_RUNNING = """maps, found, x = [], [], small[None]
with torch.no_grad():
    for layer in layers[1:]:    # the first is [net]
        def number(name, default=None):
            return int(layer.get(name, default))
        if layer["kind"] == "convolutional":
            x = convolution(x, layer, number)
        elif layer["kind"] == "shortcut":
            x = x + maps[number("from")]
        elif layer["kind"] == "route":
            parts = [maps[int(place)] for place in layer["layers"].split(",")]
            x = torch.cat([part.chunk(number("groups", 1), dim=1)[number("group_id", 0)] for part in parts], dim=1)
        elif layer["kind"] == "maxpool":
            size = number("size")
            x = F.pad(x, ((size - 1) // 2, size // 2) * 2, value=-math.inf)    # the odd cell comes behind
            x = F.max_pool2d(x, size, number("stride", 1))
        elif layer["kind"] == "upsample":
            x = F.interpolate(x, scale_factor=number("stride"), mode="nearest")
        elif layer["kind"] == "yolo":
            found.append(read(x, layer, number))
        maps.append(x)    # a dropout does nothing here"""


def detect(card: ModelCard, opening: str, least: float) -> str:
    """Prints `place class = score`, and below it the box, for what a detector finds on the photo that `opening` opens.

    Raises:
        ValueError: the network has no config.
    """
    if card.config is None:
        raise ValueError(f"{card.key} has no config")
    reading = _READING.format(
        config=card.config.url,
        config_digest=card.config.digest,
        weights=card.url,
        digest=card.digest,
        side=card.resize,
    )
    return f"""import math
from pathlib import Path

import torch
from PIL import Image
from torch.nn import functional as F
from torchvision.ops import batched_nms
from torchvision.transforms.functional import resize, to_tensor

classes = {list(card.names)}

def fetched(url, sha256):    # once; it then lies where torchvision keeps its weights
    file = Path(torch.hub.get_dir(), "checkpoints", url.split("/")[-1])
    if not file.is_file():
        file.parent.mkdir(parents=True, exist_ok=True)
        torch.hub.download_url_to_file(url, str(file), sha256)
    return file.read_bytes()

{reading}

{opening}
{_small(card)}

{_RUNNING}

boxes, scores = map(torch.cat, zip(*found))
score, label = scores.max(dim=1)
sure = score >= {least}
boxes, score, label = boxes[sure], score[sure], label[sure]
sides = torch.tensor([photo.width, photo.height] * 2)
boxes = (boxes - torch.tensor([left, top] * 2)) * sides / torch.tensor([width, height] * 2)
boxes = torch.minimum(boxes.clamp(min=0), sides)
there = (boxes[:, 2:] > boxes[:, :2]).all(dim=1)    # what lies beside the photo is left out
boxes, score, label = boxes[there], score[there], label[there]
for place, one in enumerate(batched_nms(boxes, score, label, 0.5), start=1):
    print(place, classes[label[one]], "=", score[one].item())
    print("   ", boxes[one].tolist())
"""


def _small(card: ModelCard) -> str:
    """The lines that make the input of the photo."""
    side = card.resize
    if card.view is not View.LETTERBOX:
        return f"""left, top, width, height = 0, 0, {side}, {side}
small = resize(to_tensor(photo), [height, width], antialias=True)"""
    return f"""factor = {side} / max(photo.width, photo.height)
width, height = (max(1, round(side * factor)) for side in (photo.width, photo.height))
left, top = ({side} - width) // 2, ({side} - height) // 2
bars = (left, {side} - width - left, top, {side} - height - top)
small = F.pad(resize(to_tensor(photo), [height, width], antialias=True), bars, value=0.5)"""
