"""The tiles of a photo, drawn over it: the pointer picks one out at the frame rate, a click or an arrow key chooses it.

Nothing is sent before a tile is chosen. Python echoes the `revision` of the last message it has seen, so that a late answer
never takes a newer choice back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from streamlit.components.v2 import component

from ui.components import script
from ui.components.sent import message, revision

if TYPE_CHECKING:
    from core.boxes.settings import Box

_HERE = Path(__file__).parent
_component = component(
    "tile_view",
    html=(_HERE / "tile_view.html").read_text(),
    css=(_HERE / "tile_view.css").read_text(),
    js=script(_HERE / "tile_view.js"),
)


@dataclass(frozen=True, slots=True)
class Scene:
    """A picture (data URL, width, height in pixels) and the tiles on it, row by row with `across` in each, at least one.

    `words` say of each tile what it is, without its number. `alt` says what the picture shows.
    """

    image: str
    width: int
    height: int
    tiles: tuple[Box, ...]
    words: tuple[str, ...]
    across: int
    alt: str


def tile_view(key: str, scene: Scene, picked: int, on_pick: Callable[[int], None]) -> None:
    """Show `scene` with one tile picked, counted from 0. Calls `on_pick` with each other one that the visitor chooses."""

    def chosen() -> None:
        place = message(key, "pick").get("place")
        if type(place) is int and 0 <= place < len(scene.tiles):
            on_pick(place)

    _component(
        key=key,
        data={
            "image": scene.image,
            "width": scene.width,
            "height": scene.height,
            "tiles": [[round(side, 1) for side in tile] for tile in scene.tiles],
            "words": list(scene.words),
            "across": scene.across,
            "alt": scene.alt,
            "picked": picked,
            "revision": revision(key, "pick"),
        },
        on_pick_change=chosen,
    )
