"""Making a detector overlook one thing: its score is pushed below the threshold from which boxes are drawn."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from core.adversarial.objectives import DetectionObjective
from core.adversarial.settings import AttackSettings
from core.boxes.deltas import decode
from core.boxes.evaluation import Detections
from core.boxes.iou import pairwise_iou
from core.boxes.nms import trace_nms
from core.detection.decoding import class_scores, ranked
from core.detection.detector import OVERLAP, grid_of
from core.errors import SettingError
from core.experiments.aims import BoxAim
from core.experiments.cost import Cost, Meter, billed
from core.experiments.fooling_run import Changed, FoolStep, changes, drained, last_of, watched
from core.experiments.grid_heads import grid_detector
from core.experiments.models import Found, things_of
from core.experiments.overview import seen
from core.images.normalise import normalise, to_pixels, to_tensor
from core.images.photo import Photo, from_pixels
from core.images.resize import Placement
from core.networks.yolo import taken_apart
from core.steps import Run
from core.zoo.weights import damaged

LEAST = 0.1
"""What scores less is not told."""


@dataclass(frozen=True, slots=True, eq=False)
class CleanBoxes:
    """The picture that the detector `model` is given of a photo, and what it finds before anything is changed.

    `pixels` is the detector's input rounded to 8 bits. `things` are what it finds there after suppression with a score
    of at least 0.1, the best first, with boxes in pixels of that input; boxes are worth drawing from the score `sure`
    on. `rows` are the numbers of the anchors that found them, and `candidates` the boxes of all anchors. The input covers
    the part `seen` of the photo, `(x1, y1, x2, y2)` in pixels of its working copy.
    """

    model: str
    pixels: UInt8[np.ndarray, "h w 3"]
    placement: Placement
    seen: tuple[float, float, float, float]
    things: tuple[Found, ...]
    rows: tuple[int, ...]
    candidates: Float[np.ndarray, "anchors 4"]
    sure: float
    cost: Cost


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class BoxOutcome(Changed):
    """An attack on one detection: `before` is that, and `score` what its anchor says on the rounded result.

    With `aim.around` it is the largest score of all anchors that are attacked. `things` is what the whole detector finds
    on the rounded result. `left` is the best of them of the same class with an IoU of more than 0.5 with the box that
    was attacked, None where none scores 0.1: another anchor may have found the thing again.
    `answers` and the steps' have one number, the attacked score. The cost is that of the run, without the last look.
    """

    model: str
    aim: BoxAim
    before: Found
    score: float
    things: tuple[Found, ...]
    left: Found | None

    @property
    def vanished(self) -> bool:
        """Whether the thing is drawn no longer: no box of its class is left there, or one below the threshold."""
        return self.left is None or self.left.score < self.aim.threshold


def boxes(photo: Photo, model: str) -> CleanBoxes:
    """One pass of the picture that a detector is given of a photo, rounded to 8 bits.

    Raises:
        ModelError: there is no such detector, its file is damaged, or it has more than one head.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _boxes(photo, model, device))


def begin(clean: CleanBoxes, aim: BoxAim, settings: AttackSettings) -> Run[FoolStep]:
    """The attack as a run: settings sent into it rule from its next update on. The first step loads the network.

    Raises:
        SettingError: there are not so many detections, or the attack is DeepFool; in the run, settings of another attack.
        ModelError: in the run, the network's answer or its slope is not a number.
        WeightsMissingError: in the run, the network's weights are gone meanwhile.
        MemoryShortError: in the run, no device has room for it.
    """
    thing = _chosen(clean, aim)
    rows = torch.tensor(attacked_rows(clean, aim))
    return watched(
        clean.model,
        clean.pixels,
        lambda network: DetectionObjective(_score(network, rows, thing.index), aim.threshold),
        settings,
    )


