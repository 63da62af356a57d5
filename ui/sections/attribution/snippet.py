"""The lines that reproduce the map of a class by any method, with torch and torchvision alone."""

from __future__ import annotations

from core.attribution.methods import AttributionSettings, Method
from core.attribution.score_cam_settings import Increase, ScoreCamSettings
from core.attribution.settings import Measure
from core.errors import ModelError
from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from ui.sections.attribution import pixel_snippet
from ui.sections.models.snippet import loading, opening

_WEIGHTS = {
    Method.GRAD_CAM: "weights = slope.mean(dim=(2, 3), keepdim=True)",
    Method.GRAD_CAM_PLUS_PLUS: (
        "below = 2 + maps[0].sum(dim=(2, 3), keepdim=True) * slope    # of equation 19, shortened by slope ** 2\n"
        "weights = (slope.relu() / below.where(below != 0, 1)).sum(dim=(2, 3), keepdim=True)"
    ),
    Method.LAYER_CAM: "weights = slope.relu()    # one for each cell of each map",
}
"""How `slope`, the gradient of the score for `maps[0]`, becomes the weights of these maps."""

_LINEAR = {"lab-classifier": "head[0]", "resnet50": "fc"}
"""Of each network that ends in a mean over positions, the module with a weight for each class and map."""


def explained(
    photo: Photo,
    card: ModelCard,
    method: Method,
    target: int,
    settings: AttributionSettings,
    layer: str,
    other: Photo | None = None,
) -> str:
    """Prints `score`, `largest` and, of a map with signs, `sum`: what `method` says of one class of a classifier.

    `score` is the logit of the class, and the other two are of `core.experiments.attribution.Explanation.map`. `layer`
    has a part in it where the method has a layer. `other` is the photo that is the baseline of integrated gradients, where
    the settings ask for one.

    Raises:
        ModelError: it is CAM, and the network does not end in a mean over positions.
    """
    match method:
        case Method.GRAD_CAM | Method.GRAD_CAM_PLUS_PLUS | Method.LAYER_CAM:
            return _weighed(photo, card, method, target, layer)
        case Method.SCORE_CAM:
            return _score_cam(photo, card, target, layer, settings.score_cam)
        case Method.CAM:
            return _cam(photo, card, target)
        case Method.GUIDED_GRAD_CAM:
            return _guided_grad_cam(photo, card, target, settings, layer)
        case _:
            return pixel_snippet.explained(photo, card, method, target, settings, other)


def grad_cam(photo: Photo, card: ModelCard, target: int, layer: str) -> str:
    """Prints the score of the class and the largest value of its map at `layer`, by Grad-CAM."""
    return _weighed(photo, card, Method.GRAD_CAM, target, layer)


def _weighed(photo: Photo, card: ModelCard, method: Method, target: int, layer: str) -> str:
    return f"""{_opened(photo, card)}
{_recorded(card, layer)}
score = network(transforms(to_tensor(photo))[None])[0, {target}]
{_weighing(method)}
print("score =", score.item())
print("largest =", cam.max().item())
"""


def _score_cam(photo: Photo, card: ModelCard, target: int, layer: str, settings: ScoreCamSettings) -> str:
    top = "" if settings.top is None else f"[:{settings.top}]    # the most active"
    softmax = ".softmax(dim=0)" if settings.increase is Increase.SOFTMAX else ""
    return f"""{pixel_snippet.seeing(photo, card, target, Measure.SCORE, pixel_snippet.watched(card))}

{_recorded(card, layer)}
with torch.no_grad():
    score = f(x)
    order = maps[0][0].mean(dim=(1, 2)).argsort(descending=True, stable=True){top}
    chosen = maps[0][0][order]
    masks = torch.nn.functional.interpolate(chosen[:, None], x.shape[2:], mode="bilinear")
    low, high = masks.amin(dim=(2, 3), keepdim=True), masks.amax(dim=(2, 3), keepdim=True)
    masks = (masks - low) / (high - low).where(high > low, 1)    # from 0 to 1; a flat map hides everything
    rises = torch.cat([f(x * some) for some in masks.split(16)]) - f(torch.zeros_like(x))
    weights = rises{softmax}
    cam = (weights[:, None, None] * chosen).sum(dim=0).relu()
print("score =", score.item())
print("largest =", cam.max().item())
"""


def _cam(photo: Photo, card: ModelCard, target: int) -> str:
    if card.key not in _LINEAR:
        raise ModelError(f"CAM can't explain {card.title}.", "Choose another method or another network.")
    return f"""{_opened(photo, card)}
{_recorded(card, card.layers[0].name)}
with torch.no_grad():
    score = network(transforms(to_tensor(photo))[None])[0, {target}]
    weights = network.{_LINEAR[card.key]}.weight[{target}].flatten()    # one for each map
    cam = (weights[:, None, None] * maps[0][0]).sum(dim=0)
print("score =", score.item())
print("largest =", cam.max().item())
print("sum =", cam.sum().item())
"""


def _guided_grad_cam(photo: Photo, card: ModelCard, target: int, settings: AttributionSettings, layer: str) -> str:
    return f"""{pixel_snippet.seeing(photo, card, target, settings.measure, pixel_snippet.watched(card))}

{_recorded(card, layer)}
score = network((x - mean) / std)[0, {target}]
{_weighing(Method.GRAD_CAM)}

{pixel_snippet.ruled(Method.GUIDED)}
{pixel_snippet.SLOPE}
product = slope * torch.nn.functional.interpolate(cam[None, None], x.shape[2:], mode="bilinear")
{pixel_snippet.printed("product", card, target, settings.channels)}"""


def _opened(photo: Photo, card: ModelCard) -> str:
    """The lines that make `network`, `transforms` and `photo`."""
    return f"""import torch
from PIL import Image
from torchvision.transforms.functional import to_tensor
{loading(card, photo)}{pixel_snippet.watched(card)}

{opening(photo)}"""


def _recorded(card: ModelCard, layer: str) -> str:
    """The lines that keep what the layer makes in `maps`."""
    return f"""maps = []
layer = network.get_submodule("{_path(card, layer)}")
layer.register_forward_hook(lambda module, given, made: maps.append(made))"""


def _weighing(method: Method) -> str:
    """The lines that make the map `cam` (h, w) of `score` and `maps`."""
    return f"""(slope,) = torch.autograd.grad(score, maps[0])
{_WEIGHTS[method]}
cam = (weights * maps[0]).sum(dim=1).relu()[0]"""


def _path(card: ModelCard, layer: str) -> str:
    """Where the layer is in the network that the lines load."""
    return layer.replace("features", "trunk") if card.bundled else layer
