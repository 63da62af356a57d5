"""Anchors on a photo, and which of them belong to which object: what the page shows of up to millions of them."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, combinations

import numpy as np
import torch
from jaxtyping import Float, Int8, UInt8
from torch import Tensor

from core.boxes.anchors import lay
from core.boxes.coverage import anchors_over
from core.boxes.deltas import decode, encode
from core.boxes.iou import TILE, pairwise_iou
from core.boxes.layout import AnchorSettings, Level, Shape, count, find, grid_level, levels
from core.boxes.matching import BACKGROUND, IGNORED, Activation, activated_anchors, match_by_threshold, match_greedy
from core.boxes.settings import MOST_OBJECTS, AssignmentSettings, Box, Rule, State
from core.device import best_device
from core.errors import SettingError
from core.experiments.cost import Cost, Meter

MOST_DRAWN = 36
"""Positive anchors that are drawn; the rest is counted, and seen in the map. More of them hide the photo."""

MOST_IGNORED = 16
"""Ignored anchors that are drawn."""

MOST_PLACES = 1_500
"""Places whose state travels to the page; of more, a map says enough."""

DIGITS = 6
"""Decimals of an IoU that count."""

MAP_SIDE = 320
"""The longest side of a map, in its own pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class Anchors:
    """A set of anchors. `over` says how many lie over each point of a coarse grid on the photo; `size` is in bytes.

    `cost` is what it took to make all of them, as one float32 tensor of corners for each level.
    """

    levels: tuple[Level, ...]
    count: int
    size: int
    over: Float[np.ndarray, "h w"]
    cost: Cost


@dataclass(frozen=True, slots=True)
class Matched:
    """One anchor: its row among all anchors, its box in pixels, what the rule made of it, and one object.

    That object is the one it learns; for an anchor that learns none, the one it overlaps most. `iou` is their IoU.
    """

    index: int
    box: Box
    state: State
    truth: int
    iou: float


@dataclass(frozen=True, slots=True)
class Placed:
    """One anchor of a place: its row among all anchors, where it stands, its shape and box in pixels.

    `truth` is the object it overlaps most and `iou` their IoU; None and 0 where there are no objects.
    """

    index: int
    row: int
    col: int
    shape: Shape
    box: Box
    truth: int | None
    iou: float


@dataclass(frozen=True, slots=True, eq=False)
class Assignment:
    """What a rule made of a set of anchors.

    `best` is the anchor with the largest IoU of each object (of equal ones, that of the nearest place), `taught` the one
    that learns it and has the largest IoU, or None. `learns` is how many anchors learn each object. `counts` are of all
    anchors; of `positives` and `ignored` only those with the largest IoU are here, at most `MOST_DRAWN` and
    `MOST_IGNORED`. `matched` is for every anchor the object it learns, -1 for background, -2 for ignored. `states` is the
    strongest state at each place of each level: 2 positive, 1 ignored, 0 background; empty where there are more places
    than `MOST_PLACES`. `heat` is the largest IoU at each place, of all shapes, levels and objects. `rivals` are pairs of
    objects that want the same anchor: their best one, or with `Rule.CELL` their activated one. `activations` belong to
    `Rule.CELL`.
    """

    levels: tuple[Level, ...]
    best: tuple[Matched, ...]
    taught: tuple[Matched | None, ...]
    learns: tuple[int, ...]
    positives: tuple[Matched, ...]
    ignored: tuple[Matched, ...]
    counts: tuple[int, int, int]  # positive, ignored, background
    matched: Int8[np.ndarray, " anchors"]
    states: tuple[UInt8[np.ndarray, "_rows _cols"], ...]
    heat: Float[np.ndarray, "h w"]
    rivals: tuple[tuple[int, int], ...]
    activations: tuple[Activation, ...]
    cost: Cost


@dataclass(frozen=True, slots=True)
class Offsets:
    """The four numbers that turn an anchor into a box, and the way there.

    `path` are the boxes decoded from 0, 0.01, ..., 1 of the numbers, `ious` their overlap with the box.
    """

    numbers: tuple[float, float, float, float]
    path: tuple[Box, ...]
    ious: tuple[float, ...]


