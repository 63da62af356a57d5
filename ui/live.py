"""A long run, watched while it happens: Start, Pause, Resume, Stop, its place in the queue, and a picture of every moment.

`watch` advances the run a little in each run of a fragment, so all controls of the page stay live, and the browser that
looks is the clock: on another page or in a closed tab nothing is computed. What a session keeps of a run is in one place,
`st.session_state["live-" + key]`. A run that goes on holds a lease (see core.engine), renewed with every tick.

Each element has the same place in every phase: a button that is not offered leaves its place empty, and the picture has one
before, one during and one after the run. So the browser never shows what belongs to two phases.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from functools import partial
from typing import Any, TypeVar

import streamlit as st

from core.steps import Run, Step
from ui import messages
from ui.components.clock import clock
from ui.progress import progress
from ui.watched import Phase, Shown, Watched

__all__ = ["PERIOD", "Phase", "Shown", "go_back", "going", "watch"]

SettingsT = TypeVar("SettingsT")
StepT = TypeVar("StepT", bound=Step)

PERIOD = 0.25  # seconds from picture to picture, about, where a step takes less
PAUSE = 0.05  # of them, between a picture that is there and the next tick: a visitor's action comes first
PATIENCE = 0.25  # seconds between two looks at the queue


def watch(
    key: str,
    of: Hashable,
    begin: Callable[[SettingsT], Run[StepT]],
    settings: SettingsT,
    draw: Callable[[Shown[StepT]], None],
    *,
    total: int | None = None,
    what: str = "The run",
    keep: Callable[[StepT], StepT] | None = None,
    unit: str = "step",
    first: int = 0,
    ahead: Callable[[int], float] | None = None,
    resume: Callable[[StepT], Callable[[SettingsT], Run[StepT]]] | None = None,
) -> Shown[StepT]:
    """Show a run with its buttons and its line of progress; return how it stood when the page was drawn.

    `key` names it in the session and is distinct across pages. `of` is what is run (photo, network, ...): where it is
    another, the old run ends and its memory is freed. `begin(settings)` makes the run when its turn has come; what costs
    time belongs into the first step, which is computed in a slot of the engine, so a run never asks a cached door.
    Settings that differ from the last ones (by `==`) are sent into the run and act from its next step.

    `draw` is called in every phase, again and again while the run goes on, so that nothing jumps: before the first
    step it may show what was there before, after the end a film of the history. An error in it stays in its place.
    It is in a fragment of its own: a widget in it runs `draw` again and nothing else of the page, and what stands outside
    of `draw` is as old as the last run of the page. So numbers of the newest step belong into `draw`.
    `total` is the index of the last step. `what` names the run in the words of an error. `keep` makes of a step what
    the history holds of it (core.steps.Stepper). `unit` is what the line of progress calls a step, and `first` the number
    of the first one in it; `ahead` says how many steps are left where they differ in length. `resume` makes of a step what
    begins a run after it, for `go_back`.

    It may stand in a fragment, with other elements below it. While those are computed, Streamlit still shows the ones of
    before, and what stands deeper by one than before is there twice until the fragment ends: where that takes long, draw
    as many elements in every phase, with a container or `st.empty()` for what is not there. No other timer (`run_every`)
    should go in that fragment while the run goes on: see `ui.components.clock`.
    """
    held = _held(key, of, keep, what)
    held.steer(settings)
    phase = held.line_up()
    _buttons(key, held, phase)
    held.in_page = phase.going
    words = partial(progress, total=total, unit=unit, first=first, ahead=ahead)

    def begun(settings: SettingsT) -> Run[StepT]:
        return resume(held.after)(settings) if resume and held.after else begin(settings)

    st.fragment(_tick)(key, held, phase, begun, draw, words)
    return held.shown()


def go_back(key: str, index: int) -> None:
    """For a callback: let the run under `key` begin anew after step `index` of its history, with what was before it."""
    held = st.session_state.get(f"live-{key}")
    if isinstance(held, Watched):
        held.go_back(index)


def going(key: str, of: Hashable) -> bool:
    """Whether the run of `of` under `key` goes on or will by itself: known before `watch` draws it, for what stands above."""
    held = st.session_state.get(f"live-{key}")
    return isinstance(held, Watched) and held.of == of and held.phase.going


def _held(key: str, of: Hashable, keep: Callable[[Any], Any] | None, what: str) -> Watched[Any]:
    """The run under `key`, if it is one of `of`; else the old one ends and a new one is ready."""
    place = f"live-{key}"
    held = st.session_state.get(place)
    if not (isinstance(held, Watched) and held.of == of):
        if isinstance(held, Watched):
            held.forget()
        held = st.session_state[place] = Watched(of, keep, what)
    return held


def _tick(
    key: str,
    held: Watched[StepT],
    drawn: Phase,
    begin: Callable[[Any], Run[StepT]],
    draw: Callable[[Shown[StepT]], None],
    words: Callable[..., str],
) -> None:
    """One run of the fragment, under the buttons of phase `drawn`."""
    in_page, held.in_page = held.in_page, False
    if held.line_up() is Phase.RUNNING is drawn:
        held.advance(begin, in_page=in_page)
    if held.phase is not drawn:
        st.rerun()  # the page itself has to run: other buttons, and what stands below
    held.turn += 1
    with st.container(gap=None):
        asked = clock(f"{key}-clock", held.turn, _pause(drawn))
        if not in_page and asked not in (None, held.turn - 1):
            st.rerun()  # it waited behind a run of the page, whose end the browser may not know of
        _line(held, words)
    _show(held, draw)


def _pause(phase: Phase) -> float | None:
    if phase is Phase.WAITING:
        return PATIENCE
    return PAUSE if phase.going else None


def _line(held: Watched[Any], words: Callable[..., str]) -> None:
    """What went wrong, or how far it is: always one element."""
    shown = held.shown()
    if held.problem:
        messages.explain(held.problem)
    elif shown.phase is Phase.READY:
        st.empty()
    else:
        index = shown.newest.index if shown.newest else None
        st.caption(words(shown.phase, index, pace=held.pace, before=held.before))


def _show(held: Watched[StepT], draw: Callable[[Shown[StepT]], None]) -> None:
    """The picture, in one of three places: before the first step, while there are some, and after the end."""
    shown = held.shown()
    here = 0 if shown.newest is None else 2 if shown.phase.ended else 1
    for place in range(3):
        if place != here:
            st.empty()
            continue
        with st.container(), messages.guard("The picture of the run"):
            draw(shown)


def _buttons(key: str, held: Watched[Any], phase: Phase) -> None:
    """What may be done now. They are outside the ticking fragment and act in callbacks, before all else.

    Each has a container in a place of its own: Streamlit shows a button that has the focus until the page has run to its
    end, unless what it stands in goes.
    """
    there = _offered(held, phase)
    names = ("start", "cancel", "pause", "resume", "stop")
    with st.container(horizontal=True, gap="small"):  # first all places, so that what goes is gone before what comes
        places = {which: st.container(width="content") if which in there else st.empty() for which in names}
    for which, (label, icon, act) in there.items():
        kind = "primary" if which in ("start", "resume") else "secondary"
        places[which].button(label, icon=f":material/{icon}:", type=kind, key=f"{key}-{which}", on_click=act)


def _offered(held: Watched[Any], phase: Phase) -> dict[str, tuple[str, str, Callable[[], None]]]:
    """The buttons of a phase by their keys: label, icon, and what they do."""
    stop = {"stop": ("Stop", "stop", held.stop)}
    match phase:
        case Phase.WAITING:
            return {"cancel": ("Cancel", "close", held.pause)}
        case Phase.RUNNING:
            return {"pause": ("Pause", "pause", held.pause), **stop}
        case Phase.PAUSED:
            return {"resume": ("Resume", "play_arrow", held.go_on), **stop}
        case Phase.READY:
            return {"start": ("Start", "play_arrow", held.start)}
        case _:
            return {"start": ("Start again", "replay", held.start)}
