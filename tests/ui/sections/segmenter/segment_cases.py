"""Answers made by hand, small enough to be counted."""

from __future__ import annotations

import numpy as np

from core.experiments.opened import UNBILLED
from core.experiments.segmented import Segmented
from core.images.photo import Photo, from_pixels
from core.segmentation.settings import SegmentSettings
from core.zoo.segmenters import LAB_FCN
from ui.cached.segmentations import Sureness
from ui.components.class_map import View
from ui.sections.segmenter.segment_case import Case, Looking, decided

NAMES = ("background", "cat", "dog")


def photo(width: int = 40, height: int = 20) -> Photo:
    """A grey photo."""
    return from_pixels(np.full((height, width, 3), 90, np.uint8), "grey")


def answer(shares: np.ndarray, names: tuple[str, ...] = NAMES) -> Segmented:
    """The answer with these probabilities (classes, h, w)."""
    kept = shares.astype(np.float16)
    height, width = shares.shape[1:]
    classes = shares.argmax(axis=0).astype(np.uint8)
    return Segmented(
        "lab-fcn", SegmentSettings(), names, classes, kept, 1, (0.0, 0.0, float(width), float(height)), UNBILLED
    )


def halves(width: int = 40, height: int = 20) -> Segmented:
    """Cat to the left (0.75 against 0.25), dog to the right (0.625 against 0.25 of cat)."""
    shares = np.zeros((3, height, width))
    shares[:, :, : width // 2] = np.array([0.25, 0.75, 0.0])[:, None, None]
    shares[:, :, width // 2 :] = np.array([0.125, 0.25, 0.625])[:, None, None]
    return answer(shares)


def case(found: Segmented, view: View | None = None, of: Photo | None = None) -> Case:
    """The answer as it is looked at."""
    view = view or View()
    height, width = found.classes.shape
    sure = found.certainty()
    how = Sureness(sure.margin.half().numpy(), sure.entropy.half().numpy(), float(sure.entropy.mean()), 1.585)
    look = Looking(of or photo(width, height), LAB_FCN, found)
    return Case(look, view, view.point or (0, 0), how, decided(found, how, view.unsure))
