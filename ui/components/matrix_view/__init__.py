"""Matrices of one shape beside each other as heat maps: a cell that is pointed at is read in all of them.

The browser has the values, so it marks and says at the frame rate what lies under the pointer, and sends nothing for that. A
click or an arrow key picks a cell: it is marked at once, and one message goes out. Python echoes the `revision` of the last
pick that it has seen, so that a late answer never throws the marker back.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
from streamlit.components.v2 import component

from ui.components import script
from ui.components.sent import message, revision
from viz.colours import RED_BLUE, VIRIDIS

Cell: TypeAlias = tuple[int, int]
"""Row and column, from 0."""

_HERE = Path(__file__).parent
_component = component(
    "matrix_view",
    html=(_HERE / "matrix_view.html").read_text(),
    css=(_HERE / "matrix_view.css").read_text(),
    js=script(_HERE / "matrix_view.js"),
)


@dataclass(frozen=True, slots=True, eq=False)
class Matrix:
    """One heat map. `values` (n, n) have colours from 0 to `top`, or where they are `signed` from minus that, white at 0.

    Colours follow the square root of the values, so that faint cells are seen beside strong ones.
    """

    title: str
    values: np.ndarray
    top: float
    signed: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Scene:
    """Matrices of one shape. `names` are those of their rows and columns; `stamp` changes with all of that."""

    stamp: str
    names: tuple[str, ...]
    matrices: tuple[Matrix, ...]


def matrix_view(key: str, scene: Scene, picked: Cell, on_pick: Callable[[Cell], None]) -> None:
    """Show `scene` with a cell `picked`. Calls `on_pick` with each other one that the visitor picks."""

    def sent() -> None:
        cell = _cell(message(key, "pick").get("cell"), len(scene.names))
        if cell is not None:
            on_pick(cell)

    _component(
        key=key,
        data={
            "stamp": scene.stamp,
            "names": scene.names,
            "matrices": [_packed(one) for one in scene.matrices],
            "picked": list(picked),
            "revision": revision(key, "pick"),
        },
        on_pick_change=sent,
    )


def _packed(matrix: Matrix) -> dict[str, Any]:
    return {
        "title": matrix.title,
        "values": b64encode(matrix.values.astype("<f4").tobytes()).decode(),
        "top": matrix.top,
        "signed": matrix.signed,
        "ramp": RED_BLUE if matrix.signed else VIRIDIS,
    }


def _cell(sent: object, count: int) -> Cell | None:
    """The cell of a message, or None where it is not one of these matrices."""
    if not isinstance(sent, list) or len(sent) != 2 or any(type(one) is not int for one in sent):
        return None
    row, column = sent
    return (row, column) if 0 <= row < count and 0 <= column < count else None
