"""The grids of one pass, sorted by head, row, column and anchor, whatever order a network writes them in."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from core.experiments.detecting import Looked, Seen


@dataclass(frozen=True, slots=True)
class Place:
    """Where an anchor stands: its head, row and column, and which of the anchors of its cell it is. All count from 0."""

    head: int
    row: int
    column: int
    anchor: int


@dataclass(frozen=True, eq=False)
class Grids:
    """The answer of a network that has a grid, read for the page. Rows of all arrays are sorted by their place.

    `rows` are the numbers of the anchors in `Looked`. `photo_boxes` are in pixels of the photo, not cut at its edges.
    """

    seen: Seen
    look: Looked
    rows: np.ndarray
    cells: np.ndarray
    objectness: np.ndarray
    best: np.ndarray
    classes: np.ndarray
    photo_boxes: np.ndarray

    @property
    def names(self) -> tuple[str, ...]:
        """The classes that the network knows."""
        return self.seen.names

    @cached_property
    def scores(self) -> np.ndarray:
        """Of each anchor the score of its most probable class."""
        return self.objectness * self.best

    @cached_property
    def has_objectness(self) -> bool:
        """Whether the head says how sure it is that there is something, apart from what it is."""
        return not bool(np.all(self.objectness == 1))

    @cached_property
    def heat(self) -> np.ndarray:
        """What the map shows of each anchor: its objectness, or where there is none its most probable class."""
        return self.objectness if self.has_objectness else self.best

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where the anchors of each head begin."""
        counts = [head.count for head in self.look.heads]
        return tuple(int(start) for start in np.cumsum([0, *counts[:-1]]))

    def number(self, place: Place) -> int:
        """The row of an anchor in these arrays; it has to be one of them."""
        head = self.look.heads[place.head]
        cell = place.row * head.columns + place.column
        return self.starts[place.head] + cell * len(head.anchors) + place.anchor

    def place(self, number: int) -> Place:
        """Where the anchor in a row of these arrays stands."""
        return Place(*(int(one) for one in self.cells[number]))

    def raw(self, place: Place) -> list[float]:
        """The numbers of an anchor as the head wrote them: tx, ty, tw, th, the logit of objectness, and of each class."""
        raw = self.look.raw
        if raw is None:
            raise ValueError("a network with a grid has raw numbers")
        return raw[int(self.rows[self.number(place)])].tolist()

    def there(self, head: int, row: int, column: int) -> bool:
        """Whether there is such a cell."""
        heads = self.look.heads
        return 0 <= head < len(heads) and 0 <= row < heads[head].rows and 0 <= column < heads[head].columns

    def surest(self, head: int, row: int, column: int) -> Place:
        """The anchor of a cell that scores highest."""
        first = self.number(Place(head, row, column, 0))
        count = len(self.look.heads[head].anchors)
        return Place(head, row, column, int(self.scores[first : first + count].argmax()))

    @cached_property
    def opening(self) -> Place:
        """The anchor that scores highest of those whose box is on the photo; without any, of all. No threshold changes it."""
        _, anchors = self.look.candidates()
        return self.of(int(anchors[0])) if len(anchors) else self.place(int(self.scores.argmax()))

    def of(self, anchor: int) -> Place:
        """Where the anchor with that number in `Looked` stands."""
        return self.place(int(self._sorted[anchor]))

    @cached_property
    def _sorted(self) -> np.ndarray:
        back = np.empty_like(self.rows)
        back[self.rows] = np.arange(len(self.rows))
        return back

    def maps(self) -> list[np.ndarray]:
        """What the picture shows, for each head (rows, columns, anchors)."""
        made = []
        for head, start in zip(self.look.heads, self.starts, strict=True):
            part = self.heat[start : start + head.count]
            made.append(part.reshape(head.rows, head.columns, len(head.anchors)))
        return made

    @property
    def part(self) -> tuple[float, float, float, float]:
        """The part of the photo plane that the grids cover, in pixels of the photo; with bars it is more than the photo."""
        height, width = self.look.size
        where = self.look.placement
        left, top = -where.offset_x / where.scale_x, -where.offset_y / where.scale_y
        return left, top, left + width / where.scale_x, top + height / where.scale_y


def grids(seen: Seen) -> Grids | None:
    """The grids of the first look; None for a network that has none."""
    look = seen.looks[0]
    if look.cells is None or look.raw is None or not look.heads:
        return None
    cells = look.cells.numpy()
    order = np.lexsort(cells.T[::-1])
    boxes = look.placement.back_boxes(look.boxes).numpy()[order]
    classes = look.classes.numpy()[order]
    return Grids(
        seen=seen,
        look=look,
        rows=order,
        cells=cells[order],
        objectness=look.objectness.numpy()[order],
        best=classes.max(axis=1),
        classes=classes,
        photo_boxes=boxes,
    )
