"""How good the class maps of every depth and way are where the truth is known: IoU and contour of one class."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from core.experiments.judging_masks import Judged, judge_map
from core.experiments.strides import Strides
from core.segmentation.settings import Upsampling
from core.segmentation.truths import BACKGROUND, TruthMask

Place = tuple[int, Upsampling]
"""A stride and a way to enlarge its scores."""


@dataclass(frozen=True, slots=True)
class Grade:
    """One class map: the IoU of the class and the F-score of its contour, each from 0 to 1; None where it has none."""

    iou: float | None
    contour: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Grades:
    """A grade for every depth and way, all of the class `label`.

    It is the largest true one that the network learned, besides the background; where it learned none of them, the
    background itself, and `unknown` are the true classes that it can't find.
    """

    label: str
    unknown: tuple[str, ...]
    of: Mapping[Place, Grade]


def judge_strides(found: Strides, truth: TruthMask) -> Grades:
    """Compare every class map with a truth of the photo's working copy.

    Raises:
        SettingError: the truth has another size than the photo, or too many names.
    """
    judged = {
        (depth.stride, way): judge_map(classes, found.names, found.seen, truth)
        for depth in found.depths
        for way, classes in depth.maps.items()
    }
    first = next(iter(judged.values()))
    label = next((row.label for row in first.rows if _counts(row.label, row.pixels.true, found)), BACKGROUND)
    return Grades(label, first.unknown, {place: _grade(one, label) for place, one in judged.items()})


def _counts(label: str, true: int, found: Strides) -> bool:
    """Whether a class is there in truth, was learned, and is a thing."""
    return true > 0 and label != BACKGROUND and label in found.names


def _grade(judged: Judged, label: str) -> Grade:
    row = next((row for row in judged.rows if row.label == label), None)
    return Grade(None, None) if row is None else Grade(row.pixels.iou, row.boundary)
