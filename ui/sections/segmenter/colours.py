"""The colours of the classes that are there, the same in every view of the segmenter."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.segmentation.truths import BACKGROUND
from viz.masks import palette

if TYPE_CHECKING:
    from core.experiments.segmented import Segmented


def occurring(*answers: Segmented) -> dict[int, str]:
    """The colours of all classes that occur in these answers but the background, in the order of the network's classes."""
    found = {row.index for one in answers for row in one.regions if row.label != BACKGROUND}
    return {place: colour for place, colour in palette(answers[0].names).items() if place in found}
