"""Why this box, why these pixels? Grad-CAM for the score of one detection, and for a class over a region."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from core.attribution.grad_cam import explained, record
from core.boxes.evaluation import Detections
from core.boxes.nms import trace_nms
from core.detection.decoding import class_scores, ranked
from core.detection.detector import OVERLAP, grid_of, in_photo
from core.errors import SettingError
from core.experiments.cost import Cost, Meter, billed
from core.experiments.grid_heads import grid_detector
from core.experiments.models import Found, things_of
from core.experiments.overview import seen
from core.images.normalise import normalise
from core.images.photo import Photo
from core.networks.lab_vision import LabFcn
from core.networks.yolo import taken_apart
from core.zoo.cache import load
from core.zoo.weights import damaged

DETECTOR, SEGMENTER = "lab-yolo-14", "lab-fcn"
LAYER = "features.12"
"""The end of the trunk that the lab's detectors share with its classifier."""

LEAST = 0.1


@dataclass(frozen=True, slots=True, eq=False)
class BoxMap:
    """Where the score of one detection comes from.

    `things` are what the detector found, after suppression, the best first; `map` (h, w) is Grad-CAM of number `chosen`, at
    least 0 in no fixed unit, over the part `seen` of the photo. `factors` are what the score of that detection is the
    product of: the confidence of its anchor, and the probability of its class in its cell. Without any detection there is
    neither.
    """

    things: tuple[Found, ...]
    chosen: int
    map: Float[np.ndarray, "h w"] | None
    factors: tuple[float, float] | None
    seen: tuple[float, float, float, float]
    cost: Cost


@dataclass(frozen=True, slots=True, eq=False)
class RegionMap:
    """Where the score of the class `label` over a region comes from.

    `classes` are the most probable class of each pixel of the input, and `names` those that occur, the largest first, with
    the share of the picture that each has. The region is where `label` is the most probable class; where it is nowhere, all
    of the picture. `map` (h, w) is Grad-CAM of the mean score over the region, over the part `seen` of the photo.
    """

    classes: UInt8[np.ndarray, "height width"]
    names: tuple[tuple[str, int, float], ...]
    label: str
    index: int
    map: Float[np.ndarray, "h w"]
    seen: tuple[float, float, float, float]
    cost: Cost


def box_map(photo: Photo, chosen: int = 0, model: str = DETECTOR) -> BoxMap:
    """Grad-CAM for the score of the detection number `chosen`: one pass forward, one back through the head.

    Raises:
        SettingError: there are not so many detections.
        ModelError: there is no such detector, its file is damaged, or it can't be cut at the end of its trunk.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _box_map(photo, chosen, model, device))


def region_map(photo: Photo, index: int | None = None) -> RegionMap:
    """Grad-CAM for the class `index` of the lab's segmenter over the pixels that it gives to that class.

    By default the class with the largest area besides the background.

    Raises:
        SettingError: there is no such class.
        ModelError: the segmenter's file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _region_map(photo, index, device))


def _box_map(photo: Photo, chosen: int, model: str, device: torch.device) -> BoxMap:
    network = grid_detector(model, device)
    trunk, head = network.split(LAYER)
    with Meter(device) as meter:
        placed = network.place(photo)
        with torch.no_grad():
            features = meter.counted(trunk)(normalise(placed.image))
        recorded = record(features, head)
        if not bool(recorded.output.isfinite().all()):
            raise damaged(network.card)
        shapes = len(grid_of(recorded.output).shapes)
        found, rows = _found(recorded.output.detach().cpu(), shapes)
        _check(chosen, len(rows))
        map, factors = None, None
        if len(rows):
            row, label = int(rows[chosen]), int(found.labels[chosen])
            made = explained(
                recorded, lambda output: class_scores(taken_apart(output, shapes))[row, label], gradient=meter.gradient
            )
            map = made.map.cpu().numpy()
            sure = float(taken_apart(recorded.output.detach(), shapes).confidence.flatten()[row].sigmoid())
            factors = (sure, float(found.scores[chosen]) / sure)
    things = things_of(in_photo(found, placed.placement), network.card.classes)
    return BoxMap(things, chosen, map, factors, seen(placed.placement), meter.cost)


def _check(chosen: int, count: int) -> None:
    if chosen and not count:
        raise SettingError(f"chosen must be 0 where the network found nothing, got {chosen}.", "Choose another photo.")
    if chosen and not 0 <= chosen < count:
        raise SettingError(f"chosen must be a detection from 0 to {count - 1}, got {chosen}.")


def _found(output: Float[Tensor, "1 channels rows cols"], shapes: int) -> tuple[Detections, Tensor]:
    """What is left after suppression, and the numbers of the anchors that found it."""
    found, rows = ranked(taken_apart(output, shapes), grid_of(output), least=LEAST)
    kept = trace_nms(found.boxes, found.scores, iou_threshold=OVERLAP, labels=found.labels).kept
    return Detections(found.boxes[kept], found.scores[kept], found.labels[kept]), rows[kept]


def _region_map(photo: Photo, index: int | None, device: torch.device) -> RegionMap:
    network = load(SEGMENTER, device)
    assert isinstance(network.module, LabFcn)
    module, names = network.module, network.card.classes
    if index is not None and not 0 <= index < len(names):
        raise SettingError(f"index must be a class from 0 to {len(names) - 1}, got {index}.")
    with Meter(device) as meter:
        placed = network.place(photo)
        with torch.no_grad():
            fine, features = meter.counted(module.maps)(normalise(placed.image))
        recorded = record(features, lambda maps: module.answer(fine, maps))
        if not bool(recorded.output.isfinite().all()):
            raise damaged(network.card)
        classes = recorded.output.detach()[0].argmax(dim=0)
        shares = (torch.bincount(classes.flatten(), minlength=len(names)) / classes.numel()).tolist()
        occurring = sorted((place for place, share in enumerate(shares) if share > 0), key=lambda place: -shares[place])
        chosen = next((place for place in occurring if place), 0) if index is None else index
        region = _region(classes, chosen)
        made = explained(recorded, lambda scores: scores[0, chosen][region].mean(), gradient=meter.gradient)
        map, pixels = made.map.cpu().numpy(), classes.to(torch.uint8).cpu().numpy()
    told = tuple((names[place], place, shares[place]) for place in occurring)
    return RegionMap(pixels, told, names[chosen], chosen, map, seen(placed.placement), meter.cost)


def _region(classes: Tensor, chosen: int) -> Bool[Tensor, "height width"]:
    region = classes == chosen
    return region if bool(region.any()) else torch.ones_like(region)
