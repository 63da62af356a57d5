"""What the view Segment is about: one network's answer for one photo, and what a threshold leaves of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.images.photo import Photo
from core.segmentation.settings import IGNORE, SegmentSettings
from core.zoo.model_card import ModelCard
from ui.cached import segmentations
from ui.cached.segmentations import Sureness
from ui.components.class_map import Point, View
from viz.masks import palette

if TYPE_CHECKING:
    from core.experiments.overview import Guess
    from core.experiments.segmented import Segmented


@dataclass(frozen=True, slots=True, eq=False)
class Looking:
    """What the network `row` says of the photo."""

    photo: Photo
    row: ModelCard
    found: Segmented

    @property
    def colours(self) -> dict[int, str]:
        """The colour of each class but the background."""
        return palette(self.found.names)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """The answer as it is looked at.

    `point` is the pixel that is read. `decided` (h, w) is the class of each pixel, 255 where the best one leads by less than
    the threshold.
    """

    look: Looking
    view: View
    point: Point
    sure: Sureness
    decided: np.ndarray

    @property
    def unsure(self) -> float:
        """What part of all pixels belongs to nobody."""
        return float((self.decided == IGNORE).mean())

    def here(self) -> tuple[Guess, ...]:
        """All classes at the pixel that is read, the most probable first."""
        x, y = self.point
        return self.look.found.at(x + 0.5, y + 0.5)

    def shares(self) -> dict[int, float]:
        """What part of all pixels each class has that occurs, the largest first."""
        counts = np.bincount(self.decided.ravel(), minlength=256)[:IGNORE] / self.decided.size
        return {int(place): float(counts[place]) for place in np.argsort(-counts, kind="stable") if counts[place]}


def look(photo: Photo, row: ModelCard, settings: SegmentSettings) -> Looking:
    """Ask the network.

    Raises:
        ModelError: its weights are not here or damaged.
        SettingError: it would take too many passes.
    """
    return Looking(photo, row, segmentations.segmented(photo, row.key, settings))


def cases(asked: Sequence[Looking], view: View) -> tuple[Case, ...]:
    """The answers as `view` has them, all read at one pixel. No network runs."""
    sure = [segmentations.sureness(one.found, one.photo) for one in asked]
    point = view.point or least_sure(asked[0], sure[0])
    return tuple(
        Case(one, view, point, how, decided(one.found, how, view.unsure)) for one, how in zip(asked, sure, strict=True)
    )


def least_sure(look: Looking, sure: Sureness) -> Point:
    """The pixel of the photo with the smallest margin."""
    rows, columns = sure.margin.shape
    row, column = divmod(int(sure.margin.argmin()), columns)
    width, height = look.photo.width, look.photo.height
    return min(int((column + 0.5) / columns * width), width - 1), min(int((row + 0.5) / rows * height), height - 1)


def decided(found: Segmented, sure: Sureness, threshold: float) -> np.ndarray:
    """The class of each pixel, 255 where the margin is below the threshold."""
    if threshold == 0:
        return found.classes
    height, width = found.classes.shape
    rows, columns = (
        np.minimum(np.arange(side) // found.every, kept - 1)
        for side, kept in ((height, sure.margin.shape[0]), (width, sure.margin.shape[1]))
    )
    unsure = (sure.margin < threshold)[rows[:, None], columns]
    return np.where(unsure, np.uint8(IGNORE), found.classes)


def agreement(first: Segmented, second: Segmented) -> float:
    """The part of all pixels to which both networks give a class of the same name."""
    names = list(dict.fromkeys((*first.names, *second.names)))
    ours, theirs = (np.array([names.index(name) for name in one.names]) for one in (first, second))
    return float((ours[first.classes] == theirs[second.classes]).mean())


def known(names: Sequence[str], most: int = 8) -> str:
    """The classes that a network knows, without the background, in a few words."""
    things = [name for name in names if name != "background"]
    return ", ".join(things[:most]) + (f" and {len(things) - most} more" if len(things) > most else "")
