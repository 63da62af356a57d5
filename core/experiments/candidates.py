"""Who races on the NMS page: boxes of a detector before its suppression, truths jittered into a crowd, or boxes by chance.

A visitor's own come from a table or a file (`core.boxes.files`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch

from core.boxes.crowd import crowd
from core.boxes.crowd_settings import CrowdSettings
from core.boxes.evaluation import Detections
from core.boxes.files import BoxTable
from core.boxes.nms_settings import LEAST_SCORE, MOST_BOXES
from core.boxes.settings import Labelled
from core.detection.detector import in_photo
from core.detection.looked import surest
from core.errors import ModelError, SettingError
from core.experiments.cost import Cost, Meter, billed
from core.experiments.seeing import look
from core.images.photo import Photo
from core.images.resize import Placement
from core.zoo.cache import load
from core.zoo.catalog import card
from core.zoo.model_card import Source, Task


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The boxes that race, in pixels of the photo, the objects that are known to be there, and what they cost."""

    table: BoxTable
    truths: tuple[Labelled, ...]
    cost: Cost


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """What a detector says before suppression, in pixels of its input, where the photo lies on that, and its classes."""

    found: Detections
    placement: Placement
    classes: tuple[str, ...]
    cost: Cost


def detected(photo: Photo, model: str, least: float = LEAST_SCORE) -> Candidates:
    """Every anchor of a detector that scores at least `least`, before any suppression, in one pass forward.

    Raises:
        ModelError: there is no such detector, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _detected(photo, model, least, device))


def crowded(truths: Sequence[Labelled], settings: CrowdSettings, *, height: int, width: int) -> Candidates:
    """The truths jittered into a crowd, as a detector before suppression would give it.

    Raises:
        SettingError: a truth lies outside the photo, or they would be too many.
    """
    if len(truths) * settings.count > MOST_BOXES:
        raise SettingError(
            f"{len(truths)} objects with {settings.count} candidates each are more than {MOST_BOXES:,} boxes.",
            "Take fewer candidates for each object.",
        )
    with Meter(torch.device("cpu")) as meter:
        names = tuple(dict.fromkeys(one.label for one in truths))
        if settings.confusion > 0 and len(names) == 1:
            names = (*names, f"not {names[0]}")
        labels = torch.tensor([names.index(one.label) for one in truths], dtype=torch.int64)
        boxes = torch.tensor([one.box for one in truths], dtype=torch.float64).reshape(-1, 4)
        made = crowd(boxes, labels, settings, height=height, width=width, classes=max(2, len(names))).detections
        table = BoxTable(made.boxes.numpy(), made.scores.numpy(), tuple(names[index] for index in made.labels.tolist()))
    return Candidates(table, tuple(truths), meter.cost)


def random_boxes(count: int, seed: int, *, height: int, width: int) -> Candidates:
    """Boxes of one class anywhere on the photo, with sides from a twentieth to a third of it, and any score.

    Raises:
        SettingError: there would be too many, or none.
    """
    if not 1 <= count <= MOST_BOXES:
        raise SettingError(f"count must be from 1 to {MOST_BOXES:,}, got {count}.")
    with Meter(torch.device("cpu")) as meter:
        drawn = np.random.default_rng(seed).random((count, 5))
        sides = (0.05 + 0.28 * drawn[:, 2:4]) * (width, height)
        corners = drawn[:, :2] * ((width, height) - sides)
        table = BoxTable(np.concatenate((corners, corners + sides), axis=1), drawn[:, 4], ("box",) * count)
    return Candidates(table, (), meter.cost)


def raw_boxes(photo: Photo, model: str, least: float, device: torch.device) -> Raw:
    """Every anchor of a detector that scores at least `least`, the best first, in one pass forward on `device`."""
    network = load(model, device)
    with Meter(device) as meter:
        one = look(network, photo, meter)
        found, _ = surest(one.boxes, one.objectness, one.classes, least=least)
    return Raw(found, one.placement, network.card.classes, meter.cost)


def check_grid_head(model: str) -> None:
    """That a detector has the one head of the lab's own, whose every score can be followed to its anchor.

    Raises:
        ModelError: it has several, or there is no such network.
    """
    row = card(model)
    if row.task is Task.DETECT and row.source is not Source.BUNDLED:
        raise ModelError(
            f"{row.title} can't be used here: it does not look for boxes on one grid alone, and this works on one.",
            "Choose one of the lab's own detectors.",
        )


def _detected(photo: Photo, model: str, least: float, device: torch.device) -> Candidates:
    raw = raw_boxes(photo, model, least, device)
    found = in_photo(raw.found, raw.placement)
    labels = tuple(raw.classes[index] for index in found.labels.tolist())
    table = BoxTable(found.boxes.double().numpy(), found.scores.double().numpy(), labels)
    return Candidates(table, _known(photo, raw.classes), raw.cost)


def _known(photo: Photo, names: Sequence[str]) -> tuple[Labelled, ...]:
    """What is known to be on a photo, of the classes that a network knows."""
    if photo.truth is None:
        return ()
    rows = zip(photo.truth.labels, photo.truth.boxes.tolist(), strict=True)
    return tuple(Labelled(label, (x1, y1, x2, y2)) for label, (x1, y1, x2, y2) in rows if label in names)
