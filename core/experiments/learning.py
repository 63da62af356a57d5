"""How a grid head learns from one photo: who answers for each object, what it says, what it should say, and every term.

The loss is that of `core.detection.loss`, anchor by anchor; its totals equal those there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import torch
from torch import Tensor
from torch.nn import functional

from core.boxes.candidates import read_only
from core.boxes.deltas import Four, decode, encode
from core.boxes.iou import paired_iou
from core.boxes.matching import Activation, activated_anchors
from core.boxes.settings import Labelled
from core.detection.detector import grid_of
from core.detection.grid import Grid
from core.detection.loss import FOCUS, Objects
from core.detection.targets import Positives, Targets, assign
from core.errors import SettingError
from core.experiments.cost import Meter, billed
from core.experiments.grid_heads import grid_head, rule_of
from core.experiments.lessons import (
    HARD,
    IGNORED,
    Focused,
    Group,
    Learning,
    Lesson,
    LessonTerms,
    Said,
    Share,
    Sums,
    Wanted,
)
from core.experiments.marked_objects import check_truths, marked
from core.experiments.opened import UNBILLED
from core.images.photo import Photo
from core.images.resize import Placement
from core.networks.yolo import taken_apart
from core.zoo.cache import load
from core.zoo.weights import damaged


def learning(photo: Photo, model: str, truths: Sequence[Labelled], *, focus: float = FOCUS) -> Learning:
    """What the grid head `model` would learn from `truths`, boxes in pixels of the photo, in one pass forward.

    Without objects every anchor learns that there is nothing.

    Raises:
        SettingError: too many objects, one that is empty or outside the photo or of a class that the head doesn't know,
            or a negative focus.
        ModelError: there is no such network, it is no grid head, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    if not focus >= 0:
        raise SettingError(f"focus must be at least 0, got {focus}.")
    check_truths(truths, height=photo.height, width=photo.width)
    return billed(lambda device: _learning(photo, model, tuple(truths), focus, device))


def _learning(photo: Photo, model: str, truths: tuple[Labelled, ...], focus: float, device: torch.device) -> Learning:
    network = load(model, device)
    grid_head(network)
    with Meter(device) as meter:
        placed = network.place(photo)
        objects = marked(truths, network.card.classes, placed.placement)
        with torch.no_grad():
            output = meter.counted(network.module)(network.prepared(placed.image)).cpu()
        if not bool(output.isfinite().all()):
            raise damaged(network.card)
        look = _look(output, objects, truths, placed.placement)
        answer = look.answer(network.card.classes, focus)
    return replace(answer, cost=meter.cost)