def anchors(settings: AnchorSettings, *, height: int, width: int) -> Anchors:
    """Make all anchors of `settings` for a photo of `width` x `height` pixels.

    Raises:
        SettingError: they would be too many.
    """
    grids = levels(settings, height=height, width=width)
    device = best_device()
    # The first call of a process is slow, whatever it makes: it must not be the one that is timed.
    lay(grid_level(1, 1, height=1, width=1, shapes=((1, 1),)), device=device)
    with Meter(device) as meter:
        made = [lay(level, device=device) for level in grids]
    size = sum(boxes.numel() * boxes.element_size() for boxes in made)
    y, x = _points(height, width)
    over = anchors_over(grids, x, y).numpy()
    return Anchors(grids, count(grids), size, _frozen(over), meter.cost)


def at_place(grids: Sequence[Level], truths: Sequence[Box], *, x: float, y: float) -> tuple[Placed, ...]:
    """The anchors of the place nearest to the point (x, y) of the photo, in pixels, level by level."""
    goals = torch.tensor(truths, dtype=torch.float64).reshape(-1, 4)
    found: list[Placed] = []
    before = 0
    for level in grids:
        row, col = level.cell(x, y)
        boxes = [level.box(row, col, index) for index in range(len(level.shapes))]
        overlaps = pairwise_iou(torch.tensor(boxes, dtype=torch.float64), goals)
        best = overlaps.max(dim=1) if truths else None
        for index, (box, shape) in enumerate(zip(boxes, level.shapes, strict=True)):
            truth, iou = (int(best.indices[index]), float(best.values[index])) if best else (None, 0.0)
            found.append(Placed(before + level.index(row, col, index), row, col, shape, box, truth, iou))
        before += level.count
    return tuple(found)


def assign(
    truths: Sequence[Box], settings: AnchorSettings, how: AssignmentSettings, *, height: int, width: int
) -> Assignment:
    """Let a rule match the anchors of `settings` with `truths`, boxes in pixels of a photo of `width` x `height`.

    Raises:
        SettingError: too many objects, one without area, too many anchors, or YOLO's rule without YOLO's grid.
    """
    _check(truths)
    grids = levels(settings, height=height, width=width)
    device = best_device()
    with Meter(device) as meter:
        boxes = torch.cat([lay(level, device=device) for level in grids])
        goals = torch.tensor(truths, dtype=torch.float32, device=device).reshape(-1, 4)
        overlap = _overlap(goals, boxes)
        activations = _activated(goals, grids, how, height, width)
        matched = _match(overlap.T, activations, how)
        top = overlap.amax(0) if truths else boxes.new_zeros(len(boxes))
        answer = _summary(grids, truths, overlap, top, matched, activations)
        heat = _heat(grids, top, height, width)
    return answer(heat=_frozen(heat), cost=meter.cost)


def pick(answer: Assignment, truths: Sequence[Box], index: int) -> Matched:
    """The anchor that is row `index` of all anchors of `answer`, which was asked about `truths`.

    Raises:
        IndexError: there are not so many anchors.
        SettingError: there are no objects.
    """
    if not truths:
        raise SettingError("There is no object to match an anchor with.", "Add a box.")
    level, *place = find(answer.levels, index)
    learned = int(answer.matched[index])
    if learned < 0:
        anchor = torch.tensor([level.box(*place)], dtype=torch.float64)
        learned = int(pairwise_iou(anchor, torch.tensor(truths, dtype=torch.float64)).argmax())
    return _entries(answer.levels, truths, answer.matched, [index], [learned])[0]


def offsets(anchor: Box, truth: Box) -> Offsets:
    """The numbers a network has to predict at `anchor` for `truth`, with the usual scales, and what comes between.

    Raises:
        SettingError: a box without area.
    """
    _check((anchor, truth))
    start, goal = (torch.tensor([box], dtype=torch.float64) for box in (anchor, truth))
    numbers = encode(start, goal)
    share = torch.linspace(0, 1, 101, dtype=torch.float64)[:, None]
    path = decode(start.expand(len(share), 4), numbers * share)
    ious = pairwise_iou(path, goal)[:, 0]
    dx, dy, dw, dh = numbers[0].tolist()
    return Offsets((dx, dy, dw, dh), tuple(_box(row) for row in path.tolist()), tuple(ious.tolist()))


