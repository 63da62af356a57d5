"""What a segmenter says of a photo: one kind of answer for all of them, small enough to be kept."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float16, UInt8
from torch import Tensor

from core.errors import SettingError
from core.experiments.cost import Cost
from core.experiments.models import Region
from core.experiments.opened import UNBILLED
from core.experiments.overview import Guess
from core.segmentation.areas import areas
from core.segmentation.hover import HoverTable, hover_table, sampled
from core.segmentation.segmenter import Certainty, certainty, class_map, probabilities
from core.segmentation.settings import SegmentSettings
from core.zoo.model_card import ModelCard

KEPT_BYTES = 2**25
"""Of the probabilities that an answer keeps: of a photo that needs more, only every so many pixels have theirs."""

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Segmented:
    """The class of every pixel of a photo: a place in `names`.

    `classes` covers the part `seen` of the photo, `(x1, y1, x2, y2)` in pixels of its working copy: all of it, and less than
    a pixel of `classes` more where the grid does not divide it. `probabilities`, in half precision (good to 0.0003), are
    those of every `every`-th pixel of `classes` down and across: the one in the middle of each cell.
    """

    model: str
    settings: SegmentSettings
    names: tuple[str, ...]
    classes: UInt8[np.ndarray, "h w"]
    probabilities: Float16[np.ndarray, "classes rows columns"]
    every: int
    seen: Box
    cost: Cost

    @property
    def regions(self) -> tuple[Region, ...]:
        """The classes that occur, the largest first, with the part of the picture that each has."""
        return tuple(Region(self.names[row.label], row.label, row.share) for row in areas(self.classes))

    def at(self, x: float, y: float) -> tuple[Guess, ...]:
        """All classes at a point of the photo's working copy, the most probable first; of equal ones that of the pixel.

        Where `every` is more than 1 they are those of the kept pixel of its cell.

        Raises:
            SettingError: the point is outside of the photo.
        """
        x1, y1, x2, y2 = self.seen
        if not (x1 <= x < x2 and y1 <= y < y2):
            raise SettingError(f"({x:g}, {y:g}) is outside of the photo.", "Point at the photo.")
        height, width = self.classes.shape
        _, rows, columns = self.probabilities.shape
        row = min(int((y - y1) / (y2 - y1) * height) // self.every, rows - 1)
        column = min(int((x - x1) / (x2 - x1) * width) // self.every, columns - 1)
        here = self.probabilities[:, row, column].astype(np.float64)
        best = sampled(self.classes[None], self.every)[0, row, column]
        order = sorted(range(len(here)), key=lambda index: (-here[index], index != best))
        return tuple(Guess(self.names[index], index, float(here[index])) for index in order)

    def certainty(self) -> Certainty:
        """How sure the pixels are that have kept their probabilities."""
        return certainty(torch.from_numpy(self.probabilities))

    def table(self, *, top: int = 4, most_side: int = 200) -> HoverTable:
        """The `top` classes of a reduced grid, for a browser; its `every` counts pixels of `probabilities`.

        Raises:
            SettingError: a number is less than 1.
        """
        return hover_table(self.probabilities, top=top, most_side=most_side)


def segmented(row: ModelCard, settings: SegmentSettings, seen: Box, scores: Float[Tensor, "classes h w"]) -> Segmented:
    """The answer that scores on the CPU amount to, without a bill."""
    every = max(1, math.ceil(math.sqrt(2 * scores.numel() / KEPT_BYTES)))
    kept = probabilities(torch.from_numpy(sampled(scores.numpy(), every))).half()
    return Segmented(row.key, settings, row.classes, class_map(scores).numpy(), kept.numpy(), every, seen, UNBILLED)