@dataclass(frozen=True, slots=True, eq=False)
class _Look:
    """The output of the head on the CPU, anchor by anchor, with what it should say."""

    grid: Grid
    truths: tuple[Labelled, ...]
    objects: Objects
    targets: Targets
    placement: Placement
    anchors: Tensor  # (k, 4), pixels of the input
    logits: Tensor  # (k,) of confidence
    offsets: Tensor  # (k, 4)
    classes: Tensor  # (cells, C)
    wanted: Tensor  # (k,) the confidence each should have

    def answer(self, names: tuple[str, ...], focus: float) -> Learning:
        """All of a `Learning` but its cost."""
        terms = _focal(self.logits, self.wanted, self.targets, focus)
        groups = self.groups()
        lessons = self.lessons(terms)
        count = max(1, len(lessons))
        negatives = float(terms[groups > 0].double().sum())
        return Learning(
            grid=self.grid,
            rule=rule_of(self.grid),
            classes=names,
            truths=self.truths,
            activations=_activations(self.truths, self.grid, self.placement, self.targets),
            lessons=lessons,
            focus=focus,
            sums=Sums(
                positives=math.fsum(one.terms.confidence for one in lessons) / count,
                negatives=negatives / count,
                offsets=_four([math.fsum(one.terms.offsets[axis] for one in lessons) / count for axis in range(4)]),
                classes=math.fsum(one.terms.classes for one in lessons) / count,
            ),
            confidences=read_only(self.logits.sigmoid().numpy()),
            wanted=read_only(self.wanted.numpy()),
            groups=read_only(groups.numpy()),
            plain=self.focused(0.0, groups),
            focal=self.focused(FOCUS, groups),
            cost=UNBILLED,
        )

    def groups(self) -> Tensor:
        """For each anchor the place of its group in `Group`, or `IGNORED`."""
        groups = torch.where(self.logits.sigmoid() >= HARD, 1, 2).to(torch.int8)
        groups[self.targets.positive] = 0
        groups[self.targets.ignored] = IGNORED
        return groups

    def focused(self, focus: float, groups: Tensor) -> Focused:
        """The confidence terms at one focus, by group."""
        terms = _focal(self.logits, self.wanted, self.targets, focus)
        sums = [float(terms[groups == place].double().sum()) for place in range(len(Group))]
        whole = math.fsum(sums)
        shares = tuple(
            Share(group, int((groups == place).sum()), sums[place], sums[place] / whole if whole > 0 else 0.0)
            for place, group in enumerate(Group)
        )
        return Focused(focus, read_only(terms.numpy()), shares)

    def lessons(self, terms: Tensor) -> tuple[Lesson, ...]:
        """Every positive anchor; `terms` are those of the confidence of all anchors."""
        rows, truth = self.targets.positive, self.targets.truth
        if not len(rows):
            return ()
        here, boxes = self.anchors[rows], self.objects.boxes[truth]
        goals, scores = encode(here, boxes), self.classes[rows % len(self.classes)]
        columns = zip(
            rows.tolist(),
            self.placement.back_boxes(here).tolist(),
            truth.tolist(),
            paired_iou(here, boxes).tolist(),
            self._said(rows, here, scores),
            self._wanted(rows, goals),
            self._terms(rows, goals, scores, terms),
            strict=True,
        )
        return tuple(Lesson(anchor, *self._place(anchor), _four(box), *rest) for anchor, box, *rest in columns)

    def _place(self, anchor: int) -> tuple[int, tuple[int, int]]:
        shape, cell = divmod(anchor, self.grid.rows * self.grid.cols)
        return shape, divmod(cell, self.grid.cols)

    def _said(self, rows: Tensor, here: Tensor, scores: Tensor) -> Iterator[Said]:
        logits, ours = self.logits[rows], self.offsets[rows]
        boxes = self.placement.back_boxes(decode(here, ours))
        columns = (logits, logits.sigmoid(), ours, boxes, scores, scores.softmax(dim=1))
        for logit, confidence, offsets, box, one, shares in zip(*(each.tolist() for each in columns), strict=True):
            yield Said(logit, confidence, _four(offsets), _four(box), tuple(one), tuple(shares))

    def _wanted(self, rows: Tensor, goals: Tensor) -> Iterator[Wanted]:
        columns = (self.wanted[rows], goals, self.objects.classes[self.targets.truth])
        for confidence, offsets, label in zip(*(each.tolist() for each in columns), strict=True):
            yield Wanted(confidence, _four(offsets), label)

    def _terms(self, rows: Tensor, goals: Tensor, scores: Tensor, terms: Tensor) -> Iterator[LessonTerms]:
        moved = functional.smooth_l1_loss(self.offsets[rows], goals, reduction="none")
        named = functional.cross_entropy(scores, self.objects.classes[self.targets.truth], reduction="none")
        for sure, offsets, name in zip(terms[rows].tolist(), moved.tolist(), named.tolist(), strict=True):
            yield LessonTerms(sure, _four(offsets), name)


def _look(output: Tensor, objects: Objects, truths: tuple[Labelled, ...], placement: Placement) -> _Look:
    grid = grid_of(output)
    raw = taken_apart(output, len(grid.shapes))
    targets, anchors = assign(objects.boxes, grid, rule_of(grid)), grid.anchors()
    logits, offsets = raw.confidence[0].flatten(), raw.offsets[0].permute(0, 2, 3, 1).reshape(-1, 4)
    wanted = torch.zeros_like(logits)
    rows = targets.positive
    wanted[rows] = paired_iou(decode(anchors[rows], offsets[rows]), objects.boxes[targets.truth])
    classes = raw.classes[0].flatten(1).T
    return _Look(grid, truths, objects, targets, placement, anchors, logits, offsets, classes, wanted)


def _focal(logits: Tensor, wanted: Tensor, targets: Targets, focus: float) -> Tensor:
    """The confidence term of every anchor, 0 where it is ignored (see `core.detection.loss.grid_loss`)."""
    wrong = functional.binary_cross_entropy_with_logits(logits, wanted, reduction="none")
    terms = wrong * (wanted - logits.sigmoid()).abs() ** focus
    terms[targets.ignored] = 0
    return terms


def _activations(
    truths: tuple[Labelled, ...], grid: Grid, placement: Placement, targets: Targets
) -> tuple[Activation, ...]:
    """The responsible cell and anchor of every object, measured in pixels of the photo.

    Of anchors that fit equally well the rounding of pixels decides: shown is the one that learns.
    """
    boxes = torch.tensor([one.box for one in truths], dtype=torch.float64).reshape(-1, 4)
    found = activated_anchors(
        boxes,
        rows=grid.rows,
        cols=grid.cols,
        height=placement.photo_height,
        width=placement.photo_width,
        shapes=grid.shapes,
    )
    if rule_of(grid) is not Positives.ACTIVATED:
        return found
    cells = grid.rows * grid.cols
    learns = dict(zip(targets.truth.tolist(), targets.positive.tolist(), strict=True))
    return tuple(
        replace(one, anchor=learns[row] // cells, flat_index=learns[row])
        if row in learns and learns[row] % cells == one.cell[0] * grid.cols + one.cell[1]
        else one
        for row, one in enumerate(found)
    )


def _four(numbers: Sequence[float]) -> Four:
    first, second, third, fourth = numbers
    return (first, second, third, fourth)
