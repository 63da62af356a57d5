"""A prediction head that learns one photo by heart, step by step: its boxes converge on the objects.

The trunk sees the photo once; its maps are kept, and a copy of the head above them learns. The shared network is never
changed. All photos of the world but this one are forgotten on the way: that is what overfitting means.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float32
from torch import Tensor, nn

from core.boxes.candidates import read_only
from core.boxes.evaluation import Detections
from core.boxes.iou import pairwise_iou
from core.boxes.settings import Labelled
from core.detection.detector import detections, grid_of, in_photo
from core.detection.grid import Grid
from core.detection.learning_settings import OverfitSettings, Start
from core.detection.loss import Objects, Terms, grid_loss
from core.detection.targets import Targets, assign
from core.device import best_device, describe, is_shortage, seeded, within_memory
from core.errors import MemoryShortError, ModelError, SettingError
from core.experiments.cost import Cost, Meter
from core.experiments.grid_heads import grid_head, rule_of
from core.experiments.marked_objects import check_truths, marked
from core.experiments.models import Found, things_of
from core.images.photo import Photo
from core.images.resize import Placement
from core.networks.yolo import taken_apart
from core.steps import Run, Step
from core.zoo.cache import load
from core.zoo.weights import damaged

LEAST = 0.05
"""Boxes that score less are not shown: at the start there are none, and many come and go."""

GOOD = 0.8
"""The IoU from which a box counts as converged on its object."""

PRIOR = -4.6
"""The logit of a new head's confidence: 1 % (Lin et al., Focal Loss for Dense Object Detection, 2017, section 4.1)."""

