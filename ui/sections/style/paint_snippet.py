"""The lines that paint the picture of the view Paint again, with torch and torchvision alone."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from core.images.growth import least_side
from core.images.photo import Photo
from core.images.styles import shipped
from core.style.settings import Colours, Optimiser, Start, StyleSettings
from ui.sections.models.snippet import loading, opening, upright
from ui.sections.style.case import Case

_NAMES = ("style", "second")
_LUMINANCE = """

def bright(picture):
    return (torch.tensor([0.299, 0.587, 0.114])[:, None, None] * picture).sum(dim=1, keepdim=True)


def matched(style):
    style = bright(style)
    spread = photo.std(correction=0) / (style.var(correction=0) + 1e-5).sqrt()
    return ((style - style.mean()) * spread + photo.mean()).clamp(0, 1)
"""
_HISTOGRAM = """

def root(colours, power):
    values, vectors = torch.linalg.eigh(torch.cov(colours, correction=0) + 1e-5 * torch.eye(3))
    return vectors @ torch.diag(values**power) @ vectors.mT


def matched(style):
    ours, theirs = (picture[0].flatten(1).double() for picture in (style, photo))
    moved = root(theirs, 0.5) @ root(ours, -0.5) @ (ours - ours.mean(dim=1, keepdim=True))
    return (moved + theirs.mean(dim=1, keepdim=True)).reshape(style.shape).float().clamp(0, 1)
"""
_MATCHING = {Colours.STYLE: "", Colours.HISTOGRAM: _HISTOGRAM, Colours.LUMINANCE: _LUMINANCE}


def transfer(case: Case) -> str:
    """Prints `total`, `content`, `style` and `total variation` of the picture after the last update."""
    settings = case.settings
    content, style = _shares(settings.content_layers), _shares(settings.style_layers)
    deepest = max((*content, *style), default=0)
    painted = "(coloured + canvas - photo).clamp(0, 1)" if settings.colours is Colours.LUMINANCE else "canvas"
    return f"""from functools import partial

import torch
from PIL import Image
from torch.nn.functional import interpolate
from torchvision.transforms.functional import to_tensor
{loading(case.card)}
layers = network.{"trunk" if case.card.bundled else "features"}.requires_grad_(False)[: {deepest + 1}]
mean, std = (torch.tensor(values)[:, None, None] for values in (transforms.mean, transforms.std))
content_layers, style_layers = {content}, {style}
resized = partial(interpolate, mode="bilinear", align_corners=False, antialias=True)


def fitted(picture, side):
    return resized(picture, [max(1, round(one * (side / max(picture.shape[2:])))) for one in picture.shape[2:]])


def maps(picture):
    found, x = {{}}, (picture - mean) / std
    for index, layer in enumerate(layers):
        x = layer(x)
        if index in content_layers or index in style_layers:
            found[index] = x.clone()    # the next layer may write into x
    return found


def gram(x):
    rows = x.flatten(2)
    return rows @ rows.mT / rows[0].numel()    # c h w


def power(x):
    return x.square().mean()


def losses():
    seen = maps(canvas)
    content = sum(share * power(seen[i] - wanted[i]) / power(wanted[i]) for i, share in content_layers.items())
    style = 2 * sum(
        share * power(gram(seen[i]) - grams[i]) / (power(grams[i]) + power(gram(wanted[i])))
        for i, share in style_layers.items()
    )
    variation = (canvas.diff(dim=2).abs().sum() + canvas.diff(dim=3).abs().sum()) / canvas.numel()
    total = {settings.content!r} * content + {settings.style!r} * style + {settings.total_variation!r} * variation
    return total, content, style, variation
{_MATCHING[settings.colours]}
{_pictures(case)}
{_start(settings)}
for updates, *size in {_sizes(case)}:
    {_enlarged(settings)}
    canvas = canvas.clamp(0, 1).requires_grad_()
    wanted = maps(resized(photo, size))
{_grams(case)}
{_optimiser(settings)}
        canvas.data.clamp_(0, 1)
    canvas = canvas.detach()

painted = {painted}
Image.fromarray((painted[0] * 255).round().byte().permute(1, 2, 0).numpy()).save("painted.png")
for name, value in zip(("total", "content", "style", "total variation"), losses()):
    print(name, "=", float(value))
