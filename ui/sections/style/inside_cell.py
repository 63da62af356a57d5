"""A cell of the Gram matrices: its two maps on style and photo, their product, and the numbers it is the mean of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from ui import address, export, messages, parts
from ui.cached import drawings, style_insides
from ui.components.matrix_view import Cell
from ui.sections.style import inside_words
from ui.sections.style.inside_case import CELL, NAME, Sight
from viz.heatmaps import tiles
from viz.images import to_image

if TYPE_CHECKING:
    from core.experiments.style_inside import Grams, Pair, Together

FRAGMENT = "gram-cell-view"
TALLEST = 240  # px
ACROSS = 480
"""Pixels of a drawn map."""

_WRITTEN = re.compile(r"(\d{1,4}),(\d{1,4})")


def picked(found: Grams) -> Cell:
    """The cell that was clicked or that a link named by its two maps, else the one where style and photo differ most.

    That of another layer, network or pictures is kept as long as its maps are among those that are shown.
    """
    named = address.changed(CELL)
    if named is not None:
        st.session_state[CELL] = named
    opening = most_apart(found)
    cell = _read(found, st.session_state.get(CELL)) or opening
    address.show(CELL, None if cell == opening else written(found, cell))
    return cell


def most_apart(found: Grams) -> Cell:
    """The two different maps whose entries differ most; the first cell where there is only one map."""
    apart = np.abs(found.ours - found.style)
    np.fill_diagonal(apart, -1.0)
    row, column = divmod(int(apart.argmax()), len(apart))
    return row, column


def written(found: Grams, cell: Cell) -> str:
    """A cell as the URL holds it: its maps by their numbers."""
    return ",".join(str(found.channels[place]) for place in cell)


def pick(found: Grams, cell: Cell) -> None:
    """Take another cell."""
    address.keep(CELL, written(found, cell))
    export.follow(NAME, FRAGMENT)
    st.rerun(scope=[FRAGMENT])


def both(sight: Sight, found: Grams, cell: Cell) -> Pair:
    """The two maps of a cell on style and photo; cached."""
    row, column = cell
    channels = (found.channels[row], found.channels[column])
    return style_insides.pair(sight.card.key, found.layer, channels, sight.style, sight.ours)


@dataclass(slots=True, eq=False)
class Latest:
    """The cell that is shown now, which a pick leaves to the closing row; None before the first."""

    pair: Pair | None = None
    cell: Cell = (0, 0)

    def now(self) -> Pair:
        """Its maps, where there are some."""
        assert self.pair is not None, "the row is drawn after the cell"
        return self.pair


@st.fragment(key=FRAGMENT)
def shown(sight: Sight, found: Grams, latest: Latest, *, same: bool) -> None:
    """What is picked, in numbers and pictures, left in `latest`. A pick reruns this alone."""
    with messages.guard("The picked cell"):
        latest.cell = picked(found)
        latest.pair = both(sight, found, latest.cell)
        with parts.hideable("numbers"):
            inside_words.figures(found, latest.pair, latest.cell, sight.role)
        with parts.hideable("cell"):
            _maps(sight, found, latest.pair, latest.cell, same=same)
        with parts.hideable("formulas"):
            inside_words.gram_formula(found, latest.pair, latest.cell, sight.role)


def _maps(sight: Sight, found: Grams, pair: Pair, cell: Cell, *, same: bool) -> None:
    """Style above photo: the picture, both maps, and their product."""
    parts.section(
        "These two together",
        "The product is bright where both maps are active at once. Its mean, over the number of maps, is the cell.",
    )
    st.markdown(messages.escape(inside_words.verdict(found, cell, sight.role)), width=760)
    sides = (("Style", sight.style.name, pair.style), (sight.role.capitalize(), sight.ours.name, pair.ours))
    tops = [_tops([one]) for _, _, one in sides]
    if same:
        tops = [_tops([one for _, _, one in sides])] * 2
    for (role, name, one), limits in zip(sides, tops, strict=True):
        _row(sight, found, cell, (role, name), one, limits)


def _row(
    sight: Sight, found: Grams, cell: Cell, named: tuple[str, str], one: Together, tops: tuple[float, ...]
) -> None:
    """One picture, its two maps and their product, each with its colour bar."""
    (role, name), cells = named, parts.four(150)
    row, column = (found.channels[place] for place in cell)
    key = f"{sight.name} {found.layer} {row} {column} {role} {tops}"
    with cells[0]:
        made = drawings.drawn(f"seen {key}", lambda: to_image(one.picture))
        parts.picture(made, role, messages.escape(name), alt=f"{role}: {name}", tallest=TALLEST)
    planes = (
        (f"Map {row}", one.maps[0]),
        (f"Map {column}", one.maps[1]),
        (f"Map {row} times map {column}", one.product),
    )
    for place, ((title, values), top) in enumerate(zip(planes, tops, strict=True)):
        with cells[place + 1]:
            parts.picture(
                drawings.drawn(
                    f"map {place} {key}",
                    lambda values=values, top=top: tiles(values[None] / top, columns=1, width=ACROSS),
                ),
                title,
                f"mean {inside_words.number(float(values.mean()))}",
                alt=f"{title} on the {role.lower()}",
                scale=parts.Scale("viridis", "0", "", inside_words.number(top)),
                tallest=TALLEST,
            )


def _tops(sides: Sequence[Together]) -> tuple[float, ...]:
    """The largest values of the first map, of the second, and of their product, never 0."""
    planes = [(*one.maps, one.product) for one in sides]
    return tuple(max(float(max(plane.max() for plane in same)), 1e-12) for same in zip(*planes, strict=True))


def _read(found: Grams, words: object) -> Cell | None:
    """The cell that the session holds, if its maps are among those that are shown."""
    match = _WRITTEN.fullmatch(words) if isinstance(words, str) and words.isascii() else None
    if match is None:
        return None
    channels = [int(number) for number in match.groups()]
    if not all(channel in found.channels for channel in channels):
        return None
    row, column = (found.channels.index(channel) for channel in channels)
    return row, column