def _overlap(goals: Tensor, boxes: Tensor) -> Float[Tensor, "truths anchors"]:
    """IoU of every object with every anchor.

    Anchors that fit an object equally well differ by the rounding of float32: rounded to `DIGITS` they are equal again. On
    a CPU it goes some thousands of anchors at a time, each in this thread: on a busy machine, threads that wait for one
    another take ten times as long.
    """
    if not len(goals):
        return boxes.new_zeros(0, len(boxes))
    some = max(1, TILE // len(goals)) if boxes.device.type == "cpu" else len(boxes)
    return torch.cat([pairwise_iou(goals, part).round_(decimals=DIGITS) for part in boxes.split(some)], dim=1)


def _activated(
    goals: Tensor, grids: Sequence[Level], how: AssignmentSettings, height: int, width: int
) -> tuple[Activation, ...]:
    if how.rule is not Rule.CELL:
        return ()
    if len(grids) != 1 or not grids[0].shape_major:
        raise SettingError("YOLO's rule needs YOLO's grid.", "Choose the YOLO grid, or another rule.")
    grid = grids[0]
    shapes = [(shape.width / grid.step_x, shape.height / grid.step_y) for shape in grid.shapes]
    return activated_anchors(goals, rows=grid.rows, cols=grid.cols, height=height, width=width, shapes=shapes)


def _match(iou: Tensor, activations: Sequence[Activation], how: AssignmentSettings) -> Tensor:
    """For each anchor the object it learns from, or background, or ignored."""
    if how.rule is Rule.GREEDY:
        return match_greedy(iou, threshold=how.positive)
    if how.rule is Rule.THRESHOLDS:
        return match_by_threshold(iou, positive=how.positive, negative=how.negative)
    matched = torch.full((len(iou),), BACKGROUND, device=iou.device)
    for truth in reversed(range(len(activations))):  # of two objects that want one anchor, the first is shown
        matched[activations[truth].flat_index] = truth
    return matched


def _summary(
    grids: tuple[Level, ...],
    truths: Sequence[Box],
    overlap: Tensor,
    top: Tensor,
    matched: Tensor,
    activations: tuple[Activation, ...],
) -> Callable[..., Assignment]:
    """All of an `Assignment` but its `heat` and its `cost`. `top` is the largest IoU of each anchor."""
    number = len(truths)
    positive, ignored = matched >= 0, matched == IGNORED
    counts = (int(positive.sum()), int(ignored.sum()))
    learning, out = positive.nonzero()[:, 0], ignored.nonzero()[:, 0]
    theirs = matched[learning]
    drawn = [_strongest(overlap[truth], learning[theirs == truth], MOST_DRAWN // number) for truth in range(number)]
    best = [_best(grids, truth) for truth in truths]
    wanted = [one.flat_index for one in activations] or best
    # Of the anchors that fit an object equally well, the nearest one is shown, if it learns the object.
    taught = [
        index if int(matched[index]) == truth else next(iter(drawn[truth]), None) for truth, index in enumerate(best)
    ]
    whose = matched.to(torch.int8).cpu().numpy()
    entries = partial(_entries, grids, truths, whose)
    rivals = [
        (one.truth, two.truth)
        for one, two in combinations(entries(wanted, range(number)), 2)
        if one.index == two.index and one.iou > 0 and two.iou > 0
    ]
    teaching = {truth: index for truth, index in enumerate(taught) if index is not None}
    teachers = {one.truth: one for one in entries(teaching.values(), teaching)}
    left_out = _strongest(top, out, MOST_IGNORED)
    return partial(
        Assignment,
        levels=grids,
        best=entries(best, range(number)),
        taught=tuple(teachers.get(truth) for truth in range(number)),
        learns=tuple(torch.bincount(matched[positive], minlength=number).tolist()),
        positives=entries(chain(*drawn), [truth for truth, rows in enumerate(drawn) for _ in rows]),
        ignored=entries(left_out, [int(overlap[:, index].argmax()) for index in left_out]),
        counts=(*counts, len(matched) - sum(counts)),
        matched=_frozen(whose),
        states=_states(grids, positive, ignored),
        rivals=tuple(rivals),
        activations=activations,
    )


def _best(grids: Sequence[Level], truth: Box) -> int:
    """The row of the anchor with the largest IoU. Of one shape, none fits better than at the place nearest to the centre."""
    placed = at_place(grids, [truth], x=(truth[0] + truth[2]) / 2, y=(truth[1] + truth[3]) / 2)
    return max(placed, key=lambda one: round(one.iou, DIGITS)).index


def _entries(
    grids: Sequence[Level], truths: Sequence[Box], matched: np.ndarray, rows: Iterable[int], objects: Iterable[int]
) -> tuple[Matched, ...]:
    """Row by row an anchor and its object. All overlaps at once: one by one they took longer than the whole assignment."""
    pairs = list(zip(rows, objects, strict=True))
    boxes = [level.box(*place) for level, *place in (find(grids, index) for index, _ in pairs)]
    overlaps = pairwise_iou(
        *(torch.tensor(one, dtype=torch.float64).reshape(-1, 4) for one in (boxes, truths))
    ).tolist()
    return tuple(
        Matched(index, box, _state(int(matched[index])), truth, round(row[truth], DIGITS))
        for (index, truth), box, row in zip(pairs, boxes, overlaps, strict=True)
    )


def _state(matched: int) -> State:
    return {IGNORED: State.IGNORED, BACKGROUND: State.BACKGROUND}.get(matched, State.POSITIVE)


def _strongest(values: Tensor, some: Tensor, most: int) -> list[int]:
    """Those `most` of the indices `some` at which `values` are largest, largest first."""
    return some[values[some].topk(min(most, len(some))).indices].tolist()


def _states(grids: Sequence[Level], positive: Tensor, ignored: Tensor) -> tuple[np.ndarray, ...]:
    if sum(level.rows * level.cols for level in grids) > MOST_PLACES:
        return ()
    strongest = torch.maximum(positive.byte() * 2, ignored.byte())
    return tuple(_frozen(plane.cpu().numpy()) for plane in _planes(grids, strongest))


def _heat(grids: Sequence[Level], top: Tensor, height: int, width: int) -> np.ndarray:
    """The largest of `top` (one for each anchor) over shapes and levels, at each point of a coarse grid on the photo."""
    y, x = (points.numpy() for points in _points(height, width))
    heat = np.zeros((len(y), len(x)), np.float16)
    for level, plane in zip(grids, _planes(grids, top), strict=True):
        down = np.minimum((y / level.step_y).astype(int), level.rows - 1)
        across = np.minimum((x / level.step_x).astype(int), level.cols - 1)
        np.maximum(heat, plane.cpu().numpy()[down][:, across], out=heat, casting="same_kind")
    return heat


def _points(height: int, width: int) -> tuple[Tensor, Tensor]:
    """The y and x, in photo pixels, of the points of a map of the photo."""
    scale = max(height, width) / MAP_SIDE
    rows, cols = max(1, round(height / scale)), max(1, round(width / scale))
    y, x = (torch.arange(number, dtype=torch.float64) + 0.5 for number in (rows, cols))
    return y * height / rows, x * width / cols


def _planes(grids: Sequence[Level], values: Tensor) -> list[Tensor]:
    """For each level, the largest of `values` (one for each anchor) at each place."""
    planes = []
    for level, part in zip(grids, values.split([level.count for level in grids]), strict=True):
        if level.shape_major:
            planes.append(part.view(-1, level.rows, level.cols).amax(0))
        else:
            planes.append(part.view(level.rows, level.cols, -1).amax(2))
    return planes


def _frozen(array: np.ndarray) -> np.ndarray:
    array.setflags(write=False)
    return array


def _box(corners: Sequence[float]) -> Box:
    x1, y1, x2, y2 = corners
    return (x1, y1, x2, y2)


def _check(truths: Sequence[Box]) -> None:
    if len(truths) > MOST_OBJECTS:
        raise SettingError(f"At most {MOST_OBJECTS} objects can be matched, got {len(truths)}.", "Delete a box.")
    for box in truths:
        if not all(math.isfinite(side) for side in box) or not (box[2] > box[0] and box[3] > box[1]):
            raise SettingError(f"A box must have a width and a height, got {box}.", "Draw the box again.")