"""


def _shares(weights: Mapping[str, float]) -> dict[int, float]:
    """The share of each layer that counts, by its place in the network."""
    heaviest = sum(weights.values())
    return {int(name.split(".")[1]): weight / heaviest for name, weight in weights.items() if weight}


def _pictures(case: Case) -> str:
    """The lines that open photo and styles, as large and in such colours as they are compared."""
    settings = case.settings
    lines = [
        opening(case.photo),
        *([f"photo = photo.crop({case.cut})    # its middle"] if case.cut else []),
        f"photo = fitted(to_tensor(photo)[None], {settings.side})"
        + ("    # the lab shrinks so large a file first, so digits differ" if case.photo.source else ""),
    ]
    if settings.colours is Colours.LUMINANCE:
        lines.append("coloured, photo = photo, bright(photo)    # brightness alone is painted")
    for name, key, style in zip(_NAMES, case.keys, case.styles, strict=False):
        lines += [style_opening(key, style, name), f"{name} = to_tensor({name})[None]"]
        if settings.colours is not Colours.STYLE:
            lines.append(f"{name} = matched({name})")
    return "\n".join(lines)


def style_opening(key: str, style: Photo, name: str = "style") -> str:
    """The lines that open the picture of a style as a Pillow image called `name`."""
    row = shipped(key)
    if row is None:
        return upright(style, name)
    if row.drawn:
        return f'{name} = Image.open("assets/styles/{row.file}").convert("RGB")    # of Vision Lab'
    return f'from skimage import data\n{name} = Image.fromarray(data.{row.key}()).convert("RGB")'


def _start(settings: StyleSettings) -> str:
    if settings.start is Start.NOISE:
        return f"canvas = torch.rand(photo.shape, generator=torch.Generator().manual_seed({settings.seed}))"
    return "ground = canvas = " + ("photo" if settings.start is Start.CONTENT else "resized(style, photo.shape[2:])")


def _enlarged(settings: StyleSettings) -> str:
    """The line that takes the canvas to the next size."""
    if settings.start is Start.NOISE:
        return "canvas = resized(canvas, size)"
    return "canvas = resized(ground, size) + resized(canvas - resized(ground, canvas.shape[2:]), size)"


def _sizes(case: Case) -> list[tuple[int, int, int]]:
    """How many updates are made at which height and width."""
    from core.images.octaves import octave_at

    settings, long = case.settings, max(case.photo.width, case.photo.height)
    factor = settings.side / long
    height, width = (max(1, round(side * factor)) for side in (case.photo.height, case.photo.width))
    found = (octave_at(update, settings, height, width) for update in range(settings.steps))
    return [(len([*same]), *size) for size, same in groupby((one.height, one.width) for one in found)]


def _grams(case: Case) -> str:
    """The lines that make the Gram matrices that are wanted: of several styles their weighted mean."""
    scale, count = case.settings.style_scale, len(case.styles)
    side = "max(size)" if scale == 1 else f"round(max(size) * {scale!r})"
    fewest = min(max(size) for _, *size in _sizes(case)) * scale
    leasts = [least_side(style.width, style.height) for style in case.styles]
    sides = [f"max({side}, {least})" if fewest < least else side for least in leasts]  # a strip stays wide enough
    if count == 1:
        return f"    grams = {{i: gram(x) for i, x in maps(fitted(style, {sides[0]})).items()}}"
    fit = ", ".join(f"fitted({name}, {side})" for name, side in zip(_NAMES, sides, strict=False))
    return (
        f"    seen = [maps(one) for one in ({fit})]\n"
        f"    grams = {{i: sum(s * gram(x[i]) for s, x in zip({case.settings.shares(count)}, seen)) for i in style_layers}}"
    )


def _optimiser(settings: StyleSettings) -> str:
    """The lines that make an update."""
    if settings.optimiser is Optimiser.ADAM:
        return f"""    optimiser = torch.optim.Adam([canvas], lr={settings.rate!r})
    for _ in range(updates):
        (canvas.grad,) = torch.autograd.grad(losses()[0], canvas)
        optimiser.step()"""
    return """    # it searches along each line, which the lab does not, so digits differ
    optimiser = torch.optim.LBFGS([canvas], max_iter=1, history_size=10, line_search_fn="strong_wolfe")

    def closure():
        total = losses()[0]
        (canvas.grad,) = torch.autograd.grad(total, canvas)
        return total

    for _ in range(updates):
        optimiser.step(closure)"""
