"""The lines that draw the picture of the view Imagine again, with torch and torchvision alone."""

from __future__ import annotations

from core.adversarial.visualisation_settings import Raised, Start, VisualisationSettings
from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from ui.sections.models.snippet import loading, opening

_MEASURES = {
    Raised.SCORE: "network(inputs)[0, target]",
    Raised.SOFTMAX: "network(inputs).log_softmax(dim=1)[0, target]",
}


def ascent(photo: Photo, card: ModelCard, settings: VisualisationSettings, side: int, layer: str | None) -> str:
    """Prints `score` and `probability` of the class for the last picture, or its `strength` at a layer."""
    return f"""import math
import torch
from PIL import Image
from torch.nn.functional import interpolate
from torchvision.transforms.functional import to_tensor
{loading(card, photo)}
network.requires_grad_(False)
mean, std = (torch.tensor(values)[:, None, None] for values in (transforms.mean, transforms.std))


def resized(picture, size):
    if tuple(picture.shape[2:]) == tuple(size):
        return picture
    return interpolate(picture, size, mode="bilinear", align_corners=False, antialias=True)

{_blur(settings)}
{_measure(card, settings, layer)}

draws = torch.Generator().manual_seed({settings.seed})
{_ground(photo, settings, side)}
for step in range({settings.steps}):
    octave = {settings.octaves} - 1 - ({settings.steps} - 1 - step) * {settings.octaves} // {settings.steps}
    factor = {settings.octave_scale!r} ** ({settings.octaves} - 1 - octave)
    size = [max(min(32, whole), round(whole / factor)) for whole in ground.shape[2:]]
    here = resized(ground, size)
    if canvas is None:
        canvas = {_first(settings)}
    elif list(canvas.shape[2:]) != size:    # only what was drawn is enlarged
        drawn = canvas - resized(ground, canvas.shape[2:])
        canvas = (here + resized(drawn, size)).clamp(0, 1)
    shift = torch.randint(-{settings.jitter}, {settings.jitter} + 1, (2,), generator=draws).tolist()
    leaf = canvas.clone().requires_grad_()
    drawn = leaf - here
    value = measure((leaf.roll(shift, (2, 3)) - mean) / std)
    (slope,) = torch.autograd.grad(value - ({_cost(settings)}), leaf)
    peak = slope.abs().max()
    if peak > 0:
        slope = slope / peak
        canvas = (canvas + {settings.rate!r} * math.sqrt(slope.numel()) * (slope / slope.norm())).clamp(0, 1)
{_soften(settings)}
Image.fromarray((canvas[0] * 255).round().byte().permute(1, 2, 0).numpy()).save("drawn.png")
{_print(layer)}"""


def _measure(card: ModelCard, settings: VisualisationSettings, layer: str | None) -> str:
    if layer is None:
        return f"target = {settings.target}\n\n\ndef measure(inputs):\n    return {_MEASURES[settings.raised]}\n"
    path = layer.replace("features", "trunk") if card.bundled else layer
    return (
        f'features = []\nnetwork.get_submodule("{path}").register_forward_hook('
        "lambda module, given, made: features.append(made))\n\n\n"
        "def measure(inputs):\n    features.clear()\n    network(inputs)\n    return features[0].square().mean()\n"
    )


def _ground(photo: Photo, settings: VisualisationSettings, side: int) -> str:
    if settings.start is not Start.PHOTO:
        return f"ground, canvas = torch.full((1, 3, {side}, {side}), 0.5), None"
    factor = side / max(photo.width, photo.height)
    height, width = max(1, round(photo.height * factor)), max(1, round(photo.width * factor))
    return (
        f"{opening(photo)}\nground, canvas = resized(to_tensor(photo)[None], [{height}, {width}]), None"
        f"{_smaller(photo)}"
    )


def _smaller(photo: Photo) -> str:
    """A note where the lab works with a smaller copy of the file."""
    return "    # the lab shrinks so large a file first, so digits differ" if photo.source else ""


def _first(settings: VisualisationSettings) -> str:
    if settings.start is Start.NOISE:
        return "(here + 0.05 * torch.randn(here.shape, generator=draws)).clamp(0, 1)"
    return "here"


def _cost(settings: VisualisationSettings) -> str:
    terms = []
    if settings.l2:
        terms.append(f"{settings.l2!r} * drawn.square().mean()")
    if settings.total_variation:
        both = "drawn.diff(dim=2).abs().sum() + drawn.diff(dim=3).abs().sum()"
        terms.append(f"{settings.total_variation!r} * ({both}) / drawn.numel()")
    return " + ".join(terms) or "0.0"


def _blur(settings: VisualisationSettings) -> str:
    if not settings.blur:
        return ""
    return f"""
def gaussian(size):
    places = torch.arange(size, dtype=torch.float64)
    weights = (-0.5 * ((places[:, None] - places) / {settings.blur!r}) ** 2).exp()
    weights[weights < 1e-8] = 0
    return (weights / weights.sum(dim=1, keepdim=True)).float()

"""


def _soften(settings: VisualisationSettings) -> str:
    if not settings.blur:
        return ""
    return f"""        if (step + 1) % {settings.blur_every} == 0:
            rows, columns = (gaussian(side) for side in size)
            canvas = (here + rows @ (canvas - here) @ columns.T).clamp(0, 1)
"""


def _print(layer: str | None) -> str:
    if layer:
        return """with torch.no_grad():
    print("strength =", measure((canvas - mean) / std).item())
"""
    return """with torch.no_grad():
    logits = network((canvas - mean) / std)[0]
print("score =", logits[target].item())
print("probability =", logits.softmax(dim=0)[target].item())
"""
