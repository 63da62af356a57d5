"""Class maps of several depths beside each other, and the same edge of each through a magnifying glass.

The browser has the maps, so it draws and says at the frame rate what lies under the pointer, and sends nothing for that. A
click or an arrow key picks a point: one message goes out. Python echoes the `revision` of the last pick that it has seen, so
that a late answer never throws the point back.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

from streamlit.components.v2 import component

from ui.components import script
from ui.components.sent import message, revision

Point = tuple[float, float]
"""x and y in pixels of the photo."""

_HERE = Path(__file__).parent
_component = component(
    "depth_lens",
    html=(_HERE / "depth_lens.html").read_text(),
    css=(_HERE / "depth_lens.css").read_text(),
    js=script(_HERE / "depth_lens.js"),
)


@dataclass(frozen=True, slots=True)
class Pane:
    """One class map, with a title and a note. Its scores have `rows` x `columns` cells, whose borders are drawn.

    `runs` are its pixels row by row as pairs: a class, and how many pixels in a row have it.
    """

    title: str
    note: str
    rows: int
    columns: int
    runs: list[int]


@dataclass(frozen=True, slots=True)
class Scene:
    """The photo as a data URL of `width` x `height` pixels, and the class maps, each of `size` (rows, columns), over its `part`.

    A class is a place in `names`; those that have a colour are seen. `outline` is an SVG path around what is there in truth,
    in pixels of the photo, empty where nobody knows. `glass` is how wide and high a part is magnified, in pixels of the photo.
    """

    image: str
    width: int
    height: int
    part: tuple[float, float, float, float]
    size: tuple[int, int]
    names: tuple[str, ...]
    colours: Mapping[int, str]
    panes: tuple[Pane, ...]
    outline: str
    glass: Point


def depth_lens(key: str, scene: Scene, point: Point, on_point: Callable[[Point], None]) -> None:
    """Show `scene` with the glass over `point`. Calls `on_point` with another point that was picked."""

    def picked() -> None:
        point = _point(message(key, "pick").get("point"), scene)
        if point is not None:
            on_point(point)

    _component(
        key=key,
        data={
            **_plain(scene),
            "panes": [_plain(pane) for pane in scene.panes],
            "point": list(point),
            "revision": revision(key, "pick"),
        },
        on_pick_change=picked,
    )


def _plain(one: Scene | Pane) -> dict[str, object]:
    """Its fields by their names: `dataclasses.asdict` would copy every run."""
    return {field.name: getattr(one, field.name) for field in fields(one)}


def _point(value: object, scene: Scene) -> Point | None:
    """The point as sent, or the nearest one of the photo: another photo may have come while it travelled."""
    if not isinstance(value, list | tuple) or len(value) != 2:
        return None
    x, y = value
    if not all(type(one) in (int, float) and math.isfinite(one) for one in (x, y)):
        return None
    return min(max(0.0, float(x)), float(scene.width)), min(max(0.0, float(y)), float(scene.height))
