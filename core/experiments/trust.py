"""Whether a map deserves trust: the score while its pixels go or come, where it points, and the sanity check."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor, nn

from core.attribution.baselines import black, blurred
from core.attribution.faithfulness import (
    Faithfulness,
    Kind,
    Pointing,
    centre_order,
    curve,
    order,
    pointing,
    random_order,
)
from core.attribution.methods import AttributionSettings, Method
from core.attribution.sanity import SanityStep, sanity_check
from core.experiments.attribution import CHUNK, Explanation, Question, ask, attributed, flattened
from core.experiments.cost import Cost, Meter, billed_in_chunks
from core.experiments.opened import Opened, passed
from core.images.normalise import to_pixels
from core.images.photo import Photo
from core.images.resize import Placed
from core.zoo.cache import load
from core.zoo.network import Network

STEPS = 32
BLUR = 10.0
"""Standard deviation, in pixels, of the blurred picture into which pixels are put."""


class Control(Enum):
    """Orders of the pixels that no map made: what a map has to beat."""

    RANDOM = "random"
    CENTRE = "centre"

    @property
    def title(self) -> str:
        """How it is called."""
        return {"random": "Random pixels", "centre": "From the centre outwards"}[self.value]


@dataclass(frozen=True, slots=True, eq=False)
class Fall:
    """The probability of a class while more and more pixels are replaced."""

    curve: Faithfulness
    cost: Cost

    @property
    def kind(self) -> Kind:
        """Whether pixels go or come."""
        return self.curve.kind

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of the pixels that were replaced, from 0 to 1."""
        return tuple(self.curve.shares.tolist())

    @property
    def scores(self) -> tuple[float, ...]:
        """The probability at each share."""
        return tuple(self.curve.scores.tolist())

    @property
    def auc(self) -> float:
        """The area below the curve: low is good in deletion, high in insertion."""
        return self.curve.auc

    def picture(self, step: int) -> UInt8[np.ndarray, "h w 3"]:
        """The picture at one share, made anew each time: all of them would be ten times as large as what they follow from.

        Raises:
            SettingError: there is no such step.
        """
        return to_pixels(self.curve.picture(step))

    @property
    def pictures(self) -> UInt8[np.ndarray, "n h w 3"]:
        """The pictures at all shares."""
        return np.stack([self.picture(step) for step in range(self.curve.steps + 1)])


@dataclass(frozen=True, slots=True, eq=False)
class SanityAnswer:
    """A method's map while the network forgets stage after stage from the top: see `core.attribution.sanity`."""

    method: Method
    steps: tuple[SanityStep, ...]
    cost: Cost


def fall(opened: Opened, target: int, by: Explanation | Control, kind: Kind) -> Fall:
    """Delete the most important pixels first, or put them into the blurred picture first, and watch the probability.

    Deletion paints black, as in the paper; insertion begins with the blurred photo. A signed map counts what speaks for the
    class first.

    Raises:
        SettingError: there is no such class.
        MemoryShortError: no device has room for it.
    """
    question = ask(opened, target)
    return billed_in_chunks(lambda device, chunk: _fallen(question, by, kind, device, chunk), CHUNK)


def pointed(opened: Opened, explanation: Explanation, photo: Photo) -> Pointing | None:
    """Whether the map points at an object of its class, where the photo says where those are; else None."""
    if photo.truth is None:
        return None
    rows = [place for place, label in enumerate(photo.truth.labels) if label == explanation.label]
    if not rows:
        return None
    boxes = opened.placement.forward_boxes(torch.from_numpy(photo.truth.boxes[rows]).float())
    height, width = opened.image.shape[2:]
    return pointing(torch.from_numpy(explanation.map), boxes, height, width)


def sanity(opened: Opened, target: int, method: Method, settings: AttributionSettings, seed: int = 0) -> SanityAnswer:
    """The map of `method` while a copy of the network forgets everything, from the output to the input.

    Raises:
        SettingError: there is no such class.
        ModelError: the network does not allow the method, or a map is not finite.
        MemoryShortError: no device has room for it.
    """
    question = ask(opened, target, settings, method=method)
    return billed_in_chunks(lambda device, chunk: _checked(question, method, seed, device, chunk), CHUNK)


def _fallen(question: Question, by: Explanation | Control, kind: Kind, device: torch.device, chunk: int) -> Fall:
    network = load(question.opened.model, device)
    with Meter(device) as meter:
        image = question.image(network)
        height, width = image.shape[1:]
        reference = black(image) if kind is Kind.DELETION else blurred(image, BLUR)
        found = curve(
            question.probability(network, meter),
            image,
            _order(by, height, width),
            reference,
            kind=kind,
            steps=STEPS,
            chunk=chunk,
        )
    return Fall(found, meter.cost)


def _order(by: Explanation | Control, height: int, width: int) -> Tensor:
    if isinstance(by, Explanation):
        return order(torch.from_numpy(by.map), height, width)
    return random_order(height, width, seed=0) if by is Control.RANDOM else centre_order(height, width)


def _checked(question: Question, method: Method, seed: int, device: torch.device, chunk: int) -> SanityAnswer:
    network = load(question.opened.model, device)
    with Meter(device) as meter:
        run = sanity_check(network.module, _explainer(question, method, network, meter, chunk), seed)
        steps = tuple(run)
    return SanityAnswer(method, steps, meter.cost)


def _explainer(
    question: Question, method: Method, network: Network, meter: Meter, chunk: int
) -> Callable[[nn.Module], Float[Tensor, "h w"]]:
    placed = Placed(question.opened.image.to(network.device), question.opened.placement)

    def explain(module: nn.Module) -> Float[Tensor, "h w"]:
        forgetful = replace(network, module=module)
        maps = method.coarse or method.layered
        asked = replace(question, opened=passed(placed, forgetful, meter)) if maps else question
        raw, _ = attributed(asked, method, forgetful, meter, chunk)
        return flattened(raw, method, question.settings)

    return explain
