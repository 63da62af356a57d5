"""The lines that reproduce the numbers of the view Look, with torch and torchvision alone."""

from __future__ import annotations

from core.attribution.methods import Method
from core.attribution.settings import Baseline, Channels, Measure
from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from ui.sections.models.snippet import loading, opening
from ui.sections.saliency.look_controls import Gaze

_MEASURES = {
    Measure.SCORE: "return network((pictures - mean) / std)[:, target]",
    Measure.CROSS_ENTROPY: "return -network((pictures - mean) / std).log_softmax(dim=1)[:, target]",
}

_CHANNELS = {
    Channels.LARGEST: "map.abs().amax(dim=1)",
    Channels.LENGTH: "torch.linalg.vector_norm(map, dim=1)",
}


def saliency(photo: Photo, card: ModelCard, target: int, gaze: Gaze, length: float) -> str:
    """Prints the value that is explained, its slope, what a step of `length` promises and does, and `covered`.

    `covered` is what is left of the probability when the foremost pixels are painted over.
    """
    return f"""import torch
from PIL import Image
from torchvision.transforms.functional import to_tensor
{loading(card, photo)}
mean, std = (torch.tensor(values)[:, None, None] for values in (transforms.mean, transforms.std))
target = {target}


def f(pictures):
    {_MEASURES[gaze.measure]}


def gradient(pictures):
    pictures = pictures.detach().requires_grad_()
    return torch.autograd.grad(f(pictures).sum(), pictures)[0]


{opening(photo)}
x = transforms(to_tensor(photo))[None] * std + mean    # what the network sees, in [0, 1]
g = gradient(x)
t = {length!r}
with torch.no_grad():
    print("value =", f(x).item())
    print("slope =", g.norm().item())
    print("promised =", (f(x) + t * g.norm()).item())
    print("real =", f(x + t * g / g.norm()).item())

{_map(gaze)}
importance = {_CHANNELS[gaze.settings.channels]}.flatten()
count = max(1, round({gaze.share!r} * importance.numel()))
hidden = torch.zeros(importance.numel(), dtype=torch.bool)
hidden[importance.argsort(descending=True, stable=True)[:count]] = True
picture = torch.where(hidden.reshape(x.shape[2:]), {_fill(gaze)}, x)
with torch.no_grad():
    print("covered =", network((picture - mean) / std).softmax(dim=1)[0, target].item())
"""


def _map(gaze: Gaze) -> str:
    """The lines that make the map of the method from `x` and its gradient `g`."""
    if gaze.method is Method.GRADIENT_X_INPUT:
        return "map = g * x"
    if gaze.method is Method.GRADIENT:
        return "map = g"
    noise = gaze.settings.noise
    return (
        f"noise = torch.randn(({noise.samples}, *x.shape[1:]), generator=torch.Generator().manual_seed({noise.seed}))\n"
        f"map = gradient(x + {noise.level!r} * (x.max() - x.min()) * noise).mean(dim=0, keepdim=True)"
    )


def _fill(gaze: Gaze) -> str:
    if gaze.fill.kind is Baseline.MEAN_COLOUR:
        return "x.mean(dim=(2, 3), keepdim=True)"
    return f"torch.tensor({gaze.fill.colour})[:, None, None]"
