"""A square patch of a photo, moved in the browser by pointer and arrow keys.

Nothing is sent while a visitor drags: the page is told where the patch came to rest. Python echoes the `revision` of the
last message it has seen, so that a late answer never moves the patch back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from streamlit.components.v2 import component

from ui.components import script
from ui.components.sent import message, revision
from viz.colours import BOX_B

_HERE = Path(__file__).parent
_component = component(
    "patch_picker",
    html=(_HERE / "patch_picker.html").read_text(),
    css=(_HERE / "patch_picker.css").read_text(),
    js=script(_HERE / "patch_picker.js"),
)


@dataclass(frozen=True, slots=True)
class Stage:
    """A photo (data URL, width and height in pixels), and how wide and high the patch is in its pixels."""

    image: str
    width: int
    height: int
    wide: int


def patch_picker(key: str, stage: Stage, at: tuple[int, int], on_point: Callable[[tuple[int, int]], None]) -> None:
    """Show `stage` with the patch around `at`. Calls `on_point` with the middle, in pixels, where it was let go."""

    def moved() -> None:
        match message(key, "point").get("at"):
            case [int(x), int(y)] if 0 <= x <= stage.width and 0 <= y <= stage.height:
                on_point((x, y))

    _component(
        key=key,
        data={
            "image": stage.image,
            "width": stage.width,
            "height": stage.height,
            "wide": stage.wide,
            "at": list(at),
            "revision": revision(key, "point"),
            "hit": BOX_B.colour,
        },
        on_point_change=moved,
    )