def outcome(clean: CleanBoxes, aim: BoxAim, settings: AttackSettings, steps: Sequence[FoolStep]) -> BoxOutcome:
    """What a run that was watched came to, by its kept steps; the detector looks at the result once more.

    Raises:
        ValueError: there is no step, or the last was not judged: the run has not ended by itself.
        ModelError: the detector's file is damaged.
        WeightsMissingError: its weights are gone meanwhile.
        MemoryShortError: no device has room for it.
    """
    last, thing = last_of(steps), _chosen(clean, aim)
    assert last.rounded_answer is not None
    now = billed(lambda device: _boxes(from_pixels(last.pixels, "changed"), clean.model, device))
    return BoxOutcome(
        **changes(clean.pixels, settings, steps),
        model=clean.model,
        aim=aim,
        before=thing,
        score=float(last.rounded_answer[0]),
        things=now.things,
        left=next((one for one in now.things if one.index == thing.index and _overlap(one, thing) > OVERLAP), None),
    )


def attacked(clean: CleanBoxes, aim: BoxAim, settings: AttackSettings) -> BoxOutcome:
    """The same attack to its end at once. Errors are those of `begin` and its run."""
    return outcome(clean, aim, settings, drained(begin(clean, aim, settings)))


def attacked_rows(clean: CleanBoxes, aim: BoxAim) -> list[int]:
    """The numbers of the anchors that are attacked: that of the detection and, if wished, those of boxes much like it.

    A number is the place in `core.detection.decoding.class_scores`. The aim is one of `clean`.
    """
    own = clean.rows[aim.number]
    if not aim.around:
        return [own]
    box = torch.tensor([clean.things[aim.number].box])
    alike = pairwise_iou(box, torch.from_numpy(clean.candidates))[0] > OVERLAP
    alike[own] = True
    return alike.nonzero().flatten().tolist()


def _boxes(photo: Photo, model: str, device: torch.device) -> CleanBoxes:
    network = grid_detector(model, device)
    with Meter(device) as meter:
        placed = network.place(photo)
        pixels = to_pixels(placed.image)
        with torch.no_grad():
            output = meter.counted(network.module)(normalise(to_tensor(pixels, device))).cpu()
        if not bool(output.isfinite().all()):
            raise damaged(network.card)
        grid = grid_of(output)
        answer = taken_apart(output, len(grid.shapes))
        candidates = decode(grid.anchors(), answer.offsets[0].permute(0, 2, 3, 1).reshape(-1, 4))
        found, rows = ranked(answer, grid, least=LEAST)
        kept = trace_nms(found.boxes, found.scores, iou_threshold=OVERLAP, labels=found.labels).kept
    return CleanBoxes(
        model=model,
        pixels=pixels,
        placement=placed.placement,
        seen=seen(placed.placement),
        things=things_of(Detections(found.boxes[kept], found.scores[kept], found.labels[kept]), network.card.classes),
        rows=tuple(rows[kept].tolist()),
        candidates=candidates.numpy(),
        sure=network.card.sure,
        cost=meter.cost,
    )


def _chosen(clean: CleanBoxes, aim: BoxAim) -> Found:
    if not clean.things:
        raise SettingError("The detector found nothing on this photo.", "Choose another photo, with an animal on it.")
    if aim.number >= len(clean.things):
        raise SettingError(f"number must be a detection from 0 to {len(clean.things) - 1}, got {aim.number}.")
    return clean.things[aim.number]


def _score(network: Callable[[Tensor], Tensor], rows: Tensor, label: int) -> Callable[[Tensor], Tensor]:
    """Of pictures in [0, 1] the largest score of class `label` among the anchors `rows`."""

    def score(pictures: Float[Tensor, "n 3 h w"]) -> Float[Tensor, " n"]:
        output = network(pictures)
        answer, here = taken_apart(output, len(grid_of(output).shapes)), rows.to(output.device)
        return torch.stack([class_scores(answer, picture)[here, label].max() for picture in range(len(output))])

    return score


def _overlap(one: Found, other: Found) -> float:
    return float(pairwise_iou(torch.tensor([one.box]), torch.tensor([other.box])))
