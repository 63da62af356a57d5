"""Trying a network of the catalogue on a photo: what a detector or a segmenter finds where, and what a layer answers to.

What a classifier sees is the experiment `overview`.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from core.boxes.evaluation import Detections
from core.boxes.nms_settings import LEAST_SCORE
from core.detection.detector import in_photo, suppressed
from core.errors import ModelError
from core.experiments.candidates import raw_boxes
from core.experiments.cost import Cost, Meter, billed
from core.experiments.overview import seen
from core.images.normalise import normalise
from core.images.photo import Photo
from core.zoo.cache import load
from core.zoo.model_card import Task
from core.zoo.weights import damaged

MAPS = 8


@dataclass(frozen=True, slots=True)
class Found:
    """One thing on a photo: its class, the place of that among all, a score from 0 to 1, and its box.

    The box is `(x1, y1, x2, y2)` in pixels of the photo's working copy.
    """

    label: str
    index: int
    score: float
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Things:
    """What a detector found, the best first, after non-maximum suppression for each class."""

    things: tuple[Found, ...]
    cost: Cost


@dataclass(frozen=True, slots=True)
class Region:
    """What part of a picture has one class, from 0 to 1. `index` is the place of the class in the logits."""

    label: str
    index: int
    share: float


@dataclass(frozen=True, slots=True, eq=False)
class Regions:
    """The class of each pixel of a network's input, and the classes that occur, the largest first.

    `classes` covers the part `seen` of the photo, `(x1, y1, x2, y2)` in pixels of its working copy.
    """

    classes: UInt8[np.ndarray, "h w"]
    regions: tuple[Region, ...]
    seen: tuple[float, float, float, float]
    cost: Cost


@dataclass(frozen=True, slots=True, eq=False)
class Maps:
    """The feature maps of `layer` that answer most to a photo, the strongest first, and how many there are in all.

    `maps` are scaled together: 0 is `low`, the lowest value of them all, and 1 is `high`. `channels` are their places
    among all maps, `means` the mean of each before it was scaled. They cover the part `seen` of the photo.
    """

    layer: str
    channels: tuple[int, ...]
    means: tuple[float, ...]
    maps: Float[np.ndarray, "n h w"]
    low: float
    high: float
    count: int
    seen: tuple[float, float, float, float]
    cost: Cost


def things(photo: Photo, model: str) -> Things:
    """What a detector finds with a score of at least `LEAST_SCORE`, in one pass forward.

    Raises:
        ModelError: there is no such detector, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _things(photo, model, device))


def regions(photo: Photo, model: str) -> Regions:
    """The class of each pixel by a segmenter, in one pass forward.

    Raises:
        ModelError: there is no such segmenter, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _regions(photo, model, device))


def maps(photo: Photo, model: str, layer: str | None = None) -> Maps:
    """The feature maps of `layer` (by default the deepest) with the largest mean over the photo, in one pass forward.

    The pass ends at that layer.

    Raises:
        ModelError: there is no such network or layer, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _maps(photo, model, layer, device))


def things_of(found: Detections, names: tuple[str, ...]) -> tuple[Found, ...]:
    """Detections one by one, in their order and with their boxes as they are; a label is its place in `names`."""
    rows = zip(found.labels.tolist(), found.scores.tolist(), found.boxes.tolist(), strict=True)
    return tuple(Found(names[index], index, score, (x1, y1, x2, y2)) for index, score, (x1, y1, x2, y2) in rows)


def _things(photo: Photo, model: str, device: torch.device) -> Things:
    raw = raw_boxes(photo, model, LEAST_SCORE, device)
    return Things(things_of(suppressed(in_photo(raw.found, raw.placement)), raw.classes), raw.cost)


def _regions(photo: Photo, model: str, device: torch.device) -> Regions:
    network = load(model, device)
    if network.card.task is not Task.SEGMENT:
        raise ModelError(f"{network.card.title} gives no class to each pixel.", "Choose a network that segments.")
    with Meter(device) as meter:
        placed = network.place(photo)
        with torch.inference_mode():
            logits = meter.counted(network.module)(normalise(placed.image))[0]
            if not bool(logits.isfinite().all()):
                raise damaged(network.card)
            classes = logits.argmax(dim=0)
            shares = torch.bincount(classes.flatten(), minlength=len(logits)) / classes.numel()
        found = _found(shares, network.card.classes)
        pixels = classes.to(torch.uint8).cpu().numpy()
    return Regions(pixels, found, seen(placed.placement), meter.cost)


def _found(shares: Float[Tensor, " classes"], names: tuple[str, ...]) -> tuple[Region, ...]:
    every = [Region(name, index, share) for index, (name, share) in enumerate(zip(names, shares.tolist(), strict=True))]
    return tuple(sorted((row for row in every if row.share > 0), key=lambda row: -row.share))


def _maps(photo: Photo, model: str, layer: str | None, device: torch.device) -> Maps:
    network = load(model, device)
    name = layer or network.card.layers[0].name
    trunk, _ = network.split(name)
    with Meter(device) as meter:
        placed = network.place(photo)
        with torch.inference_mode():
            answers = meter.counted(trunk)(normalise(placed.image))[0]
            best = answers.mean(dim=(1, 2)).topk(min(MAPS, len(answers)))
            strongest = answers[best.indices]
            low, high = strongest.min(), strongest.max()
            scaled = (strongest - low) / (high - low).clamp(min=torch.finfo(strongest.dtype).tiny)
        tiles = scaled.float().cpu().numpy()
    channels, means = tuple(best.indices.tolist()), tuple(best.values.tolist())
    where = seen(placed.placement)
    return Maps(name, channels, means, tiles, low.item(), high.item(), len(answers), where, meter.cost)