NARROW = 0.01
"""The standard deviation of new weights in the last layer."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OverfitStep(Step):
    """The head after `index` updates; index 0 is the head as it began.

    `confidence`, `offsets` and `classes` are the parts of its loss, `total` their weighted sum with the settings of this
    step. `things` are what it finds after suppression with a score of at least 0.05, the best first, in pixels of the
    photo. `ious` has for each object the largest IoU of a found box with its label, 0 without any, and `reached` whether
    all of them are 0.8 or more. `sure` is the largest confidence of each cell's anchors. `cost` is the bill of the run
    so far.
    """

    confidence: float
    offsets: float
    classes: float
    total: float
    things: tuple[Found, ...]
    ious: tuple[float, ...]
    sure: Float32[np.ndarray, "rows cols"]
    cost: Cost

    @property
    def reached(self) -> bool:
        """Whether every object has a box with its label and an IoU of 0.8 or more."""
        return all(iou >= GOOD for iou in self.ious)


def overfit(
    photo: Photo, model: str, truths: Sequence[Labelled], settings: OverfitSettings | None = None
) -> Run[OverfitStep]:
    """Teach a copy of the head of `model` the objects `truths`, boxes in pixels of the photo, with Adam in float32.

    The first step loads the network, passes the photo through the trunk, and shows the head before any update; it ends
    after `settings.steps` updates. Learning rate and loss of settings sent into it rule from its next update on. Labels
    that the network does not know become new classes of the copy. The same seed gives the same run on a CPU.

    Kingma and Ba, Adam, 2015, algorithm 1.

    Raises:
        SettingError: there is no object or too many, or one is empty or outside the photo; in the run, settings with
            another start, seed or number of steps.
        ModelError: in the run, there is no such network, it is no grid head, its file is damaged, or the loss is no
            longer a number.
        WeightsMissingError: in the run, the network's weights are not on this machine.
        MemoryShortError: in the run, no device has room for it.
    """
    check_truths(truths, height=photo.height, width=photo.width)
    if not truths:
        raise SettingError("There is nothing to learn without an object.", "Draw a box around one.")
    return _overfit(photo, model, tuple(truths), settings or OverfitSettings())


def _overfit(photo: Photo, model: str, truths: tuple[Labelled, ...], settings: OverfitSettings) -> Run[OverfitStep]:
    fitted = within_memory(lambda device, _: _Pupil(photo, model, truths, settings, device), best_device())
    pupil = fitted.value
    for index in range(settings.steps + 1):
        if index:
            pupil.learn(settings)
        newer = yield replace(pupil.step(index, settings), cost=replace(pupil.cost, notice=fitted.notice))
        settings = _steered(settings, newer)


def _steered(settings: OverfitSettings, newer: OverfitSettings | None) -> OverfitSettings:
    """The newer settings, if there are any.

    Raises:
        SettingError: they belong to another run.
    """
    if newer is None:
        return settings
    for name in ("start", "steps", "seed"):
        if getattr(newer, name) != getattr(settings, name):
            raise SettingError(f"{name} must stay the same during a run.", "Start again with the new settings.")
    return newer


class _Pupil:
    """A copy of a head on one device that learns. Each update has its own meter: what happens between two is not billed."""

    def __init__(
        self, photo: Photo, model: str, truths: tuple[Labelled, ...], settings: OverfitSettings, device: torch.device
    ) -> None:
        network = load(model, device)
        trunk, head = grid_head(network)
        self.cost = Cost(describe(device).title, 0, 0, 0.0, 0.0)
        self._device, self._truths = device, truths
        self._names = tuple(dict.fromkeys((*network.card.classes, *(one.label for one in truths))))
        with Meter(device) as meter:
            placed = network.place(photo)
            with torch.no_grad():
                self._features: Tensor = meter.counted(trunk)(network.prepared(placed.image))
            if not bool(self._features.isfinite().all()):
                raise damaged(network.card)
            self._placement: Placement = placed.placement
            known = len(network.card.classes)
            self._head = pupil_head(head, known, more=len(self._names) - known, settings=settings)
            self._weights = list(self._head.parameters())
            self._adam = torch.optim.Adam(self._weights)
            self._objects: Objects = marked(truths, self._names, placed.placement, device)
            self._output: Tensor = self._head(self._features)
            self._grid: Grid = grid_of(self._output)
            self._targets: Targets = assign(self._objects.boxes, self._grid, rule_of(self._grid))
        self.cost += meter.cost

    def learn(self, settings: OverfitSettings) -> None:
        """One update, and what the head says then."""
        try:
            with Meter(self._device) as meter:
                terms = self._terms(settings)
                total = terms.total(offsets=settings.loss.offsets, classes=settings.loss.classes)
                slopes = meter.gradient(total, self._weights)
                for weight, slope in zip(self._weights, slopes, strict=True):
                    weight.grad = slope
                self._adam.param_groups[0]["lr"] = settings.learning_rate
                self._adam.step()
                self._output = meter.counted(self._head)(self._features)
        except (MemoryError, RuntimeError) as error:
            if is_shortage(error):
                raise MemoryShortError from error
            raise
        self.cost += meter.cost

    def step(self, index: int, settings: OverfitSettings) -> OverfitStep:
        """What the head says now."""
        with torch.no_grad():
            terms = self._terms(settings)
        total = terms.total(offsets=settings.loss.offsets, classes=settings.loss.classes).item()
        if not np.isfinite(total):
            raise ModelError("The loss is no longer a number.", "Choose a smaller learning rate, and start again.")
        found = in_photo(detections(self._output, self._grid, least=LEAST), self._placement)
        confidence = taken_apart(self._output.detach(), len(self._grid.shapes)).confidence[0].sigmoid()
        return OverfitStep(
            index=index,
            confidence=terms.confidence.item(),
            offsets=terms.offsets.item(),
            classes=terms.classes.item(),
            total=total,
            things=things_of(found, self._names),
            ious=self._ious(found),
            sure=read_only(confidence.amax(dim=0).cpu().numpy()),
            cost=self.cost,
        )

    def _terms(self, settings: OverfitSettings) -> Terms:
        answer = taken_apart(self._output, len(self._grid.shapes))
        return grid_loss(answer, [self._objects], [self._targets], self._grid, focus=settings.loss.focus)

    def _ious(self, found: Detections) -> tuple[float, ...]:
        boxes = torch.tensor([one.box for one in self._truths], dtype=found.boxes.dtype)
        overlap = pairwise_iou(boxes, found.boxes)
        same = torch.tensor([self._names.index(one.label) for one in self._truths])[:, None] == found.labels
        return tuple((overlap * same).amax(dim=1).tolist()) if len(found.boxes) else (0.0,) * len(boxes)


def pupil_head(head: nn.Module, classes: int, *, more: int, settings: OverfitSettings) -> nn.Module:
    """A copy of a prediction head of `classes` classes that asks for gradients, with `more` classes behind its own.

    With `Start.RANDOM` all its weights are drawn anew, by the seed alone: they are the same on every device. New classes
    of a trained head are drawn likewise.
    """
    pupil = copy.deepcopy(head)
    layers = [layer for layer in pupil.modules() if isinstance(layer, nn.Conv2d)]
    draw, last = seeded(settings.seed, torch.device("cpu")), layers[-1]
    assert last.bias is not None
    anchors = (len(last.bias) - classes) // 5
    rows = torch.empty(more, *last.weight.shape[1:]).normal_(std=NARROW, generator=draw)
    last.weight = nn.Parameter(torch.cat((last.weight, rows.to(last.weight))))
    last.bias = nn.Parameter(torch.cat((last.bias, last.bias.new_zeros(more))))
    last.out_channels += more
    if settings.start is Start.RANDOM:
        _draw_anew(layers, anchors, draw)
    return pupil.requires_grad_(True)


def _draw_anew(layers: Sequence[nn.Conv2d], anchors: int, draw: torch.Generator) -> None:
    """New weights as `core.networks.yolo.prediction` begins with, but drawn by a generator of our own."""
    for layer in layers:
        here = torch.empty(layer.weight.shape)
        if layer is layers[-1]:
            here.normal_(std=NARROW, generator=draw)
        else:
            nn.init.kaiming_uniform_(here, a=math.sqrt(5), generator=draw)
        layer.weight = nn.Parameter(here.to(layer.weight))
        if layer.bias is not None:
            layer.bias = nn.Parameter(torch.zeros_like(layer.bias))
    bias = layers[-1].bias
    assert bias is not None
    with torch.no_grad():
        bias[:anchors] = PRIOR
