"""The lines that compute what is inside of style transfer again, with torch and torchvision alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.experiments.style_alone import COMPARED, LONGEST
from core.images.photo import Photo
from ui.components.matrix_view import Cell
from ui.sections.models import snippet
from ui.sections.models.snippet import loading, opening
from ui.sections.style.inside_case import Sight
from ui.sections.style.paint_snippet import style_opening

if TYPE_CHECKING:
    from core.experiments.style_inside import Grams
    from ui.sections.style.inside_rebuilt import Row


def grams(sight: Sight, found: Grams, cell: Cell) -> str:
    """Prints the `style loss` of the layer and the entries of a cell, `style` and `photo`."""
    row, column = (found.channels[place] for place in cell)
    opened = f"{opening(sight.photo)}\n{style_opening(sight.key, sight.style)}"
    names, ours = "photo, style", "photo"
    if sight.painting:
        opened += '\npainting = Image.open("style-painting.png").convert("RGB")    # taken away from the view Paint'
        names, ours = f"{names}, painting", "painting"
    return f"""{_start(sight, [found.layer])}

def gram(x):
    rows = x.flatten(2)
    return rows @ rows.mT / rows[0].numel()    # c h w


{opened}
grams = []
for picture in ({names}):{_smaller(sight.photo, sight.style)}
    with torch.no_grad():
        grams.append(gram(maps(laid(picture, {COMPARED}, {LONGEST}))[0])[0])
{names} = grams
loss = 2 * ({ours} - style).square().mean() / (style.square().mean() + photo.square().mean())
print("style loss =", loss.item())
print("style =", style[{row}, {column}].item())
print("{ours} =", {ours}[{row}, {column}].item())
"""


def rebuilt(sight: Sight, row: Row) -> str:
    """Prints the `first` and the `last` loss of a picture that is rebuilt. The lab searches no line, so digits differ."""
    settings, texture = row.settings, bool(row.settings.style_layers)
    if texture:
        opened, name = style_opening(sight.key, sight.style), "style"
        keep, kept = (
            "gram(x)",
            "\n\ndef gram(x):\n    rows = x.flatten(2)\n    return rows @ rows.mT / rows[0].numel()\n",
        )
    else:
        opened, name = opening(sight.photo), "photo"
        keep, kept = "x", ""
    return f"""{_start(sight, row.layers)}
{kept}
{opened}
target = laid({name}, {settings.side}, {LONGEST}){_smaller(row.original)}
with torch.no_grad():
    wanted = [{keep} for x in maps(target)]
canvas = torch.rand(target.shape, generator=torch.Generator().manual_seed({settings.seed})).requires_grad_()
# it searches along each line, which the lab does not, so digits differ
optimiser = torch.optim.LBFGS([canvas], max_iter=1, history_size=10, line_search_fn="strong_wolfe")


def loss():
    found = [{keep} for x in maps(canvas)]
    parts = [(x - w).square().mean() / w.square().mean() for x, w in zip(found, wanted)]
    return sum(parts) / len(parts)


def closure():
    optimiser.zero_grad()
    variation = (canvas.diff(dim=2).abs().sum() + canvas.diff(dim=3).abs().sum()) / canvas.numel()
    total = loss() + {settings.total_variation!r} * variation
    total.backward()
    return total


print("first =", loss().item())
for _ in range({settings.steps}):
    optimiser.step(closure)
    canvas.data.clamp_(0, 1)
print("last =", loss().item())
Image.fromarray((canvas.detach()[0] * 255).round().byte().permute(1, 2, 0).numpy()).save("rebuilt.png")
"""


def seen(sight: Sight, layer: str) -> str:
    """Prints `map = mean` for the strongest maps of a layer on the photo."""
    return snippet.features(sight.photo, sight.card, layer)


def _start(sight: Sight, layers: list[str] | tuple[str, ...]) -> str:
    """The imports, the network, and what gives the maps of some layers."""
    places = [int(name.split(".")[1]) for name in layers]
    return f"""import torch
from PIL import Image
from torch.nn.functional import interpolate
from torchvision.transforms.functional import to_tensor
{loading(sight.card)}
network.requires_grad_(False)
layers = network.{"trunk" if sight.card.bundled else "features"}[: {max(places) + 1}]
mean, std = (torch.tensor(values)[:, None, None] for values in (transforms.mean, transforms.std))


def laid(picture, side, longest):
    picture = to_tensor(picture)[None]
    height, width = picture.shape[2:]
    most = longest * min(height, width)    # of a long strip the middle
    top, left = max(0, (height - most) // 2), max(0, (width - most) // 2)
    picture = picture[:, :, top : top + most, left : left + most]
    size = [max(1, round(one * (side / max(picture.shape[2:])))) for one in picture.shape[2:]]
    return interpolate(picture, size, mode="bilinear", align_corners=False, antialias=True)


def maps(picture):
    found, x = [], (picture - mean) / std
    for index, layer in enumerate(layers):
        x = layer(x)
        if index in {places}:
            found.append(x.clone())    # the next layer may write into x
    return found

"""


def _smaller(*photos: Photo) -> str:
    """A note where the lab works with a smaller copy of a file."""
    return "    # the lab shrinks so large a file first, so digits differ" if any(one.source for one in photos) else ""
