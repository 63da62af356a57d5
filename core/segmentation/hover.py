"""Class distributions small enough for a browser, which shows those under the mouse without asking again. Torch-free."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Shaped, UInt8

from core.errors import SettingError

HALF_STEP = 2.0**-12
"""The most by which a probability in half precision is off."""


@dataclass(frozen=True, slots=True, eq=False)
class HoverTable:
    """The most probable classes of every `every`-th pixel of a map, the best first.

    `labels` are their numbers, `shares` their probabilities in steps of 1/255, each at most `error` away from what the
    network said. Cell (row, column) speaks for the pixels from `every * row`, `every * column` on, by the one in its middle;
    pixels beyond the last cell belong to that.
    """

    labels: UInt8[np.ndarray, "top rows columns"]
    shares: UInt8[np.ndarray, "top rows columns"]
    every: int
    error: float = 1 / 510 + HALF_STEP


def hover_table(probabilities: Float[np.ndarray, "classes h w"], *, top: int = 4, most_side: int = 200) -> HoverTable:
    """The `top` most probable classes of a grid with at most `most_side` cells along its longer side.

    Raises:
        SettingError: `top` or `most_side` is less than 1, or there are more than 256 classes.
    """
    for name, value in (("top", top), ("most_side", most_side)):
        if value < 1:
            raise SettingError(f"{name} must be at least 1, got {value}.")
    if len(probabilities) > 256:
        raise SettingError(f"A byte has room for 256 classes, got {len(probabilities)}.", "Leave some out.")
    every = math.ceil(max(probabilities.shape[1:]) / most_side)
    few = sampled(probabilities, every).astype(np.float32)
    labels = np.argsort(-few, axis=0, kind="stable")[:top]
    shares = np.rint(np.take_along_axis(few, labels, axis=0) * 255)
    return HoverTable(labels.astype(np.uint8), shares.astype(np.uint8), every)


def sampled(maps: Shaped[np.ndarray, "maps h w"], every: int) -> Shaped[np.ndarray, "maps rows columns"]:
    """The middle one of every `every` pixels down and across, at least one along each side. A view."""
    down, right = (min(every // 2, side - 1) for side in maps.shape[1:])
    return maps[:, down::every, right::every]
