"""A class map over its photo: painted, toggled, thresholded and read pixel by pixel in the browser.

The maps travel once, in an element of their own that never changes; where a hand came to rest travels in short messages.
Python echoes the `revision` of the last message it has seen, so that a late answer never takes a newer setting back.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from core.options import Option
from ui.components import script
from ui.components.sent import message, revision
from viz.class_maps import Screen
from viz.colours import VIRIDIS

_HERE = Path(__file__).parent
_component = component(
    "class_map",
    html=(_HERE / "class_map.html").read_text(),
    css=(_HERE / "class_map.css").read_text(),
    js=script(_HERE / "maps.js", _HERE / "class_map.js"),
)


class Mode(Option):
    """What is seen."""

    PHOTO = ("photo", "Photo", "The photo alone.")
    BOTH = ("both", "Both", "The map over the photo.")
    MASK = ("mask", "Mask", "The map alone.")


class Veil(Option):
    """Which map lies over the photo."""

    CLASSES = ("classes", "Classes", "The class of each pixel.")
    ENTROPY = ("entropy", "Entropy", "How far the probability is spread over the classes.")
    MARGIN = ("margin", "Margin", "How far the best class leads.")


Point = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """How the map is looked at.

    `opacity` and `edge`, where the map begins, lie in [0, 1]. A pixel whose best class leads by less than `unsure`, in
    [0, 1], belongs to none. The classes called `off` are not painted. `point` is the pixel that is read, None for the middle.
    """

    opacity: float = 0.5
    unsure: float = 0.0
    off: tuple[str, ...] = ()
    mode: Mode = Mode.BOTH
    veil: Veil = Veil.CLASSES
    edge: float = 0.0
    contours: bool = True
    point: Point | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picked:
    """What a network says at the pixel `point`: the probabilities of all classes, the margin, the entropy in bits."""

    point: Point
    shares: tuple[float, ...]
    margin: float
    entropy: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassScene:
    """A photo (data URL, width, height in pixels, described by `alt`) and its maps.

    `names` are those of all classes, `colours` theirs ("" for none), and `shown` the places of those that the legend lists.
    Instances of one `group` are read at the same point.
    """

    photo: str
    width: int
    height: int
    alt: str
    names: tuple[str, ...]
    colours: tuple[str, ...]
    shown: tuple[int, ...]
    screen: Screen
    group: str = ""


def class_map(key: str, scene: ClassScene, view: View, picked: Picked, on_rest: Callable[[View], None]) -> None:
    """Show `scene` as `view` says. Calls `on_rest` with the view once a visitor's hand rests.

    Where a part of `view` is another than in the last run, the browser follows, unless a hand is on it.
    """

    def rested() -> None:
        rest = _view(message(key, "rest"), scene, view, picked.point)
        if rest is not None:
            on_rest(rest)

    with st.container(gap=None, key=f"{key}-both"):
        _component(key=f"{key}-maps", data={"kept": {"photo": scene.photo, **asdict(scene.screen)}})
        _component(
            key=key,
            data={
                "name": scene.screen.name,
                "group": scene.group,
                "scene": {
                    "width": scene.width,
                    "height": scene.height,
                    "alt": scene.alt,
                    "names": scene.names,
                    "colours": scene.colours,
                    "shown": scene.shown,
                    "ramps": VIRIDIS,
                },
                "picked": asdict(picked),
                "view": {**asdict(view), "mode": view.mode.value, "veil": view.veil.value, "point": picked.point},
                "revision": revision(key, "rest"),
            },
            on_rest_change=rested,
        )


def _view(sent: Mapping[str, Any], scene: ClassScene, before: View, read: Point) -> View | None:
    """A message in words, or None where any of it is not what the browser would send. The pixel `read` was read before."""
    shares = [_share(sent.get(name)) for name in ("opacity", "unsure", "edge")]
    off, point, contours = sent.get("off"), _pixel(sent.get("point"), scene), sent.get("contours")
    known = {*scene.names, *before.off}
    if not isinstance(off, list) or not all(type(name) is str and name in known for name in off):
        return None
    mode = next((one for one in Mode if one.value == sent.get("mode")), None)
    veil = next((one for one in Veil if one.value == sent.get("veil")), None)
    opacity, unsure, edge = shares
    if opacity is None or unsure is None or edge is None or point is None or mode is None or veil is None:
        return None
    if type(contours) is not bool:
        return None
    return View(
        opacity=opacity,
        unsure=unsure,
        off=tuple(dict.fromkeys(off)),
        mode=mode,
        veil=veil,
        edge=edge,
        contours=contours,
        point=before.point if point == read else point,
    )


def _share(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value <= 1 else None


def _pixel(value: object, scene: ClassScene) -> Point | None:
    """A pixel of the photo; None for what is none."""
    if not isinstance(value, list) or len(value) != 2 or any(type(side) is not int for side in value):
        return None
    x, y = value
    return (x, y) if 0 <= x < scene.width and 0 <= y < scene.height else None
