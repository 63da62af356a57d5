"""Steps of something already computed, scrubbed in the browser: pictures in step with each other, charts with a cursor.

The whole film travels once, and the page is told only where the visitor came to rest. A film is megabytes, so it must not
travel again for that: Python's words to the browser (`_told`) stay the same as long as both show the same frame, and what
Streamlit has sent before and finds unchanged it does not send again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import streamlit as st
from streamlit.components.v2 import component

from ui.components import script
from ui.components.film.reel import Chart, Film, Level, Panel, Series
from ui.components.sent import message, revision, whole

__all__ = ["Chart", "Film", "Level", "Panel", "Series", "film"]

_HERE = Path(__file__).parent
_component = component(
    "film",
    html=(_HERE / "film.html").read_text(),
    css=(_HERE / "film.css").read_text(),
    js=script(*(_HERE / f"{name}.js" for name in ("scales", "charts", "panels", "film"))),
)


@dataclass(frozen=True, slots=True)
class _Told:
    """What the browser was asked for last, and the revision `seen` in the last run."""

    frame: int
    turn: int
    revision: int
    seen: int


def film(key: str, reel: Film, frame: int, on_frame: Callable[[int], None]) -> None:
    """Show `reel` at `frame`, counted from 0; one outside the film is moved to its nearest end.

    Calls `on_frame` with the frame where a visitor came to rest. Where `frame` is another than the one the browser shows, the
    browser follows, unless a hand is on the slider.
    """
    last = len(reel.steps) - 1

    def moved() -> None:
        sent = whole(message(key, "frame").get("value"))
        if sent is not None and 0 <= sent <= last:
            on_frame(sent)

    told = _told(key, min(max(frame, 0), last))
    _component(key=key, data={**_plain(reel), "key": key, "told": told}, on_frame_change=moved)


def _told(key: str, frame: int) -> dict[str, int]:
    """What the browser is told: the `frame` that Python last asked for, and the `turn`, a new number each time it asks.

    Python asks only where it wants another frame than the one the browser shows, as far as Python knows. `revision` counts
    the messages it knew by then, so the browser sees when it has moved on since. A browser that shows another page forgets
    its messages: then Python asks anew.
    """
    sent, place = message(key, "frame"), f"{key}-told"
    now = revision(key, "frame")
    told = st.session_state.get(place, _Told(-1, 0, 0, now))
    shown = sent.get("value") if now > told.revision else told.frame
    if not told.turn or shown != frame or now < told.seen:
        told = _Told(frame, told.turn + 1, now, now)
    st.session_state[place] = replace(told, seen=now)
    return {"frame": told.frame, "turn": told.turn, "revision": told.revision}


def _plain(reel: Film) -> dict[str, object]:
    return {
        "panels": [_panel(panel) for panel in reel.panels],
        "charts": [_chart(chart) for chart in reel.charts],
        "steps": list(reel.steps),
        "said": list(reel.said),
    }


def _panel(panel: Panel) -> dict[str, object]:
    sheet = panel.sheet
    return {
        "title": panel.title,
        "alt": panel.alt,
        "notes": list(panel.notes),
        "sheet": sheet.url,
        "columns": sheet.columns,
        "width": sheet.width,
        "height": sheet.height,
        "across": sheet.across,
        "down": sheet.down,
    }


def _chart(chart: Chart) -> dict[str, object]:
    return {
        "title": chart.title,
        "x_name": chart.x_name,
        "y_name": chart.y_name,
        "xs": list(chart.xs),
        "series": [
            {"name": one.name, "colour": one.stroke.colour, "dash": one.stroke.dash, "values": list(one.values)}
            for one in chart.series
        ],
        "levels": [{"name": level.name, "value": level.value} for level in chart.levels],
        "y_range": None if chart.y_range is None else list(chart.y_range),
        "x_ticks": [list(tick) for tick in chart.x_ticks],
        "marks": list(chart.marks),
        "marked": chart.marked,
    }
