"""What of a photo is looked at: the objects worth cutting out, and the windows around them.

A window is `(x1, y1, x2, y2)` in pixels of the photo, `x2` and `y2` exclusive.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch

Box = tuple[float, float, float, float]
Window = tuple[int, int, int, int]

LEAST_SIDE = 48
"""Objects with a shorter side are too small to be told apart, in pixels of a photo of 320."""
MOST_COVERED = 0.5
"""Of a box, by an object of another class: beyond that nobody can say whose crop it is."""
CONTEXT = 1.25
"""The sides of a validation window in units of the box's."""


@dataclass(frozen=True, slots=True)
class Annotated:
    """An object on a photo: its class by name, and its box in pixels."""

    name: str
    box: Box


def cut_out(objects: list[Annotated], names: tuple[str, ...]) -> list[Annotated]:
    """The objects called one of `names` that are large enough and not covered by another class of `names`."""
    kept = [thing for thing in objects if thing.name in names]
    return [
        thing
        for thing in kept
        if min(_sides(thing.box)) >= LEAST_SIDE
        and all(covered(thing.box, other.box) < MOST_COVERED for other in kept if other.name != thing.name)
    ]


def area(box: Box) -> float:
    """Width times height, in square pixels."""
    width, height = _sides(box)
    return width * height


def covered(box: Box, by: Box) -> float:
    """The part of `box` that lies inside the box `by`, from 0 to 1."""
    width = min(box[2], by[2]) - max(box[0], by[0])
    height = min(box[3], by[3]) - max(box[1], by[1])
    return max(0.0, width) * max(0.0, height) / area(box)


def validation_window(box: Box, width: int, height: int) -> Window:
    """The square around a box with a quarter more on its longer side, cut off at the edges of the photo."""
    side = CONTEXT * max(_sides(box))
    return _around(_centre(box), (side, side), width, height)


def training_window(box: Box, width: int, height: int, *, upper: bool, whole: bool) -> Window:
    """A window that shows the object with more or less around it, drawn from torch's global random numbers.

    With `upper`, every second window holds the upper part of the box alone: head and shoulders of a person who stands.
    With `whole`, every fourth is the photo itself.
    """
    draw = torch.rand(6).tolist()
    if whole and draw[0] < 0.25:
        return 0, 0, width, height
    if upper and draw[1] < 0.5:
        x1, y1, x2, y2 = box
        box = (x1, y1, x2, min(y2, y1 + (0.9 + 0.7 * draw[5]) * (x2 - x1)))
    box_width, box_height = _sides(box)
    longest = max(box_width, box_height)
    grow, squareness = 1.0 + draw[2], 0.5
    sides = (
        grow * (squareness * longest + (1 - squareness) * box_width),
        grow * (squareness * longest + (1 - squareness) * box_height),
    )
    across, down = _centre(box)
    centre = (across + 0.3 * (draw[3] - 0.5) * box_width, down + 0.3 * (draw[4] - 0.5) * box_height)
    return _around(centre, sides, width, height)


def _around(centre: tuple[float, float], sides: tuple[float, float], width: int, height: int) -> Window:
    x1, x2 = _span(centre[0], sides[0], width)
    y1, y2 = _span(centre[1], sides[1], height)
    return x1, y1, x2, y2


def _span(middle: float, length: float, limit: int) -> tuple[int, int]:
    start = min(max(0, round(middle - length / 2)), limit - 1)
    return start, max(start + 1, min(limit, round(middle + length / 2)))


def _sides(box: Box) -> tuple[float, float]:
    return box[2] - box[0], box[3] - box[1]


def _centre(box: Box) -> tuple[float, float]:
    return (box[0] + box[2]) / 2, (box[1] + box[3]) / 2
