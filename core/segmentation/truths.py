"""What is true of each pixel of a photo, to judge a segmentation by. Torch-free."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, UInt8

from core.errors import SettingError
from core.segmentation.settings import IGNORE

BACKGROUND = "background"


@dataclass(frozen=True, slots=True, eq=False)
class TruthMask:
    """The true class of each pixel of a photo's working copy: a place in `names`, or `IGNORE` where nobody knows.

    Raises:
        SettingError: a pixel holds something else, or there are no names or more than 255.
    """

    numbers: UInt8[np.ndarray, "h w"]
    names: tuple[str, ...]

    def __post_init__(self) -> None:
        if not 1 <= len(self.names) <= IGNORE:
            raise SettingError(f"There must be 1 to {IGNORE} names, got {len(self.names)}.")
        known = self.numbers[self.numbers != IGNORE]
        if known.size and int(known.max()) >= len(self.names):
            raise SettingError(
                f"The mask holds the number {int(known.max())}, and there are names from 0 to {len(self.names) - 1}.",
                "Name every number.",
            )
        self.numbers.setflags(write=False)


def of_objects(mask: UInt8[np.ndarray, "h w"], labels: Sequence[str]) -> TruthMask:
    """The classes of a mask that is 0 for the background and i + 1 where object i is visible; `labels` name the objects.

    Raises:
        SettingError: the mask shows an object without a label.
    """
    if int(mask.max(initial=0)) > len(labels):
        raise SettingError(f"The mask shows object {int(mask.max())}, and there are {len(labels)} labels.")
    names = tuple(dict.fromkeys((BACKGROUND, *labels)))
    places = np.array([0, *(names.index(label) for label in labels)], np.uint8)
    return TruthMask(places[mask], names)


def of_outline(label: str, inside: Bool[np.ndarray, "h w"]) -> TruthMask:
    """One object, and nothing else but background."""
    return TruthMask(inside.astype(np.uint8), (BACKGROUND, label))
