"""Work that a visitor started, done part by part. Between two parts every control is heard, and a closed tab ends it.

A loop inside a fragment hears nothing until it ends, so each part is a run of a timed fragment of its own.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import streamlit as st

from core.errors import VisionLabError
from ui import messages

PAUSE = (
    0.4  # seconds from part to part, at least: a shorter one lets calls of the timer pile up before what a visitor does
)


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
        st.fragment(_part, run_every=PAUSE)(name, of, total, draw)
        return
    draw(here.done)
    if here.problem:
        messages.explain(here.problem)


def _part(name: str, of: str, total: int, draw: Callable[[int], None]) -> None:
    here = progress(name, of)
    if not here.going or here.done >= total:
        st.rerun()  # the page itself has to run, or the timer goes on
    try:
        draw(here.done + 1)
    except VisionLabError as error:
        st.session_state[name] = Progress(of, here.done, problem=error)
        st.rerun()
    st.session_state[name] = Progress(of, here.done + 1, going=here.done + 1 < total)
    if here.done + 1 == total:
        st.rerun()
