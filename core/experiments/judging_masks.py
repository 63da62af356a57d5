"""How good a segmentation is where the truth is known: IoU and contours of each class, and where it is wrong."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import UInt8

from core.errors import SettingError
from core.experiments.mask_verdicts import VERDICTS, Verdict
from core.experiments.segmented import Box, Segmented
from core.images.photo import Photo
from core.images.samples import FILES, outlined, sample
from core.segmentation.scores import ClassScore, Confusion, Contours, confusion, contours
from core.segmentation.settings import IGNORE
from core.segmentation.truths import BACKGROUND, TruthMask, of_objects, of_outline

TOLERANCE = 0.0075
"""How far a contour may be off, as a share of the photo's diagonal."""


@dataclass(frozen=True, slots=True)
class JudgedClass:
    """A class that is there or was found. `boundary` is the F-score of its contour, None where it has none in either map."""

    label: str
    pixels: ClassScore
    boundary: float | None


@dataclass(frozen=True, slots=True, eq=False)
class Judged:
    """A segmentation beside the truth, both of the truth's size with places in `names`: the network's, then others of the truth.

    `verdicts` has a place in `VERDICTS` for each pixel. In both it is 255 where the truth is not known. `unknown` are the
    classes of the truth that the network never learned: it can't find them.
    """

    names: tuple[str, ...]
    unknown: tuple[str, ...]
    predicted: UInt8[np.ndarray, "h w"]
    truth: UInt8[np.ndarray, "h w"]
    verdicts: UInt8[np.ndarray, "h w"]
    confusion: Confusion
    contours: Contours

    @property
    def rows(self) -> tuple[JudgedClass, ...]:
        """The classes that are there or were found, the largest true area first."""
        both = zip(self.confusion.rows, self.contours.rows, strict=True)
        rows = [JudgedClass(self.names[one.label], one, edge.f) for one, edge in both if one.iou is not None]
        return tuple(sorted(rows, key=lambda row: -row.pixels.true))

    def iou(self, label: str) -> float | None:
        """The IoU of one class; None where it neither is there nor was found, or has no such name."""
        return next((row.pixels.iou for row in self.rows if row.label == label), None)

    def share(self, verdict: Verdict) -> float | None:
        """What part of the known pixels has this verdict, from 0 to 1; None where none is known."""
        known = self.verdicts[self.verdicts != IGNORE]
        return float((known == VERDICTS.index(verdict)).mean()) if known.size else None


def known_truth(photo: Photo) -> TruthMask | None:
    """The mask of a drawn scene, or the outline that was drawn by eye on a sample photo; None for any other photo."""
    truth = photo.truth
    if truth is not None and truth.mask is not None:
        return of_objects(truth.mask, truth.labels)
    key = photo.name.lower()
    if key not in FILES or sample(key).digest != photo.digest:
        return None
    found = outlined(key)
    return None if found is None else of_outline(*found)


def judge(found: Segmented, truth: TruthMask, *, tolerance: float = TOLERANCE) -> Judged:
    """Compare a segmentation with a truth of the photo's working copy, class by class, by their names.

    A class map of another size is read at the centre of each pixel of the truth.

    Raises:
        SettingError: the truth has another size than the photo, there are more than 255 names, or `tolerance` is outside
            [0, 1].
    """
    return judge_map(found.classes, found.names, found.seen, truth, tolerance=tolerance)


def judge_map(
    classes: UInt8[np.ndarray, "h w"],
    known: tuple[str, ...],
    seen: Box,
    truth: TruthMask,
    *,
    tolerance: float = TOLERANCE,
) -> Judged:
    """The same for a class map alone: places in `known` over the part `seen` of the photo's working copy.

    Raises:
        SettingError: as for `judge`.
    """
    unknown = tuple(name for name in truth.names if name not in known)
    names = (*known, *unknown)
    if len(names) > IGNORE:
        raise SettingError(f"There are {len(names)} names; the most is {IGNORE}.", "Leave some out.")
    places = np.full(256, IGNORE, np.uint8)
    places[: len(truth.names)] = [names.index(name) for name in truth.names]
    real, called = places[truth.numbers], _on(classes, seen, *truth.numbers.shape)
    ours, theirs = torch.from_numpy(called), torch.from_numpy(real)
    used = [name for place, name in enumerate(truth.names) if (truth.numbers == place).any()]
    return Judged(
        names=names,
        unknown=tuple(name for name in unknown if name in used),
        predicted=np.where(real == IGNORE, np.uint8(IGNORE), called),
        truth=real,
        verdicts=_verdicts(called, real, names),
        confusion=confusion(ours, theirs, classes=len(names)),
        contours=contours(ours, theirs, classes=len(names), tolerance=tolerance),
    )


def _on(classes: UInt8[np.ndarray, "h w"], seen: Box, height: int, width: int) -> UInt8[np.ndarray, "{height} {width}"]:
    """The class map at the pixels of the photo's working copy."""
    rows, columns = classes.shape
    _, _, right, bottom = seen
    if abs(right - width) >= max(1, 2 * right / columns) or abs(bottom - height) >= max(1, 2 * bottom / rows):
        raise SettingError(
            f"The truth has {width:,} × {height:,} px, and the photo {right:.0f} × {bottom:.0f}.",
            "Choose the truth of this photo.",
        )
    down = ((np.arange(height) + 0.5) / bottom * rows).astype(np.int64).clip(max=rows - 1)
    across = ((np.arange(width) + 0.5) / right * columns).astype(np.int64).clip(max=columns - 1)
    return classes[down[:, None], across]


def _verdicts(
    called: UInt8[np.ndarray, "h w"], real: UInt8[np.ndarray, "h w"], names: tuple[str, ...]
) -> UInt8[np.ndarray, "h w"]:
    """A place in `VERDICTS` for each pixel; without a class called background nothing is missed or invented."""
    empty = names.index(BACKGROUND) if BACKGROUND in names else IGNORE
    found = np.full(real.shape, VERDICTS.index(Verdict.CONFUSED), np.uint8)
    found[called == empty] = VERDICTS.index(Verdict.MISSED)
    found[real == empty] = VERDICTS.index(Verdict.INVENTED)
    found[called == real] = VERDICTS.index(Verdict.RIGHT)
    found[real == IGNORE] = IGNORE
    return found
