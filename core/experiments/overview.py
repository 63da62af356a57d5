"""The first look of a network at a photo: what it takes it for, which part it saw, and where it looked."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from core.attribution.grad_cam import grad_cam
from core.errors import ModelError
from core.experiments.cost import Cost, Meter, billed
from core.images.normalise import normalise
from core.images.photo import Photo
from core.images.resize import Placement
from core.zoo.cache import load
from core.zoo.model_card import Task
from core.zoo.weights import damaged

GUESSES = 5


@dataclass(frozen=True, slots=True)
class Guess:
    """One class and how probable the network finds it, from 0 to 1. `index` is its place in the logits."""

    label: str
    index: int
    probability: float


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """What one look found, the most probable class first.

    `seen` is the part of the photo that reached the network, `(x1, y1, x2, y2)` in pixels of its working copy. `cam`
    covers exactly that part: Grad-CAM of the class `target`, from 0 to 1 at its strongest cell, or all 0 where no cell
    speaks for the class.
    """

    guesses: tuple[Guess, ...]
    seen: tuple[float, float, float, float]
    cam: Float[np.ndarray, "h w"]
    target: str
    cost: Cost


def look(photo: Photo, model: str) -> Look:
    """Classify the middle of a photo and ask where the network found its first guess.

    The photo is prepared as torchvision's preset does. One pass forward; the pass back goes through the head alone, from
    the first layer of the network's card.

    Raises:
        ModelError: there is no such network, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _look(photo, model, device))


def _look(photo: Photo, model: str, device: torch.device) -> Look:
    network = load(model, device)
    if network.card.task is not Task.CLASSIFY:
        raise ModelError(f"{network.card.title} names nothing.", "Choose a network that classifies.")
    trunk, head = network.split(network.card.layers[0].name)
    with Meter(device) as meter:
        placed = network.place(photo)
        with torch.no_grad():
            features = meter.counted(trunk)(normalise(placed.image))
        found = grad_cam(features, head, gradient=meter.gradient)
        if not bool(found.logits.isfinite().all()):
            raise damaged(network.card)
        guesses = _guesses(found.logits, network.card.classes)
        cam = _scaled(found.map)
    return Look(guesses, seen(placed.placement), cam, guesses[0].label, meter.cost)


def _guesses(logits: Float[Tensor, " classes"], names: tuple[str, ...]) -> tuple[Guess, ...]:
    probabilities, indices = logits.softmax(dim=0).topk(GUESSES)
    pairs = zip(indices.tolist(), probabilities.tolist(), strict=True)
    return tuple(Guess(names[index], index, probability) for index, probability in pairs)


def seen(placement: Placement) -> tuple[float, float, float, float]:
    """The part of a photo that lies on a network's input, `(x1, y1, x2, y2)` in pixels of the photo."""
    canvas = torch.tensor([[0.0, 0.0, placement.canvas_width, placement.canvas_height]], dtype=torch.float64)
    x1, y1, x2, y2 = placement.back_boxes(canvas, clip=True)[0].tolist()
    return x1, y1, x2, y2


def _scaled(map: Float[Tensor, "h w"]) -> Float[np.ndarray, "h w"]:
    peak = map.max()
    scaled = torch.where(peak > 0, map / peak, map)
    return scaled.cpu().numpy()
