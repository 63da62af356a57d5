"""The figures of detectors and segmenter, and the same as Markdown, for a person and for the model card."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from core.boxes.evaluation import Evaluation, Interpolation
from core.boxes.iou import paired_iou
from core.detection.detector import detections, grid_of, in_photo
from core.images.normalise import normalise, to_tensor
from core.images.resize import stretch
from core.images.samples import sample
from core.networks.lab_vision import VisionAnswer
from core.networks.vision_classes import DETECTED, SEGMENTED
from core.segmentation.scores import Confusion
from training.judging import Judgement
from training.report import markdown

SAMPLES = ("cat", "astronaut")
"""The sample photos whose main object is of a class of ours, by their keys."""
SURE = 0.5
"""The score from which a false box on a sample photo counts."""
STRIDES = (32, 16, 8)


@dataclass(frozen=True, slots=True)
class ClassPrecision:
    """How well one class is found: the objects there are, and the area under its curve at IoU 0.5."""

    name: str
    objects: int
    average_precision: float | None


@dataclass(frozen=True, slots=True)
class OnSample:
    """The surest box of the right class that shares half with the main object of a sample photo; zeros without one.

    `false_boxes` are the others that score at least `SURE`.
    """

    key: str
    wanted: str
    score: float
    iou: float
    false_boxes: int


@dataclass(frozen=True, slots=True)
class DetectorReport:
    """One detector: mean average precision over the classes, by the whole area and at eleven points."""

    name: str
    mean_average_precision: float
    eleven_points: float
    classes: tuple[ClassPrecision, ...]
    samples: tuple[OnSample, ...]


@dataclass(frozen=True, slots=True)
class SegmenterReport:
    """One answer of the segmenter: the share of pixels that are right, and the IoU of each class."""

    stride: int
    pixel_accuracy: float
    mean_iou: float
    classes: dict[str, float]


@dataclass(frozen=True, slots=True)
class VisionReport:
    """All of it, on so many photos."""

    photos: int
    detectors: tuple[DetectorReport, DetectorReport]
    segmenters: tuple[SegmenterReport, ...]


def vision_report(network: nn.Module, found: Judgement, device: torch.device) -> VisionReport:
    """The figures behind a judgement, and what the network makes of the sample photos."""
    answers = {key: _shown(network, key, device) for key in SAMPLES}
    at_7 = [_on_sample(key, answer.at_7) for key, answer in answers.items()]
    at_14 = [_on_sample(key, answer.at_14) for key, answer in answers.items()]
    return VisionReport(
        photos=len(found.at_7.photos),
        detectors=(_detector("lab-yolo", found.at_7, at_7), _detector("lab-yolo-14", found.at_14, at_14)),
        segmenters=tuple(_segmenter(stride, one) for stride, one in zip(STRIDES, found.outlines, strict=True)),
    )


def vision_table(report: VisionReport) -> str:
    """Four tables: both detectors, their classes, the sample photos, and the segmenter's three answers."""
    both = report.detectors
    heads = [[one.name, report.photos, one.mean_average_precision, one.eleven_points] for one in both]
    classes = [
        [
            rows[0].name,
            rows[0].objects,
            *("" if row.average_precision is None else row.average_precision for row in rows),
        ]
        for rows in zip(*(one.classes for one in both), strict=True)
    ]
    samples = [
        [one.name, row.key, row.wanted, row.score, row.iou, row.false_boxes] for one in both for row in one.samples
    ]
    outlines = [
        [f"{one.stride}s", one.pixel_accuracy, one.mean_iou, *one.classes.values()] for one in report.segmenters
    ]
    names = [one.name for one in both]
    return "\n\n".join(
        (
            markdown(["Detector", "photos", "mAP at IoU 0.5", "at eleven points"], heads),
            markdown(["Class", "objects", *(f"AP of {name}" for name in names)], classes),
            markdown(["Detector", "sample", "shows", "score", "IoU", f"false boxes from {SURE}"], samples),
            markdown(["lab-fcn", "pixels right", "mean IoU", *SEGMENTED], outlines),
        )
    )


def _detector(name: str, judged: Evaluation, samples: Sequence[OnSample]) -> DetectorReport:
    rows = [
        ClassPrecision(DETECTED[row.label], row.curve.truths, row.curve.average_precision()) for row in judged.classes
    ]
    return DetectorReport(
        name,
        judged.mean_average_precision() or 0.0,
        judged.mean_average_precision(Interpolation.ELEVEN_POINTS) or 0.0,
        tuple(rows),
        tuple(samples),
    )


def _segmenter(stride: int, judged: Confusion) -> SegmenterReport:
    classes = {name: row.iou or 0.0 for name, row in zip(SEGMENTED, judged.rows, strict=True)}
    return SegmenterReport(stride, judged.pixel_accuracy or 0.0, judged.mean_iou or 0.0, classes)


def _shown(network: nn.Module, key: str, device: torch.device) -> VisionAnswer:
    placed = stretch(to_tensor(sample(key).pixels, device), height=224, width=224)
    with torch.inference_mode():
        return network(normalise(placed.image))


def _on_sample(key: str, output: Tensor) -> OnSample:
    photo = sample(key)
    truth = photo.truth
    assert truth is not None, "the sample photos have boxes"
    grid = grid_of(output)
    placement = stretch(to_tensor(photo.pixels), height=grid.height, width=grid.width).placement
    found = in_photo(detections(output, grid), placement)
    main = torch.from_numpy(truth.boxes[:1].copy()).float().expand(len(found.boxes), 4)
    overlaps = paired_iou(found.boxes, main) * (found.labels == DETECTED.index(truth.labels[0]))
    sure = found.scores >= SURE
    hits = (overlaps >= 0.5).nonzero().flatten()
    if not len(hits):
        return OnSample(key, truth.labels[0], 0.0, 0.0, int(sure.sum()))
    best = int(hits[0])  # the surest come first
    score, overlap = found.scores[best].item(), overlaps[best].item()
    return OnSample(key, truth.labels[0], score, overlap, int(sure.sum()) - int(sure[best]))
