"""The lines that average the scores of these tiles with torch and torchvision alone."""

from __future__ import annotations

import textwrap

from core.images import imagenet
from core.images.photo import Photo
from core.images.tiles import Window
from core.zoo.model_card import ModelCard
from ui.cached import segmentations
from ui.sections.models import lab_snippet
from ui.sections.models import snippet as model_snippet
from ui.sections.segmenter.tiles_case import Case

_WEIGHTS = {
    Window.FLAT: "torch.ones({0})",
    Window.LINEAR: "1 - (2 * (torch.arange({0}) + 0.5) / {0} - 1).abs()",
    Window.HANN: "torch.sin(torch.pi * (torch.arange({0}) + 0.5) / {0}) ** 2",
}

_AVERAGED = """
{opening}{smaller}
picture = to_tensor(photo){padded}
sums, counts = torch.zeros(len(classes), {rows}, {columns}), torch.zeros({rows}, {columns})
window = torch.outer({down}, {along})
for y in {ys}:
    for x in {xs}:
        crop = picture[:, {cut}]
        for size in {sizes}:    # of what the network is shown
            for answer in {looks}:
                less = answer.shape[1] > {height} or answer.shape[2] > {width}
                answer = interpolate(answer[None], ({height}, {width}), mode="bilinear", antialias=less)[0]
                sums[:, y : y + {height}, x : x + {width}] += window * answer
                counts[y : y + {height}, x : x + {width}] += window
found = (sums / counts).argmax(dim=0)
for index in found.unique():
    print(classes[index], "=", (found == index).float().mean().item())
"""


def snippet(case: Case) -> str:
    """Prints `label = share` for each class of the photo in these tiles, averaged before the softmax."""
    plan, settings, photo = case.plan, case.settings, case.photo
    tile, factor = plan.tiles[0], plan.factor
    scaled = [
        segmentations.shown_size(case.card, tile.height * factor, tile.width * factor, scale)
        for scale in settings.scales
    ]
    times = "" if factor == 1 else f"{factor} * "
    cut = f"{times}y : {times}(y + {tile.height}), {times}x : {times}(x + {tile.width})"
    looks = "(scores(crop, size),)"
    if settings.flip:
        looks = "(scores(crop, size), scores(crop.flip(-1), size).flip(-1))"
    return _network(case.card) + _AVERAGED.format(
        opening=model_snippet.opening(photo),
        smaller=_smaller(photo) if photo.source is not None and not settings.original else "",
        padded=_padded(case),
        rows=plan.rows,
        columns=plan.columns,
        down=_WEIGHTS[settings.window].format(tile.height),
        along=_WEIGHTS[settings.window].format(tile.width),
        ys=sorted({one.y for one in plan.tiles}),
        xs=sorted({one.x for one in plan.tiles}),
        height=tile.height,
        width=tile.width,
        cut=cut,
        sizes=[list(size) for size in scaled],
        looks=looks,
    )


def _network(card: ModelCard) -> str:
    """The lines up to a function `scores(crop, size)`, with what they import."""
    return _lab(card) if card.bundled else _torchvision(card)


def _lab(card: ModelCard) -> str:
    """Those of the Models page, whose passes become a function."""
    mark = "photo = None"
    before, after = lab_snippet.segment(card, mark).split(mark)
    passes = after.split("with torch.no_grad():")[1].split("found = ")[0]
    inside = f"with torch.no_grad():{passes}".rstrip()
    return (
        before.replace("from torch.nn.functional import conv2d, conv_transpose2d", _FUNCTIONS).rstrip()
        + f"\n\n\ndef scores(crop, size):\n    small = {_normalised('crop')}\n"
        + textwrap.indent(inside, "    ")
        + "\n    return scores[0]\n"
    )


_FUNCTIONS = "from torch.nn.functional import conv2d, conv_transpose2d, interpolate"


def _torchvision(card: ModelCard) -> str:
    """Those of the Models page up to the network."""
    weights, name = card.entry.split(".")[0], model_snippet.builder(card)
    return f"""import torch
from PIL import Image
from torch.nn.functional import interpolate
from torchvision.models.segmentation import {weights}, {name}
from torchvision.transforms.functional import normalize, resize, to_tensor

network = {name}(weights={card.entry}).eval()
classes = {list(card.classes)}


def scores(crop, size):
    with torch.no_grad():
        return network({_normalised("crop")}[None])["out"][0]
"""


def _normalised(name: str) -> str:
    return f"normalize(resize({name}, size, antialias=True), {imagenet.MEAN}, {imagenet.STD})"


def _smaller(photo: Photo) -> str:
    """The line that makes the photo as small as the working copy of the lab."""
    size = f"({photo.width}, {photo.height})"
    return f"\nphoto = photo.resize({size}, Image.Resampling.LANCZOS, reducing_gap=2.0)    # as the lab works on it"


def _padded(case: Case) -> str:
    """Where cells reach over the edge: the last row and column once more."""
    plan = case.plan
    right, below = plan.columns * plan.factor - plan.width, plan.rows * plan.factor - plan.height
    if not right and not below:
        return ""
    return f'\npicture = torch.nn.functional.pad(picture[None], (0, {right}, 0, {below}), mode="replicate")[0]'
