"""Inside a detector's grid: the map of each head over the photo, a cell to point at, its anchors and the box they become.

The browser has the numbers of every anchor, so it draws and says at the frame rate what lies under the pointer, and sends
nothing for that. A click or an arrow key picks a cell: it is drawn at once, and one message goes out. Python echoes the
`revision` of the last pick that it has seen, so that a late answer never throws the marker back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, TypeAlias

from streamlit.components.v2 import component

from ui.components import script
from ui.components.sent import message, revision
from viz.colours import MANY, VIRIDIS

Picked: TypeAlias = tuple[int, int, int, int]
"""Head, row, column and anchor, all from 0."""

_HERE = Path(__file__).parent
_component = component(
    "grid_view",
    html=(_HERE / "grid_view.html").read_text(),
    css=(_HERE / "grid_view.css").read_text(),
    js=script(_HERE / "grid_view.js"),
)


@dataclass(frozen=True, slots=True)
class Head:
    """One grid. `shapes` are its anchors, width and height in pixels of the photo.

    `heat`, `scores` (in thousandths) and `classes` (places in `names`) have an entry for each anchor, by row, column and
    anchor. `boxes` are decoded, in tenths of a pixel of the photo, by the number of that entry: not those of anchors that say
    nothing, unless they are of the picked cell.
    """

    title: str
    rows: int
    columns: int
    shapes: tuple[tuple[float, float], ...]
    heat: list[int]
    scores: list[int]
    classes: list[int]
    boxes: dict[int, list[int]]


@dataclass(frozen=True, slots=True)
class Mark:
    """The cell that a thing on the photo comes from, with the number and the name of the thing."""

    cell: tuple[int, int, int]
    number: int
    name: str


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to see: a photo (data URL, width and height in pixels) and the grids over `part` of it.

    `stamp` changes with all that is neither picked nor follows from thresholds. `measure` names what the map shows, of each
    cell the surest anchor or `only` the picked one. A centre is measured from the `corner` of its cell or from the middle.
    `fates` say in short what became of each anchor of the picked cell.
    """

    stamp: str
    image: str
    width: int
    height: int
    part: tuple[float, float, float, float]
    names: tuple[str, ...]
    heads: tuple[Head, ...]
    measure: str
    only: bool
    corner: bool
    marks: tuple[Mark, ...]
    fates: tuple[str, ...]


def grid_view(key: str, scene: Scene, picked: Picked, on_pick: Callable[[Picked], None]) -> None:
    """Show `scene` with an anchor `picked`. Calls `on_pick` with each other one that the visitor picks."""

    def sent() -> None:
        match message(key, "pick").get("place"):
            case [int(head), int(row), int(column), int(anchor)]:
                on_pick((head, row, column, anchor))

    _component(
        key=key,
        data={
            **_shallow(scene),
            "heads": [_shallow(head) for head in scene.heads],  # `asdict` would copy every number, which takes longer
            "marks": [_shallow(mark) for mark in scene.marks],
            "picked": list(picked),
            "revision": revision(key, "pick"),
            "ramp": VIRIDIS,
            "strokes": [asdict(stroke) for stroke in MANY],
        },
        on_pick_change=sent,
    )


def _shallow(one: Scene | Head | Mark) -> dict[str, Any]:
    """Its fields by name, as they are."""
    return {field.name: getattr(one, field.name) for field in fields(one)}
