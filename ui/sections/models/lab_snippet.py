"""The lines that reproduce the lab's own detectors and its segmenter, with torch and torchvision alone."""

from __future__ import annotations

from core.boxes.layout import COURSE_SHAPES
from core.images import imagenet
from core.zoo.model_card import ModelCard

_PARTS = {"lab-yolo": ("coarse", "grid_7", 2, 7), "lab-yolo-14": ("middle", "grid_14", 1, 14)}
"""Of each detector the names of its parts in the file, the stride of its stage, and its cells along a side."""

_FILLED = """def filled(part, name):
    mine = {key.removeprefix(name + "."): tensor for key, tensor in weights.items() if key.startswith(name + ".")}
    part.load_state_dict(mine)
    return part.eval()
"""
_TRUNK = """trunk = squeezenet1_1().features
trunk[0].padding = (1, 1)"""


def detect(card: ModelCard, opening: str, least: float) -> str:
    """Prints `place class = score`, and below it the box, for what a detector finds on the photo that `opening` opens."""
    stage, grid, stride, cells = _PARTS[card.key]
    return f"""import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn
from torchvision.models import squeezenet1_1
from torchvision.ops import batched_nms
from torchvision.transforms.functional import normalize, resize, to_tensor

classes = {list(card.names)}
weights = load_file("assets/weights/{card.file}")    # of Vision Lab


{_FILLED}

{_TRUNK}
stage = {_stage(stride)}
head = nn.Sequential(nn.Conv2d(192, 256, 1), nn.ReLU(), nn.Conv2d(256, 5 * 9 + {card.class_count}, 1))
network = nn.Sequential(filled(trunk, "trunk"), filled(stage, "{stage}"), filled(head, "{grid}"))

{opening}
{_small(card)}
with torch.no_grad():
    confidence, offsets, scores = network(small[None])[0].split([9, 4 * 9, {card.class_count}])

# nine anchors around the middle of each cell, moved and stretched by their offsets
sides = 32 * torch.tensor({list(map(list, COURSE_SHAPES))})
y, x = torch.meshgrid(*[(torch.arange({cells}) + 0.5) * {card.resize} / {cells}] * 2, indexing="ij")
offsets = offsets.reshape(9, 4, {cells}, {cells})
width, height = (side[:, None, None] for side in sides.T)
x, y = x + 0.1 * offsets[:, 0] * width, y + 0.1 * offsets[:, 1] * height
width, height = (0.2 * offsets[:, 2]).exp() * width, (0.2 * offsets[:, 3]).exp() * height
corners = (x - width / 2, y - height / 2, x + width / 2, y + height / 2)
boxes = torch.stack(corners, dim=-1).reshape(-1, 4).clamp(0, {card.resize})

probability, label = scores.softmax(dim=0).max(dim=0)
score = (confidence.sigmoid() * probability).flatten()
label = label.expand(9, -1, -1).flatten()
seen = (score >= {least}) & (boxes[:, 2:] > boxes[:, :2]).all(dim=1)
boxes, score, label = boxes[seen], score[seen], label[seen]
scale = torch.tensor([photo.width, photo.height] * 2) / {card.resize}
for place, one in enumerate(batched_nms(boxes, score, label, 0.5), start=1):
    print(place, classes[label[one]], "=", score[one].item())
    print("   ", (boxes[one] * scale).tolist())
"""


def segment(card: ModelCard, opening: str) -> str:
    """Prints `label = share` for the classes that the lab's segmenter finds on the photo that `opening` opens."""
    return f"""import torch
from PIL import Image
from safetensors.torch import load_file
from torch import nn
from torch.nn.functional import conv2d, conv_transpose2d
from torchvision.models import squeezenet1_1
from torchvision.transforms.functional import normalize, resize, to_tensor

classes = {list(card.names)}
weights = {{key: tensor.float() for key, tensor in load_file("assets/weights/{card.file}").items()}}    # of Vision Lab


{_FILLED}

def scored(maps, name):
    return conv2d(maps, weights[f"fcn.{{name}}.weight"], weights[f"fcn.{{name}}.bias"])


def larger(scores, name, factor):
    return conv_transpose2d(scores, weights[f"fcn.{{name}}.weight"], stride=factor, padding=factor // 2)


{_TRUNK}
trunk = filled(trunk, "trunk")
coarse = {_stage(2)}
coarse = filled(coarse, "coarse")

{opening}
{_small(card)}
with torch.no_grad():
    fine = trunk[:8](small[None])
    middle = trunk[8:](fine)
    scores = larger(scored(coarse(middle), "score_32"), "double_32", 2)
    scores = larger(scored(middle, "score_16") + scores, "double_16", 2)
    scores = larger(scored(fine, "score_8") + scores, "whole", 8)
found = scores[0].argmax(dim=0)
for index in found.unique():
    print(classes[index], "=", (found == index).float().mean().item())
"""


def _stage(stride: int) -> str:
    return f"""nn.Sequential(
    nn.Conv2d(512, 192, 1, bias=False), nn.BatchNorm2d(192), nn.ReLU(),
    nn.Conv2d(192, 192, 3, stride={stride}, padding=1, bias=False), nn.BatchNorm2d(192), nn.ReLU(),
)"""


def _small(card: ModelCard) -> str:
    side = [card.resize, card.resize]
    return f"small = normalize(resize(to_tensor(photo), {side}, antialias=True), {imagenet.MEAN}, {imagenet.STD})"
