"""Objects that somebody marked on a photo for a head to learn: which are refused, and where they lie in its input."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch

from core.boxes.settings import MOST_OBJECTS, Labelled
from core.detection.loss import Objects
from core.errors import SettingError
from core.images.resize import Placement


def check_truths(truths: Sequence[Labelled], *, height: int, width: int) -> None:
    """Refuse objects that nobody can learn.

    Raises:
        SettingError: there are more than 12, or one is empty or wholly outside the photo.
    """
    if len(truths) > MOST_OBJECTS:
        raise SettingError(f"At most {MOST_OBJECTS} objects can be learned, got {len(truths)}.", "Delete a box.")
    for one in truths:
        x1, y1, x2, y2 = one.box
        if not all(map(math.isfinite, one.box)) or not (x2 > x1 and y2 > y1):
            raise SettingError(f"A box must have a width and a height, got {one.box}.", "Draw the box again.")
        if not (x1 < width and y1 < height and x2 > 0 and y2 > 0):
            raise SettingError(
                f"The box of “{one.label}” lies outside the photo of {width} × {height} px.", "Move it onto the photo."
            )


def marked(
    truths: Sequence[Labelled], names: Sequence[str], placement: Placement, device: torch.device | None = None
) -> Objects:
    """The objects in pixels of the input, each with the place of its label in `names`.

    Raises:
        SettingError: a label is none of them.
    """
    for one in truths:
        if one.label not in names:
            known = ", ".join(names)
            raise SettingError(f"This network does not know “{one.label}”.", f"Name the box one of: {known}.")
    boxes = torch.tensor([one.box for one in truths], dtype=torch.float32).reshape(-1, 4)
    classes = torch.tensor([list(names).index(one.label) for one in truths], dtype=torch.int64)
    return Objects(placement.forward_boxes(boxes).to(device), classes.to(device))
