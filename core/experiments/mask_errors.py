"""Where a segmentation errs, at the contours or inside, and what is left of its errors when masks are told as boxes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from core.boxes.iou import pairwise_iou
from core.errors import SettingError
from core.experiments.judging_masks import Judged
from core.experiments.mask_verdicts import VERDICTS, Verdict
from core.segmentation.areas import Region, regions
from core.segmentation.settings import IGNORE

LEAST_SHARE = 0.002
"""The least part of the picture that a region needs to be told as a box; what is less is noise."""

MOST_BOXES = 12


@dataclass(frozen=True, slots=True)
class NearEdge:
    """Wrong pixels near a true contour: how many of all wrong ones, and how many pixels are so near at all.

    A pixel is near if its centre is at most `radius` px from that of a pixel on either side of a contour.
    """

    radius: float
    wrong: int
    wrong_near: int
    pixels: int
    pixels_near: int

    @property
    def share(self) -> float | None:
        """The part of the wrong pixels that is near, from 0 to 1; None where nothing is wrong."""
        return self.wrong_near / self.wrong if self.wrong else None

    @property
    def band(self) -> float | None:
        """The part of all known pixels that is near, from 0 to 1; None where none is known."""
        return self.pixels_near / self.pixels if self.pixels else None


@dataclass(frozen=True, slots=True)
class BoxedMask:
    """A true region and the found one whose box overlaps its box most, if one does: how much by box, how much by mask.

    The mask of a region is taken as the pixels of its class within its box.
    """

    truth: Region
    found: Region | None
    box_iou: float
    mask_iou: float


def near_edge(judged: Judged, radius: float) -> NearEdge:
    """How many of the wrong pixels lie within `radius` px of where a true class ends.

    Raises:
        SettingError: `radius` is negative or no number.
    """
    near = near_contours(judged.truth, radius)
    known = judged.verdicts != IGNORE
    wrong = known & (judged.verdicts != VERDICTS.index(Verdict.RIGHT))
    return NearEdge(radius, int(wrong.sum()), int((wrong & near).sum()), int(known.sum()), int((known & near).sum()))


def near_contours(classes: UInt8[np.ndarray, "h w"], radius: float) -> Bool[np.ndarray, "h w"]:
    """The pixels at most `radius` px from one that has another class above, below or beside it.

    Ignored pixels bound nothing, and the edge of the picture does not either.

    Raises:
        SettingError: `radius` is negative or no number.
    """
    if not (radius >= 0 and math.isfinite(radius)):
        raise SettingError(f"radius must be at least 0 pixels, got {radius}.")
    edge = np.zeros(classes.shape, bool)
    down = (classes[1:] != classes[:-1]) & (classes[1:] != IGNORE) & (classes[:-1] != IGNORE)
    across = (classes[:, 1:] != classes[:, :-1]) & (classes[:, 1:] != IGNORE) & (classes[:, :-1] != IGNORE)
    edge[1:] |= down
    edge[:-1] |= down
    edge[:, 1:] |= across
    edge[:, :-1] |= across
    if not edge.any():
        return edge
    from skimage.morphology import isotropic_dilation  # takes a moment to import, and not every page needs it

    return isotropic_dilation(edge, radius)


def boxed(judged: Judged, label: str) -> tuple[BoxedMask, ...]:
    """The true regions of a class, the largest first, each with the box around it beside that of what was found of it."""
    if label not in judged.names:
        return ()
    place, least = judged.names.index(label), max(1, round(LEAST_SHARE * judged.truth.size))
    real = regions(judged.truth, place, least=least, most=MOST_BOXES)
    called = regions(judged.predicted, place, least=least, most=MOST_BOXES)
    if not called:
        return tuple(BoxedMask(truth, None, 0.0, 0.0) for truth in real)
    overlaps = pairwise_iou(_boxes(real), _boxes(called)).tolist()
    return tuple(_paired(judged, truth, called, row) for truth, row in zip(real, overlaps, strict=True))


def _paired(judged: Judged, truth: Region, called: Sequence[Region], overlaps: Sequence[float]) -> BoxedMask:
    """The true region with that of `called` whose box overlaps its box most."""
    best = max(range(len(called)), key=lambda place: overlaps[place])
    if not overlaps[best]:
        return BoxedMask(truth, None, 0.0, 0.0)
    found = called[best]
    ours = _within(judged.truth == truth.label, truth)
    theirs = _within(judged.predicted == truth.label, found)
    return BoxedMask(truth, found, overlaps[best], int((ours & theirs).sum()) / int((ours | theirs).sum()))


def _boxes(rows: Sequence[Region]) -> Float[Tensor, "n 4"]:
    return torch.tensor([row.box for row in rows], dtype=torch.float64).reshape(-1, 4)


def _within(mask: Bool[np.ndarray, "h w"], region: Region) -> Bool[np.ndarray, "h w"]:
    x1, y1, x2, y2 = region.box
    kept = np.zeros_like(mask)
    kept[y1:y2, x1:x2] = mask[y1:y2, x1:x2]
    return kept
