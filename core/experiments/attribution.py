"""Where an answer comes from: a photo goes through a network once, and every method explains what came out.

`core.experiments.opened` makes that one pass and keeps the feature maps of all layers and the way from the deepest of them to
the logits. `explain` starts from there: Grad-CAM of another class is one small pass back, and no pass forward.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from core.attribution.baselines import baseline
from core.attribution.cam import cam, pooled_weights
from core.attribution.grad_cam import Weighing, explained, record
from core.attribution.guided import guided_backpropagation, guided_grad_cam
from core.attribution.integrated_gradients import integrated_gradients
from core.attribution.methods import AttributionSettings, Method
from core.attribution.relu_rule import ReluRule
from core.attribution.saliency import gaussian_noise, gradient_x_input, over_channels, saliency, smooth_grad
from core.attribution.score_cam import score_cam
from core.attribution.scores import Score, scored
from core.attribution.settings import Baseline, BaselineSettings, Channels
from core.errors import ModelError, SettingError
from core.experiments.cost import Cost, Meter, billed_in_chunks
from core.experiments.opened import Opened
from core.images.normalise import normalise, to_tensor
from core.images.photo import Photo
from core.images.resize import stretch
from core.zoo.cache import load
from core.zoo.network import Network

CHUNK = 16
"""Pictures that pass a network at once."""

Made = tuple[Tensor, float | None]


@dataclass(frozen=True, slots=True, eq=False)
class Explanation:
    """What one method says of one class.

    `raw` is what it computes, without any scaling: for a coarse method its map (h, w) at the size of the layer, else
    (3, h, w) at the size of the picture. `map` has one value for each position: `raw` itself, or its channels taken
    together, signed if the method is. `score` is the logit of the class `target`, and `layer` the layer that has a part in
    it. `gap` is how far integrated gradients are from complete, as a share of the rise of the score; None for the others,
    and where nothing rises.

    `cost` counts a batch that passes at once as one pass, and the way from an earlier layer to the logits as one as well.
    """

    method: Method
    target: int
    label: str
    probability: float
    score: float
    layer: str | None
    raw: Float[np.ndarray, "..."]
    map: Float[np.ndarray, "h w"]
    gap: float | None
    cost: Cost


def explain(
    opened: Opened,
    method: Method,
    target: int,
    settings: AttributionSettings | None = None,
    *,
    layer: str | None = None,
    other: Photo | None = None,
) -> Explanation:
    """What `method` says of class `target`, at `layer` (by default the deepest) where it has a layer.

    `other` is the photo that is the baseline, where the settings ask for one.

    Raises:
        SettingError: there is no such class or layer, or no photo for the baseline.
        ModelError: the network does not allow the method.
        WeightsMissingError: the network's weights are gone meanwhile.
        MemoryShortError: no device has room for it.
    """
    question = ask(opened, target, settings, method=method, other=other)
    if layer is not None and layer not in opened.features:
        raise SettingError(f"This network has no maps at the layer “{layer[:40]}”.", "Choose one of its layers.")
    asked = replace(question, layer=layer or opened.deepest)
    return billed_in_chunks(lambda device, chunk: _explained(asked, method, device, chunk), CHUNK)


@dataclass(frozen=True, slots=True, eq=False)
class Question:
    """One explanation to be made: of class `target`, at `layer` where the method has one."""

    opened: Opened
    target: int
    layer: str
    settings: AttributionSettings
    other: Photo | None = None

    def image(self, network: Network) -> Float[Tensor, "3 h w"]:
        """The network's input in [0, 1], on its device."""
        return self.opened.image[0].to(network.device)

    def score(self, network: Network, meter: Meter) -> Score:
        """The number that is explained, of pictures in [0, 1]."""
        module = meter.counted(network.module)
        return scored(lambda pictures: module(normalise(pictures)), self.target, self.settings.measure)

    def probability(self, network: Network, meter: Meter) -> Score:
        """The probability of the class, of pictures in [0, 1]."""
        module = meter.counted(network.module)
        return lambda pictures: module(normalise(pictures)).softmax(dim=1)[:, self.target]


def ask(
    opened: Opened,
    target: int,
    settings: AttributionSettings | None = None,
    *,
    method: Method | None = None,
    other: Photo | None = None,
) -> Question:
    """What is asked of class `target` at the deepest layer, and by `method` if one is named.

    Raises:
        SettingError: there is no such class.
        ModelError: the network does not allow the method.
    """
    if not 0 <= target < len(opened.probabilities):
        raise SettingError(f"target must be a class from 0 to {len(opened.probabilities) - 1}, got {target}.")
    if method is not None and method not in opened.methods():
        raise ModelError(f"{method.title} can't explain this network.", "Choose another method or another network.")
    return Question(opened, target, opened.deepest, settings or AttributionSettings(), other)


def attributed(question: Question, method: Method, network: Network, meter: Meter, chunk: int) -> Made:
    """What `method` computes, without any scaling, and the gap of integrated gradients. See `Explanation.raw`."""
    return _BY_METHOD[method](question, network, meter, chunk)


def flattened(raw: Float[Tensor, "..."], method: Method, settings: AttributionSettings) -> Float[Tensor, "h w"]:
    """One value for each position: see `Explanation.map`."""
    return over_channels(raw, Channels.SUM if method.signed else settings.channels) if raw.ndim == 3 else raw


