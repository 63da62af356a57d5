"""Two boxes on a photo, dragged, resized or moved by keyboard, with the four overlap measures live while they move.

The browser draws and measures at the frame rate and sends nothing while a box moves; on release it sends the boxes and
its own numbers once. Python echoes the `revision` of the last release it has seen, so that a late answer never throws a
box back that has been moved again meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from streamlit.components.v2 import component

from ui.components import script
from ui.components.sent import message, revision
from viz.colours import BOX_A, BOX_B, SHARED

if TYPE_CHECKING:
    from core.boxes.settings import Box

_HERE = Path(__file__).parent
_component = component(
    "two_boxes",
    html=(_HERE / "two_boxes.html").read_text(),
    css=(_HERE / "two_boxes.css").read_text(),
    js=script(_HERE / "two_boxes.js"),
)


@dataclass(frozen=True, slots=True)
class Release:
    """What the browser sent when a box was let go: both boxes in pixels of the photo, and its own four numbers."""

    a: Box
    b: Box
    iou: float
    giou: float
    diou: float
    ciou: float


def two_boxes(
    key: str, image: str, size: tuple[int, int], a: Box, b: Box, on_release: Callable[[Release], None]
) -> Release | None:
    """Show `image` (a data URL of a photo of `size` = width, height) with boxes `a` and `b` on it.

    Calls `on_release` after each move with the boxes as they stand. Returns the last release, or None before the first.
    """

    def released() -> None:
        release = _last(key)
        if release is not None:
            on_release(release)

    _component(
        key=key,
        data={
            "image": image,
            "width": size[0],
            "height": size[1],
            "boxes": [list(a), list(b)],
            "revision": revision(key, "release"),
            "colours": {"a": BOX_A.colour, "b": BOX_B.colour, "shared": SHARED.colour},
        },
        on_release_change=released,
    )
    return _last(key)


def _last(key: str) -> Release | None:
    sent = message(key, "release")
    try:
        first, second = (tuple(float(value) for value in box) for box in sent["boxes"])
        return Release(first, second, *(float(sent[name]) for name in ("iou", "giou", "diou", "ciou")))  # pyright: ignore[reportArgumentType]
    except (KeyError, TypeError, ValueError):
        return None
