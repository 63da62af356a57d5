"""The closing row of the view Boxes & areas: both maps as a picture, the detections in numbers, the link, and the lines."""

from __future__ import annotations

import io
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.images.photo import Photo
from core.zoo.catalog import card
from ui import controls, export, parts
from ui.cached import insides
from ui.sections.attribution import areas, boxes
from ui.sections.attribution.boxes import Boxed
from ui.sections.models import snippet

if TYPE_CHECKING:
    from core.experiments.regions import RegionMap

LEAST = 0.1
"""The least score of a box: that of `core.experiments.regions`."""

GAP = 12  # px

Row = dict[str, str | float | int]


def take_away(photo: Photo, boxed: Boxed, area: RegionMap) -> None:
    """The row of both parts. The lines print the scores of the boxes."""
    found = boxed.found
    export.take_away(
        "boxes-and-areas",
        picture=lambda: picture(photo, boxed, area),
        rows=rows(boxed, area),
        settings={
            "photo": photo.name,
            "detector": boxed.model,
            "box": found.chosen + 1 if found.things else None,
            "share of the map inside the box": insides.in_box(found),
            "segmenter": areas.SEGMENTER,
            "class": area.label,
            "share of the map on the area": insides.in_area(area),
        },
        link=controls.link("part", *boxes.KEYS, *areas.KEYS),
        snippet=snippet.detect(photo, card(boxed.model), LEAST),
        raw=lambda: raw(area.map if found.map is None else found.map),
    )


def bill(boxed: Boxed, area: RegionMap) -> None:
    """What both maps cost."""
    first, second = boxed.found.cost, area.cost
    parts.cost(
        replace(
            first,
            forward=first.forward + second.forward,
            backward=first.backward + second.backward,
            milliseconds=first.milliseconds + second.milliseconds,
            megabytes=max(first.megabytes, second.megabytes),
        )
    )


def raw(map: np.ndarray) -> bytes:
    """The map as NumPy's file."""
    buffer = io.BytesIO()
    np.save(buffer, map)
    return buffer.getvalue()


def picture(photo: Photo, boxed: Boxed, area: RegionMap) -> Image.Image:
    """The map of the box, if there is one, and that of the area beside each other."""
    pair = [boxes.map_under_box(photo, boxed.found)] if boxed.found.things else []
    pair.append(areas.map_over_area(photo, area))
    width, height = pair[0].size
    made = Image.new("RGB", (len(pair) * (width + GAP) - GAP, height), "white")
    for place, one in enumerate(pair):
        made.paste(one, (place * (width + GAP), 0))
    return made


def rows(boxed: Boxed, area: RegionMap) -> list[Row]:
    """A row for each box and each class that occurs."""
    found: list[Row] = [
        {
            "what": "box",
            "label": one.label,
            "score": one.score,
            "x1": one.box[0],
            "y1": one.box[1],
            "x2": one.box[2],
            "y2": one.box[3],
        }
        for one in boxed.found.things
    ]
    nothing: Row = {"x1": "", "y1": "", "x2": "", "y2": ""}
    return found + [{"what": "area", "label": name, "score": share, **nothing} for name, _, share in area.names]
