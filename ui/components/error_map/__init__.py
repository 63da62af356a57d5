"""A photo under its errors, each kind a layer that the legend switches on and off in the browser.

The pictures travel once. The page is told which kinds are shown, and may keep that; Python echoes the `revision` of the last
message it has seen, so that a late answer never undoes a newer click.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from streamlit.components.v2 import component

from ui.components import script
from ui.components.sent import message, revision

_HERE = Path(__file__).parent
_component = component(
    "error_map",
    html=(_HERE / "error_map.html").read_text(),
    css=(_HERE / "error_map.css").read_text(),
    js=script(_HERE / "error_map.js"),
)


@dataclass(frozen=True, slots=True)
class Layer:
    """A kind of pixels: its `key`, its title, how many there are in words, and an RGBA picture of them as a data URL.

    `colour` and `mark` (none, rising, falling, crossed: how its stripes run) draw the same in the legend.
    """

    key: str
    title: str
    count: str
    uri: str
    colour: str
    mark: str


@dataclass(frozen=True, slots=True)
class Scene:
    """The photo as a data URL of `width` x `height` px, described by `alt`, and what lies over it."""

    image: str
    width: int
    height: int
    alt: str
    layers: tuple[Layer, ...]


def error_map(key: str, scene: Scene, shown: tuple[str, ...], on_show: Callable[[tuple[str, ...]], None]) -> None:
    """Show `scene` with the layers of these keys. Calls `on_show` with the keys that a visitor left switched on."""

    def switched() -> None:
        keys = _keys(message(key, "layers").get("shown"), scene)
        if keys is not None:
            on_show(keys)

    _component(
        key=key,
        data={**asdict(scene), "shown": shown, "revision": revision(key, "layers")},
        on_layers_change=switched,
    )


def _keys(sent: object, scene: Scene) -> tuple[str, ...] | None:
    """The keys of a message in the order of the legend, or None where any of it is not what the browser would send."""
    every = tuple(layer.key for layer in scene.layers)
    if not isinstance(sent, list) or len(sent) > len(every) or any(one not in every for one in sent):
        return None
    return tuple(one for one in every if one in sent)
