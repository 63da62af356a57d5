"""The boxes of one photo with the verdict on each: click one, on the photo or in the list, and it is asked about.

The browser draws; it sends the place of a box that was picked, or -1 where none is picked any more. Python echoes the
`revision` of the last message it has seen, so that a late answer does not undo a newer click.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from pathlib import Path

from streamlit.components.v2 import component

from core.boxes.settings import Box
from ui.components import script
from ui.components.sent import message, revision, whole
from viz.colours import Stroke
from viz.verdicts import MARKS, STROKES

_NONE = -1
_HERE = Path(__file__).parent
_component = component(
    "verdicts",
    html=(_HERE / "verdicts.html").read_text(),
    css=(_HERE / "verdicts.css").read_text(),
    js=script(_HERE / "verdicts.js"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """A box: its `place` among all there are, its `fate` (`viz.verdicts.Fate`), and three short texts of the list.

    `partner` is the box of the object that it is told apart or judged by, drawn while it is picked.
    """

    place: int
    box: Box
    fate: str
    name: str
    score: str
    verdict: str
    partner: Box | None = None


@dataclass(frozen=True, slots=True)
class Stage:
    """The photo as a data URL, its size in pixels, and the boxes in the order of the list; the first lie on top."""

    image: str
    width: int
    height: int
    rows: tuple[Row, ...]


def verdicts(key: str, stage: Stage, *, picked: int | None, on_pick: Callable[[int | None], None]) -> None:
    """Show `stage` with one box picked, by its place, or none. Calls `on_pick` with the place of another one, or None."""

    def chosen() -> None:
        place = whole(message(key, "picked").get("place"))
        if place == _NONE or any(row.place == place for row in stage.rows):
            on_pick(None if place == _NONE else place)

    _component(
        key=key,
        data={
            **_plain(stage),
            "rows": [_plain(row) for row in stage.rows],
            "picked": _NONE if picked is None else picked,
            "revision": revision(key, "picked"),
            "strokes": {fate.value: _plain(stroke) for fate, stroke in STROKES.items()},
            "marks": {fate.value: mark for fate, mark in MARKS.items()},
        },
        on_picked_change=chosen,
    )


def _plain(one: Stage | Row | Stroke) -> dict[str, object]:
    """Its fields by their names: `dataclasses.asdict` would copy every box, which a slider would wait for."""
    return {field.name: getattr(one, field.name) for field in fields(one)}
