"""A photo that went through a classifier once: what every explanation of the answer starts from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise
from weakref import WeakKeyDictionary

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from core.attribution.cam import pooled_weights
from core.attribution.grad_cam import Recorded, record
from core.attribution.guided import has_relu
from core.attribution.methods import Method
from core.errors import ModelError
from core.experiments.cost import Cost, Meter, billed
from core.experiments.overview import Guess, seen
from core.images.normalise import normalise
from core.images.photo import Photo
from core.images.resize import Placed, Placement
from core.networks.chain import Chain
from core.networks.receptive_field import ReceptiveField, receptive_fields
from core.zoo.cache import load
from core.zoo.model_card import Task
from core.zoo.network import Network
from core.zoo.weights import damaged

GUESSES = 5

_FOLLOWED: WeakKeyDictionary[Chain, dict[tuple[int, int], tuple[MappedLayer, ...]]] = WeakKeyDictionary()

UNBILLED = Cost(device="", forward=0, backward=0, milliseconds=0.0, megabytes=0.0)


@dataclass(frozen=True, slots=True)
class MappedLayer:
    """A layer whose maps can be explained with: its name in the network, and what one of its cells sees."""

    name: str
    field: ReceptiveField


@dataclass(frozen=True, slots=True, eq=False)
class Opened:
    """A photo that went through the network `model` once.

    `image` is the network's input in [0, 1], before it is normalised; it covers the part `seen` of the photo,
    `(x1, y1, x2, y2)` in pixels of its working copy, and `placement` says how. `features` has the maps of each of `layers`,
    which run in this order; `recorded` is the way from the last of them to the logits. `guesses` are the most probable
    classes, `probabilities` all.
    """

    model: str
    image: Float[Tensor, "1 3 h w"]
    placement: Placement
    seen: tuple[float, float, float, float]
    layers: tuple[MappedLayer, ...]
    features: Mapping[str, Tensor]
    recorded: Recorded
    guesses: tuple[Guess, ...]
    probabilities: Float[np.ndarray, " classes"]
    classes: tuple[str, ...]
    has_relu: bool
    has_cam: bool
    cost: Cost

    @property
    def deepest(self) -> str:
        """The last layer with maps that have not become classes yet."""
        return self.layers[-1].name

    def methods(self) -> tuple[Method, ...]:
        """The methods that this network allows: CAM needs a mean over positions at its end, three others a ReLU."""
        missing = set() if self.has_cam else {Method.CAM}
        if not self.has_relu:
            missing |= {Method.GUIDED, Method.GUIDED_GRAD_CAM, Method.DECONVNET}
        return tuple(method for method in Method if method not in missing)


def open_photo(photo: Photo, model: str) -> Opened:
    """One pass of the photo through a classifier.

    Raises:
        ModelError: there is no such classifier, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _opened(photo, model, device))


def passed(placed: Placed, network: Network, meter: Meter) -> Opened:
    """One pass of a network's input through it, on the bill of `meter`: the answer has none of its own yet.

    Numbers that are not finite are not looked for.

    Raises:
        ModelError: the network is none that names what is on a photo.
    """
    chain = network.module
    if network.card.task is not Task.CLASSIFY or not isinstance(chain, Chain):
        raise ModelError(f"{network.card.title} names nothing.", "Choose a network that classifies.")
    height, width = placed.image.shape[2:]
    layers = _layers_of(chain, network.card.layers[0].name, height, width)
    with torch.no_grad():
        features = meter.counted(chain.features)(normalise(placed.image), [layer.name for layer in layers])
    _, head = chain.split(layers[-1].name)
    recorded = record(features[layers[-1].name], head)
    probabilities = recorded.output.detach()[0].softmax(dim=0)
    return Opened(
        model=network.card.key,
        image=placed.image,
        placement=placed.placement,
        seen=seen(placed.placement),
        layers=layers,
        features=features,
        recorded=recorded,
        guesses=_guesses(probabilities, network.card.classes),
        probabilities=probabilities.cpu().numpy(),
        classes=network.card.classes,
        has_relu=has_relu(chain),
        has_cam=pooled_weights(head) is not None,
        cost=UNBILLED,
    )


def mapped_layers(network: Chain, deepest: str, *, height: int, width: int) -> tuple[MappedLayer, ...]:
    """The layers down to `deepest` whose maps are worth explaining with, for an input of one size.

    Of layers that follow one another and see the same, such as a convolution, its normalisation and its ReLU, only the last
    counts. Maps as fine as the picture are left out.
    """
    fields = receptive_fields(network, height=height, width=width)
    known = list(fields.items())[: list(fields).index(deepest) + 1]
    last = [name for (name, one), (_, after) in pairwise(known) if (one.side, one.stride) != (after.side, after.stride)]
    return tuple(MappedLayer(name, fields[name]) for name in (*last, deepest) if fields[name].stride > 1)


def _opened(photo: Photo, model: str, device: torch.device) -> Opened:
    network = load(model, device)
    with Meter(device) as meter:
        opened = passed(network.place(photo), network, meter)
        if not bool(torch.isfinite(opened.recorded.output).all()):
            raise damaged(network.card)
    return replace(opened, cost=meter.cost)


def _layers_of(network: Chain, deepest: str, height: int, width: int) -> tuple[MappedLayer, ...]:
    """`mapped_layers`, followed once for each network and size."""
    known = _FOLLOWED.setdefault(network, {})
    if (height, width) not in known:  # two threads at once find the same
        known[height, width] = mapped_layers(network, deepest, height=height, width=width)
    return known[height, width]


def _guesses(probabilities: Float[Tensor, " classes"], names: tuple[str, ...]) -> tuple[Guess, ...]:
    best = probabilities.topk(min(GUESSES, len(probabilities)))
    pairs = zip(best.indices.tolist(), best.values.tolist(), strict=True)
    return tuple(Guess(names[index], index, probability) for index, probability in pairs)
