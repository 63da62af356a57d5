"""A moment of learning as a picture: what is marked and what is found, and the loss so far in its parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.boxes.settings import Labelled
from viz.detections import Tagged, detection_picture
from viz.lessons import OBJECT, SAYS, scaled

if TYPE_CHECKING:
    from core.experiments.models import Found
    from core.experiments.overfit import OverfitStep

GOOD = 0.8
"""The IoU from which a box counts as found: `core.experiments.overfit.GOOD`, which needs torch."""

MOST = 8
"""Boxes that are drawn, the surest: with 14 × 14 cells there are dozens for a while, and their tags would hide the photo."""

NAMES = ("whole", "confidence", "offsets", "class")


def picture(pixels: np.ndarray, width: int, objects: tuple[Labelled, ...], things: tuple[Found, ...]) -> Image.Image:
    """Objects and found boxes on the photo, whose full copy is `width` pixels wide; what is found lies on top."""
    factor = pixels.shape[1] / width
    found = [Tagged(scaled(one.box, factor), f"{one.label} {one.score:.0%}", SAYS.colour) for one in things[:MOST]]
    marked = [Tagged(scaled(one.box, factor), one.label, OBJECT.colour) for one in objects]
    return detection_picture(pixels, [*found, *marked])


def drawn(step: OverfitStep) -> str:
    """How many boxes there are, and how many of them are drawn where that is less."""
    count = len(step.things)
    return f"{count} boxes, the {MOST} surest drawn" if count > MOST else f"{count} box{'es' if count != 1 else ''}"


def curves(steps: tuple[OverfitStep, ...]) -> dict[str, list[float]]:
    """The loss and its parts by their names, before they are weighted."""
    values = [[getattr(one, name) for one in steps] for name in ("total", "confidence", "offsets", "classes")]
    return dict(zip(NAMES, values, strict=True))
