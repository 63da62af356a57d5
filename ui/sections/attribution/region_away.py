"""The closing row of the view Boxes & areas: both maps as a picture, the detections in numbers, the link, and the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from core.images.photo import Photo
from core.zoo.catalog import card
from ui import controls, export, formats, parts
from ui.cached import insides
from ui.sections.attribution import areas, boxes, region_snippet
from ui.sections.attribution.boxes import Boxed
from viz import images

if TYPE_CHECKING:
    from core.experiments.regions import RegionMap

LEAST = 0.1
"""The least score of a box: that of `core.experiments.regions`."""

Row = dict[str, str | float | int]


def take_away(photo: Photo, boxed: Boxed, area: RegionMap) -> None:
    """The row of both parts. The lines print the boxes, the classes, and the largest value of both maps."""
    found = boxed.found
    export.take_away(
        "boxes-and-areas",
        picture=lambda: picture(photo, boxed, area),
        rows=lambda: rows(boxed, area),
        settings=lambda: {
            "photo": photo.name,
            "detector": boxed.model,
            "box": found.chosen + 1 if found.things else None,
            "share of the map inside the box": insides.in_box(found),
            "segmenter": areas.SEGMENTER,
            "class": area.label,
            "share of the map on the area": insides.in_area(area),
        },
        link=lambda: controls.link("part", *boxes.KEYS, *areas.KEYS),
        snippet=lambda: region_snippet.both(
            photo,
            card(boxed.model),
            found.chosen if found.things else None,
            card(areas.SEGMENTER),
            area.index,
            least=LEAST,
        ),
        raw=lambda: formats.npy(area.map if found.map is None else found.map),
    )


def bill(boxed: Boxed, area: RegionMap) -> None:
    """What both maps cost."""
    parts.cost(boxed.found.cost, area.cost)


def picture(photo: Photo, boxed: Boxed, area: RegionMap) -> Image.Image:
    """The map of the box, if there is one, and that of the area beside each other."""
    pair = [boxes.map_under_box(photo, boxed.found)] if boxed.found.things else []
    pair.append(areas.map_over_area(photo, area))
    return images.beside(pair)


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
