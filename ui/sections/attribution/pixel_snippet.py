"""The lines that reproduce the methods that go back to the pixels, with torch and torchvision alone."""

from __future__ import annotations

from core.attribution.methods import AttributionSettings, Method
from core.attribution.settings import Channels, Measure, SmoothGradSettings
from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from ui.sections.attribution import path_snippet
from ui.sections.models.snippet import loading, opening

SLOPE = "x.requires_grad_()\n(slope,) = torch.autograd.grad(f(x), x)"
"""The gradient of the number that is explained, for each value of `x`: `slope` (1, 3, h, w)."""

_LETS_PASS = {
    Method.GUIDED: ("passed", "of what a ReLU lets pass, rises alone"),
    Method.DECONVNET: ("came", "rises alone, whatever the network saw at a ReLU"),
}

_CHANNELS = {
    Channels.LARGEST: "{name}[0].abs().amax(dim=0)    # of three colours the one that matters most",
    Channels.LENGTH: "torch.linalg.vector_norm({name}[0], dim=0)    # of the vector of three colours",
    Channels.SUM: "{name}[0].sum(dim=0)",
}


def explained(
    photo: Photo,
    card: ModelCard,
    method: Method,
    target: int,
    settings: AttributionSettings,
    other: Photo | None = None,
) -> str:
    """Prints `score`, `largest` and, of a map with signs, `sum`, for a method that has no layer in it.

    Integrated gradients print their `rise` and their `gap` too; `other` is the photo that is their baseline, where the
    settings ask for one.
    """
    if method is Method.INTEGRATED_GRADIENTS:
        return _integrated_gradients(photo, card, target, settings, other)
    name = "product" if method is Method.GRADIENT_X_INPUT else "slope"
    then = watched(card) if method in _LETS_PASS else ""
    return f"""{seeing(photo, card, target, settings.measure, then)}

{_made(method, settings.noise)}
{printed(name, card, target, Channels.SUM if method.signed else settings.channels)}"""


def seeing(photo: Photo, card: ModelCard, target: int, measure: Measure, then: str = "") -> str:
    """The lines that make `f`, the number that is explained of pictures in [0, 1], and `x`, the photo as one of these.

    `then` are lines that follow the loading of the network.
    """
    return f"""import torch
from PIL import Image
from torchvision.transforms.functional import to_tensor
{loading(card, photo)}{then}
mean, std = (torch.tensor(values)[:, None, None] for values in (transforms.mean, transforms.std))


def f(pictures):
    {path_snippet.answer(target, measure)}


{opening(photo)}
x = transforms(to_tensor(photo))[None] * std + mean    # what the network sees of it, in [0, 1]"""


def watched(card: ModelCard) -> str:
    """The lines that make every ReLU of the network a module which writes into nothing, where it is not; else none."""
    if "DenseNet" not in card.entry:
        return ""
    return """
network.relu = torch.nn.ReLU()    # the last one is a function, which would write into the maps before it
network.forward = lambda x: network.classifier(network.relu(network.features(x)).mean(dim=(2, 3)))"""


def ruled(method: Method) -> str:
    """The lines that give every ReLU the rule of guided backpropagation, or that of the deconvnet, on the way back."""
    slope, words = _LETS_PASS[method]
    return f"""for module in network.modules():    # the way back: {words}
    if isinstance(module, torch.nn.ReLU):
        module.inplace = False    # a hook can't watch it otherwise
        module.register_full_backward_hook(lambda module, passed, came: ({slope}[0].clamp(min=0),))"""


def printed(name: str, card: ModelCard, target: int, channels: Channels) -> str:
    """The lines that take the channels of `name` (1, 3, h, w) together and print what is to be read of the map."""
    lines = f"""values = {_CHANNELS[channels].format(name=name)}
print("score =", network((x - mean) / std)[0, {target}].item())
print("largest =", values.max().item())
"""
    return lines + 'print("sum =", values.sum().item())\n' if channels is Channels.SUM else lines


def _made(method: Method, noise: SmoothGradSettings) -> str:
    """The lines that make `slope` or `product`, (1, 3, h, w), of `x`."""
    if method is Method.SMOOTH_GRAD:
        return _smoothed(noise)
    if method in _LETS_PASS:
        return f"{ruled(method)}\n{SLOPE}"
    return f"{SLOPE}\nproduct = slope * x" if method is Method.GRADIENT_X_INPUT else SLOPE


def _smoothed(noise: SmoothGradSettings) -> str:
    return f"""drawn = torch.randn({noise.samples}, *x.shape[1:], generator=torch.Generator().manual_seed({noise.seed}))
slope = torch.zeros_like(x)
for noise in drawn * {noise.level} * (x.max() - x.min()):
    picture = (x + noise).requires_grad_()
    slope += torch.autograd.grad(f(picture), picture)[0] / {noise.samples}"""


def _integrated_gradients(
    photo: Photo, card: ModelCard, target: int, settings: AttributionSettings, other: Photo | None
) -> str:
    """The lines of the path, and what the other methods print too."""
    code = path_snippet.integrated_gradients(
        photo, card, target, settings.baseline, settings.integration, other, settings.measure
    )
    return f"""{code}print("score =", network((x - mean) / std)[0, {target}].item())
print("largest =", attribution[0].sum(dim=0).max().item())
"""
