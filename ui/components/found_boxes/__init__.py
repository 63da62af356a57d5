"""Boxes found on a photo beside the list of them: what the pointer is on is picked out in both, at the frame rate.

The browser finds a place for every tag, and sends a box only when one is picked. Boxes go by names of their own, so that a
pick that was under way while other boxes came is never taken for one of them. Python echoes the `revision` of the last
message it has seen, so that a late answer never takes a newer pick back.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from streamlit.components.v2 import component

from ui.components import script
from ui.components.sent import message, revision
from viz.colours import Stroke

if TYPE_CHECKING:
    from core.boxes.settings import Box

_HERE = Path(__file__).parent
_component = component(
    "found_boxes",
    html=(_HERE / "found_boxes.html").read_text(),
    css=(_HERE / "found_boxes.css").read_text(),
    js=script(_HERE / "tags.js", _HERE / "found_boxes.js"),
)


@dataclass(frozen=True, slots=True)
class Thing:
    """A box in pixels of the photo, with the name of its class, its score and the stroke of its class.

    `key` tells it from all others on this photo. `mark` are a few words that set it apart, such as "only here": its box is
    filled.
    """

    key: str
    name: str
    score: float
    box: Box
    stroke: Stroke
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """A photo (data URL, width, height in pixels) and the things on it, the best first: they are numbered from 1.

    `alt` says what the picture shows, `empty` stands in the list where there are none.
    """

    image: str
    width: int
    height: int
    things: tuple[Thing, ...]
    alt: str
    empty: str


def found_boxes(key: str, scene: Scene, *, picked: str | None, on_pick: Callable[[str | None], None]) -> None:
    """Show `scene` with one thing picked, by its key, or none. Calls `on_pick` with the key of a thing, or None."""

    def chosen() -> None:
        name = message(key, "picked").get("value")
        if name == "":
            on_pick(None)
        elif isinstance(name, str) and name in {thing.key for thing in scene.things}:
            on_pick(name)

    _component(
        key=key,
        data={
            "image": scene.image,
            "width": scene.width,
            "height": scene.height,
            "alt": scene.alt,
            "empty": scene.empty,
            "things": [_plain(thing) for thing in scene.things],
            "picked": picked or "",
            "revision": revision(key, "picked"),
        },
        on_picked_change=chosen,
    )


def _plain(thing: Thing) -> dict[str, object]:
    return {
        "key": thing.key,
        "name": thing.name,
        "score": round(thing.score, 4),
        "box": [round(side, 1) for side in thing.box],
        "colour": thing.stroke.colour,
        "dash": thing.stroke.dash,
        "mark": thing.mark,
    }
