"""Finished steps over a photo, moved in the browser: a slider, a play button, and curves with a cursor.

Nothing is sent while a visitor scrubs: all steps travel once, and the page is told only where the slider was let go.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.components.v2 import component

from ui.components import script

if TYPE_CHECKING:
    from core.boxes.settings import Box

_HERE = Path(__file__).parent
_component = component(
    "scrubber",
    html=(_HERE / "scrubber.html").read_text(),
    css=(_HERE / "scrubber.css").read_text(),
    js=script(_HERE / "scrubber.js"),
)


@dataclass(frozen=True, slots=True)
class Fixed:
    """A box that stays where it is: the target."""

    name: str
    colour: str
    dash: str
    box: Box


@dataclass(frozen=True, slots=True)
class Track:
    """A box that moves: one box and one value of the curve for each step."""

    name: str
    colour: str
    dash: str
    boxes: tuple[Box, ...]
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Scene:
    """What there is to scrub: a photo (data URL, width, height in pixels), what stays, what moves, and the curve's name.

    `axis` says what is counted. With `whole` above 0, the last step reads as that number and the others as shares of it.
    """

    image: str
    width: int
    height: int
    fixed: tuple[Fixed, ...]
    tracks: tuple[Track, ...]
    curve: str
    axis: str = "step"
    whole: float = 0.0


def scrubber(key: str, scene: Scene, step: int, on_step: Callable[[int], None]) -> None:
    """Show `scene` at `step`. Calls `on_step` with the step at which the slider was let go."""

    def moved() -> None:
        sent = st.session_state.get(key, {}).get("step")
        if isinstance(sent, int | float):
            on_step(int(sent))

    _component(key=key, data={**_plain(scene), "step": step}, on_step_change=moved)


def _plain(scene: Scene) -> dict[str, object]:
    """The scene as dictionaries. `asdict` would copy each of a thousand boxes, and take four milliseconds for it."""
    return _fields(scene) | {name: [_fields(row) for row in getattr(scene, name)] for name in ("fixed", "tracks")}


def _fields(row: Scene | Fixed | Track) -> dict[str, object]:
    return {field.name: getattr(row, field.name) for field in fields(row)}
