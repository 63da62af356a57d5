"""How good detectors and segmenter are on the validation photos."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.boxes.evaluation import Detections, Evaluation, Truths, evaluate
from core.detection.detector import detections
from core.detection.grid import COURSE, FINER
from core.networks.lab_vision import VisionAnswer
from core.networks.vision_classes import DETECTED, SEGMENTED
from core.segmentation.scores import Confusion, confusion
from training.scenes import Marked, Scene, judged

BATCH = 16


@dataclass(frozen=True, slots=True)
class Judgement:
    """Both detectors at IoU 0.5 with what they found, and the segmenter at its three strides, from coarse to fine."""

    at_7: Evaluation
    at_14: Evaluation
    outlines: tuple[Confusion, Confusion, Confusion]
    truths: tuple[Truths, ...]
    found: tuple[tuple[Detections, ...], tuple[Detections, ...]]


def judge(
    network: nn.Module, scenes: Sequence[Scene], names: Sequence[str], side: int, device: torch.device
) -> Judgement:
    """Show every photo to the network as the app does, and compare with what is marked on it.

    Masks are compared in the size of the photo, so the scores are brought there first.
    """
    truths: list[Truths] = []
    found: tuple[list[Detections], list[Detections]] = ([], [])
    outlines = [Confusion.empty(len(SEGMENTED)) for _ in range(3)]
    with torch.inference_mode():
        for start in range(0, len(scenes), BATCH):
            shown = [judged(scene, names, side) for scene in scenes[start : start + BATCH]]
            answer: VisionAnswer = network(torch.stack([one.picture for one in shown]).to(device))
            truths += [Truths(one.objects.boxes, one.objects.classes) for one in shown]
            for into, output, grid in zip(found, (answer.at_7, answer.at_14), (COURSE, FINER), strict=True):
                into += [detections(output.cpu(), grid, row) for row in range(len(shown))]
            for at, scores in enumerate(answer.scores):
                for row, one in enumerate(shown):
                    outlines[at] += _outline(scores[row].cpu(), one)
    detectors = [evaluate(one, truths, classes=len(DETECTED)) for one in found]
    return Judgement(
        detectors[0],
        detectors[1],
        (outlines[0], outlines[1], outlines[2]),
        tuple(truths),
        (tuple(found[0]), tuple(found[1])),
    )


def _outline(scores: Tensor, shown: Marked) -> Confusion:
    size = tuple(shown.mask.shape)
    large = functional.interpolate(scores[None], size, mode="bilinear", align_corners=False)[0]
    return confusion(large.argmax(dim=0), shown.mask.long(), classes=len(SEGMENTED))
