"""Seams: how often the class changes just where a tile begins or ends, against everywhere else.

A class map holds the class of each cell of a plan's grid. Torch-free.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from jaxtyping import Bool, UInt8

from core.errors import SettingError
from core.segmentation.settings import Plan

ClassMap = UInt8[np.ndarray, "rows columns"]


class Borders(NamedTuple):
    """Lines between cells along which a tile begins or ends: `xs` before these columns, `ys` before these rows.

    Each goes through the whole grid, since all rows of tiles have the same columns. The edge of the photo is none.
    """

    xs: tuple[int, ...]
    ys: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Jumps:
    """Pairs of neighbouring cells: how many lie across a border, and how many elsewhere; and of both, how many change class."""

    across: int
    changed: int
    others: int
    others_changed: int

    @property
    def share(self) -> float | None:
        """The part of the pairs across a border that change class, in [0, 1]; None without a border."""
        return self.changed / self.across if self.across else None

    @property
    def elsewhere(self) -> float | None:
        """The same of all other pairs: how often the class changes anyway; None without such a pair."""
        return self.others_changed / self.others if self.others else None


def borders(plan: Plan) -> Borders:
    """Where the tiles of a plan begin and end inside of the photo, in cells."""
    xs = {side for tile in plan.tiles for side in (tile.x, tile.x + tile.width)} - {0, plan.columns}
    ys = {side for tile in plan.tiles for side in (tile.y, tile.y + tile.height)} - {0, plan.rows}
    return Borders(tuple(sorted(xs)), tuple(sorted(ys)))


def jumps(classes: ClassMap, lines: Borders) -> Jumps:
    """Count the changes of class across the borders, and those between all other cells that share a side."""
    changed = (classes[:, 1:] != classes[:, :-1], classes[1:] != classes[:-1])
    total, total_changed = sum(one.size for one in changed), sum(int(one.sum()) for one in changed)
    at = (changed[0][:, [x - 1 for x in lines.xs]], changed[1][[y - 1 for y in lines.ys]])
    across, crossed = sum(one.size for one in at), sum(int(one.sum()) for one in at)
    return Jumps(across, crossed, total - across, total_changed - crossed)


def jumping(classes: ClassMap, lines: Borders) -> Bool[np.ndarray, "rows columns"]:
    """The cells beside a border whose class is another one than that of the cell across it."""
    found = np.zeros(classes.shape, bool)
    for x in lines.xs:
        apart = classes[:, x] != classes[:, x - 1]
        found[:, x] |= apart
        found[:, x - 1] |= apart
    for y in lines.ys:
        apart = classes[y] != classes[y - 1]
        found[y] |= apart
        found[y - 1] |= apart
    return found


def beside(rows: int, columns: int, lines: Borders, reach: int) -> Bool[np.ndarray, "{rows} {columns}"]:
    """The cells at most `reach` away from a border: the nearest on both sides are 1 away.

    Raises:
        SettingError: `reach` is less than 1.
    """
    if reach < 1:
        raise SettingError(f"reach must be at least 1, got {reach}.")
    found = np.zeros((rows, columns), bool)
    for x in lines.xs:
        found[:, max(0, x - reach) : x + reach] = True
    for y in lines.ys:
        found[max(0, y - reach) : y + reach] = True
    return found


def changed(ours: ClassMap, theirs: ClassMap, where: Bool[np.ndarray, "rows columns"]) -> float | None:
    """The part of the cells `where` two maps have different classes, in [0, 1]; None where there are no such cells."""
    count = int(where.sum())
    return int((ours != theirs)[where].sum()) / count if count else None
