"""Work that a visitor started, done part by part. Between two parts every control is heard, and a closed tab ends it.

A loop inside a fragment hears nothing until it ends, so each part is a run of a fragment of its own, which a clock in the
browser asks for when the last one is seen.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.errors import VisionLabError
from ui import messages
from ui.components.clock import clock

PAUSE = 0.05  # seconds between a part that is seen and the next: a visitor's action comes first

WHOLE = "grown-whole"
"""In the session: what has been drawn to its end, so that it need not grow again; the newest `MOST_WHOLE`."""

MOST_WHOLE = 64


@dataclass(frozen=True, slots=True)
class Progress:
    """How many parts of the work `of` something are done, whether it goes on, and why it could not."""

    of: str
    done: int = 0
    going: bool = False
    problem: VisionLabError | None = None


def progress(name: str, of: str) -> Progress:
    """How far the work `name` is; what was done of something else does not count."""
    held = st.session_state.get(name)
    return held if isinstance(held, Progress) and held.of == of else Progress(of)


def begin(name: str, of: str) -> None:
    """Start, or go on after a stop."""
    st.session_state[name] = Progress(of, progress(name, of).done, going=True)


def stop(name: str, of: str) -> None:
    """Leave it at what is done."""
    st.session_state[name] = Progress(of, progress(name, of).done)


def growing(name: str, of: str, total: int, draw: Callable[[int], None]) -> None:
    """Call `draw` with the number of parts to show: those that are done, and while the work goes on always one more.

    `draw` computes what is not known yet, so one call should compute one part at most.
    """
    here = progress(name, of)
    if here.going and here.done < total:
        st.fragment(_part)(name, of, total, draw)
        return
    still(here.done, draw)
    if here.problem:
        messages.explain(here.problem)


def still(count: int, draw: Callable[[int], None]) -> None:
    """Call `draw` with `count`, which stays: in the place that growing work has, so that nothing is there twice."""
    with st.container(gap=None):
        st.empty()  # of the clock
        with st.container():
            draw(count)


def filled(name: str, of: str, total: int, draw: Callable[[int], None]) -> None:
    """`growing` that nobody has to start: what was whole before, and what has one part only, is drawn in one go."""
    whole: list[str] = st.session_state.setdefault(WHOLE, [])
    mine = f"{name} {of}"

    def drawn(done: int) -> None:
        draw(done)
        if done == total and mine not in whole:
            st.session_state[WHOLE] = [*whole, mine][-MOST_WHOLE:]

    if total <= 1 or mine in whole:
        still(total, drawn)
        return
    if not progress(name, of).going and progress(name, of).problem is None:
        begin(name, of)
    growing(name, of, total, drawn)


def _part(name: str, of: str, total: int, draw: Callable[[int], None]) -> None:
    here = progress(name, of)
    if not here.going or here.done >= total:
        st.rerun()  # the page itself has to run, or the clock goes on
    with st.container(gap=None):
        if clock(f"{name}-clock", here.done + 1, PAUSE) not in (None, here.done):
            st.rerun()  # the browser asked while a visitor did something, and the page may not know of that
        with st.container():
            try:
                draw(here.done + 1)
            except Exception as error:  # noqa: BLE001 - told in words; Streamlit's own control flow does not derive from it
                problem = messages.told(error, "This part", "Change a setting or choose another photo.")
                st.session_state[name] = Progress(of, here.done, problem=problem)
                st.rerun()
    st.session_state[name] = Progress(of, here.done + 1, going=here.done + 1 < total)
    if here.done + 1 == total:
        st.rerun()