def _explained(question: Question, method: Method, device: torch.device, chunk: int) -> Explanation:
    opened, target = question.opened, question.target
    network = load(opened.model, device)
    with Meter(device) as meter:
        raw, gap = attributed(question, method, network, meter, chunk)
        map = flattened(raw, method, question.settings)
        values, flat = raw.float().cpu().numpy(), map.float().cpu().numpy()
    return Explanation(
        method=method,
        target=target,
        label=opened.classes[target],
        probability=float(opened.probabilities[target]),
        score=float(opened.recorded.output[0, target].detach()),
        layer=question.layer if method.layered else None,
        raw=values,
        map=flat,
        gap=gap,
        cost=meter.cost,
    )


def _weighed(question: Question, network: Network, meter: Meter, weighing: Weighing) -> Made:
    layer, opened = question.layer, question.opened
    recorded = opened.recorded
    if layer != opened.deepest or recorded.leaf.device != network.device:
        recorded = record(opened.features[layer].to(network.device), meter.counted(network.split(layer).head))
    return explained(recorded, lambda logits: logits[0, question.target], weighing, gradient=meter.gradient).map, None


def _score_cam(question: Question, network: Network, meter: Meter, chunk: int) -> Made:
    module = meter.counted(network.module)
    found = score_cam(
        question.opened.features[question.layer].to(network.device),
        lambda pictures: module(normalise(pictures)),
        question.image(network),
        question.target,
        settings=question.settings.score_cam,
        chunk=chunk,
    )
    return found.map, None


def _cam(question: Question, network: Network, meter: Meter, chunk: int) -> Made:
    deepest = question.opened.deepest
    weights = pooled_weights(network.split(deepest).head)
    assert weights is not None  # the method is not offered otherwise
    return cam(question.opened.features[deepest].to(network.device), weights, question.target), None


def _guided(question: Question, network: Network, meter: Meter, rule: ReluRule) -> Made:
    score, image = question.score(network, meter), question.image(network)
    return guided_backpropagation(score, image, rule, gradient=meter.gradient), None


def _guided_grad_cam(question: Question, network: Network, meter: Meter, chunk: int) -> Made:
    guided, _ = _guided(question, network, meter, ReluRule.GUIDED)
    map, _ = _weighed(question, network, meter, Weighing.GRAD_CAM)
    return guided_grad_cam(guided, map).product, None


def _integrated(question: Question, network: Network, meter: Meter, chunk: int) -> Made:
    image, settings = question.image(network), question.settings
    found = integrated_gradients(
        question.score(network, meter),
        image,
        start(network, image, settings.baseline, question.other),
        settings.integration,
        chunk=chunk,
        gradient=meter.gradient,
    )
    return found.attribution, found.relative_gap


def start(
    network: Network, image: Float[Tensor, "3 h w"], settings: BaselineSettings, other: Photo | None
) -> Float[Tensor, "3 h w"]:
    """The baseline of the settings, for `image`; `other` is the photo that some kinds are, seen as the network sees photos.

    The mean of the training photos has their shape already, so it is brought to size whole.

    Raises:
        SettingError: the kind needs a photo, and there is none.
    """
    picture = None
    if other is not None and settings.kind is Baseline.PICTURE:
        picture = network.place(other).image[0]
    if other is not None and settings.kind is Baseline.MEAN_PHOTO:
        height, width = image.shape[1:]
        picture = stretch(to_tensor(other.pixels, network.device), height=height, width=width).image[0]
    return baseline(image, settings, picture)


def _smooth_grad(question: Question, network: Network, meter: Meter, chunk: int) -> Made:
    image, noise = question.image(network), question.settings.noise
    drawn = gaussian_noise(image, noise.level, noise.samples, noise.seed)
    return smooth_grad(question.score(network, meter), image, drawn, chunk=chunk, gradient=meter.gradient), None


_BY_METHOD: dict[Method, Callable[[Question, Network, Meter, int], Made]] = {
    Method.GRAD_CAM: lambda question, network, meter, chunk: _weighed(question, network, meter, Weighing.GRAD_CAM),
    Method.GRAD_CAM_PLUS_PLUS: lambda question, network, meter, chunk: _weighed(
        question, network, meter, Weighing.PLUS_PLUS
    ),
    Method.LAYER_CAM: lambda question, network, meter, chunk: _weighed(question, network, meter, Weighing.LAYER),
    Method.SCORE_CAM: _score_cam,
    Method.CAM: _cam,
    Method.GUIDED_GRAD_CAM: _guided_grad_cam,
    Method.GUIDED: lambda question, network, meter, chunk: _guided(question, network, meter, ReluRule.GUIDED),
    Method.DECONVNET: lambda question, network, meter, chunk: _guided(question, network, meter, ReluRule.DECONVNET),
    Method.INTEGRATED_GRADIENTS: _integrated,
    Method.SMOOTH_GRAD: _smooth_grad,
    Method.GRADIENT: lambda question, network, meter, chunk: (
        saliency(question.score(network, meter), question.image(network), gradient=meter.gradient),
        None,
    ),
    Method.GRADIENT_X_INPUT: lambda question, network, meter, chunk: (
        gradient_x_input(question.score(network, meter), question.image(network), gradient=meter.gradient),
        None,
    ),
}
