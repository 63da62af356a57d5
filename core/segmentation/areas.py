"""What a class map is made of: the area of each class, its connected regions with their boxes, and its outlines.

A class map holds a number for each pixel; pixel i covers [i, i + 1). Torch-free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import numpy as np
from jaxtyping import Float64, Integer

from core.errors import SettingError
from core.segmentation.settings import IGNORE

ClassMap = Integer[np.ndarray, "h w"]


@dataclass(frozen=True, slots=True)
class Area:
    """How many pixels have the class `label`, and what part that is of those that are not ignored, from 0 to 1."""

    label: int
    pixels: int
    share: float


@dataclass(frozen=True, slots=True)
class Region:
    """Pixels of one class that hang together, also by their corners.

    `box` is `(x1, y1, x2, y2)` in whole pixels, `x2` and `y2` exclusive.
    """

    label: int
    pixels: int
    box: tuple[int, int, int, int]


def areas(classes: ClassMap) -> tuple[Area, ...]:
    """The classes that occur, the largest first; ignored pixels (255) belong to none."""
    labels, counts = np.unique(classes[classes != IGNORE], return_counts=True)
    total = int(counts.sum())
    rows = [Area(int(label), int(count), int(count) / total) for label, count in zip(labels, counts, strict=True)]
    return tuple(sorted(rows, key=lambda row: -row.pixels))


def regions(classes: ClassMap, label: int, *, least: int = 1, most: int = 100) -> tuple[Region, ...]:
    """The regions of the class `label` with at least `least` pixels, the largest first, at most `most` of them.

    Raises:
        SettingError: `least` or `most` is less than 1.
    """
    for name, value in (("least", least), ("most", most)):
        if value < 1:
            raise SettingError(f"{name} must be at least 1, got {value}.")
    from skimage.measure import label as numbered  # takes a moment to import, and not every page needs it
    from skimage.measure import regionprops

    places = cast("np.ndarray", numbered(classes == label, connectivity=2))
    sizes = np.bincount(places.ravel())
    found = []
    for one in regionprops(places):
        if sizes[one.label] >= least:
            top, left, bottom, right = (int(side) for side in one.bbox)
            found.append(Region(label, int(sizes[one.label]), (left, top, right, bottom)))
    return tuple(sorted(found, key=lambda one: -one.pixels)[:most])


def outlines(classes: ClassMap, label: int, *, tolerance: float = 0.0) -> tuple[Float64[np.ndarray, "points 2"], ...]:
    """Closed lines `(x, y)` around the class `label`, those around its holes too, the longest first.

    They run half way between the centres of its pixels and those of others, and half a pixel outside of the centres at the
    picture's edge. Points that lie less than `tolerance` pixels beside the line of the others are left out.

    Raises:
        SettingError: `tolerance` is negative.
    """
    if not tolerance >= 0:
        raise SettingError(f"tolerance must be at least 0, got {tolerance}.")
    from skimage.measure import approximate_polygon, find_contours  # takes a moment, as above

    lines = find_contours(np.pad(classes == label, 1).astype(np.float64), 0.5)
    lines = [approximate_polygon(line, tolerance) for line in lines] if tolerance else lines
    return tuple(np.ascontiguousarray(line[:, ::-1]) - 0.5 for line in sorted(lines, key=len, reverse=True))
