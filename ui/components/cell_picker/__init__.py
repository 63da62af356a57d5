"""Which anchors are these: the cell under the pointer, its anchors on the photo and in a list, live while it moves.

The browser draws and measures at the frame rate and sends nothing while the pointer is down; on release it sends the
point once. Python echoes the `revision` of the last release it has seen, so that a late answer never throws the point
back that has been moved again meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from streamlit.components.v2 import component

from ui.components import script
from ui.components.sent import message, revision
from viz.colours import MANY, TRUTH

if TYPE_CHECKING:
    from core.boxes.layout import Level
    from core.boxes.settings import Labelled

Point: TypeAlias = tuple[float, float]
"""x and y in pixels of the photo."""

_HERE = Path(__file__).parent
_component = component(
    "cell_picker",
    html=(_HERE / "cell_picker.html").read_text(),
    css=(_HERE / "cell_picker.css").read_text(),
    js=script(_HERE / "cell_picker.js"),
)


@dataclass(frozen=True, slots=True)
class Cells:
    """What there is to pick from: a photo (data URL, width and height in pixels), its grids, and its ground truths.

    `other` is how wide and high each shape of each level would be in the other convention, empty where there is none;
    `conventions` are the titles of the two columns of sizes.
    """

    image: str
    width: int
    height: int
    levels: tuple[Level, ...]
    truths: tuple[Labelled, ...]
    other: tuple[tuple[tuple[float, float], ...], ...] = ()
    conventions: tuple[str, str] = ("", "")


def cell_picker(key: str, cells: Cells, point: Point, on_point: Callable[[Point], None]) -> None:
    """Show `cells` with the anchors around `point`. Calls `on_point` with the point at which the pointer was let go."""

    def released() -> None:
        match message(key, "release").get("point"):
            case [int() | float() as x, int() | float() as y]:
                on_point(_inside(x, y, cells))

    _component(
        key=key,
        data={
            **asdict(cells),
            "point": list(point),
            "revision": revision(key, "release"),
            "strokes": [asdict(stroke) for stroke in MANY],
            "truth": TRUTH.colour,
        },
        on_release_change=released,
    )


def _inside(x: float, y: float, cells: Cells) -> Point:
    """The point as sent, or the nearest one of the photo: another photo may have come while it travelled."""
    return min(max(0.0, x), float(cells.width)), min(max(0.0, y), float(cells.height))
