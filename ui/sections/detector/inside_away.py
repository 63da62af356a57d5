"""The closing row of the view: the photo under its map with the picked box, the numbers of the cell, the link, the lines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image, ImageDraw

from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from ui import controls, export, formats
from ui.sections.detector import inside_controls, inside_presets, inside_snippet
from ui.sections.detector.inside_grid import Grids, Place
from ui.sections.detector.inside_stage import written
from viz import images
from viz.boxes import cased
from viz.colours import AREAS, MANY
from viz.detections import Tagged, detection_picture
from viz.heatmaps import covered, viridis, window

if TYPE_CHECKING:
    from core.experiments.detecting import Detected, Fate

LONGEST = 1200
VEIL = (0.22, 0.58)
"""How much the map covers where it is 0, and how much more where it is 1: as in the browser."""


@dataclass(frozen=True, slots=True, eq=False)
class Shown:
    """What the thresholds make of the answer, the picked anchor, and what became of each anchor of its cell."""

    detected: Detected
    place: Place
    fates: tuple[Fate, ...]


@dataclass(slots=True, eq=False)
class Latest:
    """What is shown now, which the thresholds leave to the row: they do not draw it again. None before the first."""

    shown: Shown | None = None

    def now(self) -> Shown:
        """What is shown now, where there is something."""
        assert self.shown is not None, "the row is drawn after the grid"
        return self.shown


def take_away(photo: Photo, card: ModelCard, grids: Grids, latest: Latest) -> None:
    """The closing row."""
    export.take_away(
        inside_controls.NAME,
        picture=lambda: picture(photo, grids, latest.now().detected, latest.now().place),
        rows=lambda: rows(grids, latest.now().place, latest.now().fates),
        settings=lambda: {
            "photo": photo.name,
            "network": card.key,
            "input": list(grids.look.size),
            "confidence": latest.now().detected.settings.confidence,
            "nms": latest.now().detected.settings.nms.iou_threshold,
        },
        link=lambda: {
            "part": "Inside the grid",
            "model": card.key,
            **controls.link(inside_presets.KEY, *inside_controls.KEYS),
            "cell": written(latest.now().place),
        },
        snippet=lambda: inside_snippet.snippet(grids, latest.now().place),
        raw=lambda: formats.npy(grids.maps()[latest.now().place.head]),
    )


def picture(photo: Photo, grids: Grids, detected: Detected, place: Place) -> Image.Image:
    """The photo under the map of the picked head, with the boxes that are kept, the cell, and the box of the anchor."""
    small = images.fit(photo.pixels, LONGEST)
    factor = small.width / photo.width
    image = under(np.asarray(small), grids, place.head, factor)
    tagged = []
    for number, thing in enumerate(detected.things[:20], 1):
        x1, y1, x2, y2 = (side * factor for side in thing.box)
        colour = AREAS[thing.index % len(AREAS)]
        tagged.append(Tagged((x1, y1, x2, y2), f"{number} {thing.label} {thing.score:.2f}", colour))
    image = detection_picture(np.asarray(image), tagged)
    thick = max(2, round(LONGEST / 300))
    brush, box = ImageDraw.Draw(image), grids.photo_boxes[grids.number(place)] * factor
    for sides, colour in ((box, MANY[place.anchor % len(MANY)].rgb), (cell(grids, place, factor), (240, 228, 66))):
        x1, y1, x2, y2 = (float(np.clip(side, -9_999, 9_999)) for side in sides)
        cased(brush, (x1, y1, x2, y2), colour, thick, thin=1, casing=(0, 0, 0), inside=True)
    return image


def under(pixels: np.ndarray, grids: Grids, head: int, factor: float) -> Image.Image:
    """The photo under the map of a head, a square of one colour for each cell."""
    x1, y1, x2, y2 = (side * factor for side in grids.part)
    values = grids.maps()[head].max(axis=2)
    left, top, wide, high = window(pixels, (x1, y1, x2, y2))
    columns = ((np.arange(wide) + 0.5 + left - x1) / (x2 - x1) * values.shape[1]).astype(int)
    rows_ = ((np.arange(high) + 0.5 + top - y1) / (y2 - y1) * values.shape[0]).astype(int)
    large = values[rows_.clip(0, values.shape[0] - 1)][:, columns.clip(0, values.shape[1] - 1)]
    return covered(pixels, viridis(large), VEIL[0] + VEIL[1] * large, (left, top, left + wide, top + high))


def cell(grids: Grids, place: Place, factor: float = 1.0) -> tuple[float, float, float, float]:
    """The picked cell `(x1, y1, x2, y2)` in pixels of the photo, or of one that is `factor` times as large."""
    x1, y1, x2, y2 = grids.part
    head = grids.look.heads[place.head]
    wide, high = (x2 - x1) / head.columns * factor, (y2 - y1) / head.rows * factor
    left, top = x1 * factor + place.column * wide, y1 * factor + place.row * high
    return left, top, left + wide, top + high


def rows(grids: Grids, place: Place, fates: tuple[Fate, ...]) -> list[dict[str, str | float | int]]:
    """A row for each anchor of the picked cell: its raw numbers, what they become, and what became of it."""
    made: list[dict[str, str | float | int]] = []
    for anchor, fate in enumerate(fates):
        here = Place(place.head, place.row, place.column, anchor)
        number, raw = grids.number(here), grids.raw(here)
        x1, y1, x2, y2 = grids.photo_boxes[number].tolist()
        wide, high = grids.look.heads[place.head].anchors[anchor]
        made.append(
            {
                "head": place.head,
                "row": place.row,
                "column": place.column,
                "anchor": anchor + 1,
                "anchor width": wide,
                "anchor height": high,
                **dict(zip(("tx", "ty", "tw", "th", "to"), raw, strict=False)),
                "objectness": float(grids.objectness[number]),
                "class": grids.names[int(grids.classes[number].argmax())],
                "probability": float(grids.best[number]),
                "score": float(grids.scores[number]),
                "x1": x1,
                "y1": y1,
                "x2": x2,
                "y2": y2,
                "fate": fate.outcome.value,
                **{f"logit of {name}": value for name, value in zip(grids.names, raw[5:], strict=False)},
            }
        )
    return made
