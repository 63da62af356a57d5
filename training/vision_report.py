"""The figures of detectors and segmenter, and the same as Markdown, for a person and for the model card."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor, nn

from core.boxes.evaluation import Detections, Evaluation, Interpolation, Truths, evaluate
from core.boxes.iou import paired_iou
from core.detection.detector import detections, grid_of, in_photo
from core.detection.grid import COURSE
from core.images.normalise import normalise, to_tensor
from core.images.resize import stretch
from core.images.samples import SAMPLES as ALL_SAMPLES
from core.images.samples import sample
from core.networks.lab_vision import VisionAnswer
from core.networks.vision_classes import DETECTED, SEGMENTED
from core.segmentation.scores import Confusion
from core.zoo.catalog import card
from training.judging import Judgement
from training.report import markdown

SAMPLES = ("cat", "astronaut")
"""The sample photos whose main object is of a class of ours, by their keys."""
SURE = 0.5
"""The score from which a false box on a sample photo counts."""
STRIDES = (32, 16, 8)
DRAWS = 100
SCORES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6)
OTHERS = tuple(row.key for row in ALL_SAMPLES if row.key not in SAMPLES)
"""The sample photos that show nothing of our classes."""


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
class Drawn:
    """What a detector would draw from a score on: boxes on all photos, the share that is right, and that of objects found."""

    score: float
    boxes: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of precision and recall."""
        return 2 * self.precision * self.recall / max(self.precision + self.recall, 1e-9)


@dataclass(frozen=True, slots=True)
class Surest:
    """The surest box on a sample photo that shows nothing of our classes: wrong whatever it says."""

    key: str
    called: str
    score: float


@dataclass(frozen=True, slots=True)
class DetectorReport:
    """One detector: mean average precision over the classes, by the whole area and at eleven points.

    `error` is the standard error of the first: its spread over `DRAWS` draws of as many photos, some of them twice. From the
    score `drawn_from` on the app draws a box; `drawn` has that score among others. `false_on_samples` are the boxes that it
    draws on the sample photos that show nothing of its classes, and `surest` the surest on each of these.
    """

    name: str
    mean_average_precision: float
    error: float
    eleven_points: float
    drawn_from: float
    drawn: tuple[Drawn, ...]
    false_on_samples: int
    surest: tuple[Surest, ...]
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
    answers = {row.key: _shown(network, row.key, device) for row in ALL_SAMPLES}
    at_7 = {key: answer.at_7 for key, answer in answers.items()}
    at_14 = {key: answer.at_14 for key, answer in answers.items()}
    return VisionReport(
        photos=len(found.at_7.photos),
        detectors=(
            _detector("lab-yolo", found.at_7, found.found[0], found.truths, at_7),
            _detector("lab-yolo-14", found.at_14, found.found[1], found.truths, at_14),
        ),
        segmenters=tuple(_segmenter(stride, one) for stride, one in zip(STRIDES, found.outlines, strict=True)),
    )


def vision_table(report: VisionReport) -> str:
    """Seven tables: both detectors, what they draw, their classes, the samples, and the segmenter's three answers."""
    both = report.detectors
    heads = [[one.name, report.photos, one.mean_average_precision, one.error, one.eleven_points] for one in both]
    drawn = [
        [
            one.name,
            "drawn" if row.score == one.drawn_from else "",
            row.score,
            row.boxes,
            row.precision,
            row.recall,
            row.f1,
        ]
        for one in both
        for row in one.drawn
    ]
    surest = [[one.name, row.key, row.called, row.score] for one in both for row in one.surest]
    false = [[one.name, one.drawn_from, one.false_on_samples] for one in both]
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
            markdown(["Detector", "photos", "mAP at IoU 0.5", "standard error", "at eleven points"], heads),
            markdown(["Detector", "draws from", f"false boxes on {len(OTHERS)} samples"], false),
            markdown(["Detector", "the app", "from score", "boxes", "precision", "recall", "F1"], drawn),
            markdown(["Class", "objects", *(f"AP of {name}" for name in names)], classes),
            markdown(["Detector", "sample", "shows", "score", "IoU", f"false boxes from {SURE}"], samples),
            markdown(["Detector", "sample without our classes", "surest box", "score"], surest),
            markdown(["lab-fcn", "pixels right", "mean IoU", *SEGMENTED], outlines),
        )
    )


def _detector(
    name: str,
    judged: Evaluation,
    found: Sequence[Detections],
    truths: Sequence[Truths],
    on_samples: Mapping[str, Tensor],
) -> DetectorReport:
    rows = [
        ClassPrecision(DETECTED[row.label], row.curve.truths, row.curve.average_precision()) for row in judged.classes
    ]
    sure = card(name).sure
    others = {key: detections(output, grid_of(output)) for key, output in on_samples.items() if key not in SAMPLES}
    return DetectorReport(
        name=name,
        mean_average_precision=judged.mean_average_precision() or 0.0,
        error=_error(found, truths),
        eleven_points=judged.mean_average_precision(Interpolation.ELEVEN_POINTS) or 0.0,
        drawn_from=sure,
        drawn=tuple(_drawn(judged, score) for score in SCORES),
        false_on_samples=sum(int((one.scores >= sure).sum()) for one in others.values()),
        surest=tuple(
            Surest(key, DETECTED[int(one.labels[0])], one.scores[0].item())
            for key, one in others.items()
            if len(one.scores)
        ),
        classes=tuple(rows),
        samples=tuple(_on_sample(key, on_samples[key]) for key in SAMPLES),
    )


def _drawn(judged: Evaluation, score: float) -> Drawn:
    boxes = sum(int((row.curve.scores >= score).sum()) for row in judged.classes)
    right = sum(int(row.curve.right[row.curve.scores >= score].sum()) for row in judged.classes)
    return Drawn(score, boxes, right / max(1, boxes), right / max(1, sum(row.curve.truths for row in judged.classes)))


def _error(found: Sequence[Detections], truths: Sequence[Truths]) -> float:
    rng = np.random.default_rng(0)
    values = []
    for _ in range(DRAWS):
        rows = rng.integers(len(truths), size=len(truths))
        drawn = evaluate([found[row] for row in rows], [truths[row] for row in rows], classes=len(DETECTED))
        values.append(drawn.mean_average_precision() or 0.0)
    return float(np.std(values))


def _segmenter(stride: int, judged: Confusion) -> SegmenterReport:
    classes = {name: row.iou or 0.0 for name, row in zip(SEGMENTED, judged.rows, strict=True)}
    return SegmenterReport(stride, judged.pixel_accuracy or 0.0, judged.mean_iou or 0.0, classes)


def _shown(network: nn.Module, key: str, device: torch.device) -> VisionAnswer:
    placed = stretch(to_tensor(sample(key).pixels, device), height=COURSE.height, width=COURSE.width)
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
