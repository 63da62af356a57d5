"""What one attack says little about: all attacks on the same photo in a table, and one attack against epsilon.

They are made some updates at a time, so that every control is heard between two parts, however long an attack is.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.adversarial.settings import Norm
from core.experiments.aims import curve, rivals
from ui import growing, parts
from ui.cached import adversarial, efforts
from ui.sections.saliency import fool_curve, fool_table
from ui.sections.saliency.fool_case import Asked
from ui.sections.saliency.fool_curve import LIMIT

if TYPE_CHECKING:
    from core.experiments.adversarial import Outcome
    from core.experiments.cost import Cost
    from core.experiments.effort import Effort
    from core.experiments.fooling_trials import Least, Trial

NAME = "fool-more"
BUDGET = 0.25  # seconds of a part: a click is heard after it
PARTS = 100_000  # more than any work has: how many it takes is known at its end
AT_ONCE = 40  # steps: what may take more waits for a click


@dataclass(frozen=True, eq=False)
class Work:
    """Everything there is to compare about an attack: rows of the table, points of the curve, the smallest epsilon."""

    asked: Asked

    @property
    def of(self) -> str:
        """What it is about, as a key."""
        return f"{self.asked.name} {self.asked.settings}"

    @cached_property
    def rows(self) -> tuple[fool_table.Row, ...]:
        """Each attack with its aim."""
        return rivals(self.asked.aim, self.asked.settings, self.asked.clean.guesses[0].index)

    @cached_property
    def trials(self) -> list[Effort[Trial]]:
        """Those of the rows."""
        return [adversarial.trial(self.asked.photo, self.asked.card.key, *row) for row in self.rows]

    @cached_property
    def points(self) -> list[Effort[Trial]]:
        """Those of the curve."""
        one = self.asked
        radii = curve(one.settings.attack)
        return [adversarial.at_epsilon(one.photo, one.card.key, one.aim, one.settings, radius) for radius in radii]

    @cached_property
    def least(self) -> Effort[Least] | None:
        """The search for the smallest epsilon, which knows whole levels alone."""
        one = self.asked
        halved = one.settings.attack.norm is Norm.LINF
        return adversarial.least(one.photo, one.card.key, one.aim, one.settings, LIMIT) if halved else None

    @property
    def efforts(self) -> list[Effort[Any]]:
        """All of it in its order."""
        return [*self.trials, *self.points, *([self.least] if self.least else [])]

    @property
    def done(self) -> bool:
        """Whether every answer is there."""
        return all(one.answer for one in self.efforts)

    def go_on(self) -> None:
        """A part of it; short efforts share one."""
        end = time.monotonic() + BUDGET
        for one in self.efforts:
            if one.answer is None:
                efforts.advanced(one, max(0.0, end - time.monotonic()))
                if time.monotonic() >= end:
                    return


def more(asked: Asked, outcome: Outcome, *, waits: bool = False) -> list[Cost]:
    """The table first, the curve after it, the smallest epsilon last; what it cost so far. With `waits` no more than is there.

    Short attacks on the lab's own network begin at once. Long ones, and any other network, wait for a click: they take
    minutes.
    """
    work = Work(asked)
    at_once = asked.card.bundled and asked.settings.steps <= AT_ONCE
    costs: list[Cost] = []

    def draw(_: int) -> None:
        going = growing.progress(NAME, work.of).going and not waits
        waiting = "Waits until the run above has ended." if waits else "Waits for a click on Compare attacks."
        costs[:] = _drawn(work, outcome, "" if going else waiting)
        if going:  # what is there stands on the page meanwhile
            work.go_on()
            if work.done:
                growing.stop(NAME, work.of)
                st.rerun()  # the page itself: it draws all of it, and the timer ends

    if waits or work.done:
        growing.still(0, draw)
    elif at_once:
        growing.filled(NAME, work.of, PARTS, draw)
    else:
        _start_or_stop(work)
        growing.growing(NAME, work.of, PARTS, draw)
    return costs


def _drawn(work: Work, outcome: Outcome, waiting: str) -> list[Cost]:
    """The table and the curve as far as they are there; their bills. `waiting` says what they wait for, if for anything."""
    table, chart = _slots(work.asked, waiting)
    trials = [one.answer for one in work.trials if one.answer]
    points = [one.answer for one in work.points if one.answer]
    least = work.least.answer if work.least else None
    if trials:
        with table.container():
            st.markdown(fool_table.table(work.asked, trials))
            st.caption(fool_table.said(work.asked, work.rows, trials))
    if points:
        epsilon = work.asked.settings.epsilon
        with chart.container():
            at = outcome.distances.linf if epsilon is None else epsilon
            fool_curve.curve(work.asked, points, len(work.points), least, at)
    return [one.cost for one in (*trials, *points, *([least] if least else []))]


def _slots(asked: Asked, waiting: str) -> tuple[DeltaGenerator, DeltaGenerator]:
    """The places of the table and the curve below their headings."""
    with parts.hideable("table"):
        parts.section("Which attack needs least?", "All of them on this photo, each up to its first success.")
        table = st.empty()
    with parts.hideable("curve"):
        parts.section(
            "How far does it have to go?",
            f"{asked.settings.attack.title} at every epsilon up to its first success, judged as a picture of 8 bits.",
        )
        chart = st.empty()
    for slot in (table, chart):
        if waiting:
            slot.caption(waiting)
        else:
            slot.skeleton(height=240)
    return table, chart


def _start_or_stop(work: Work) -> None:
    with st.container():
        if growing.progress(NAME, work.of).going:
            st.button("Stop", key="fool-more-stop", icon=":material/stop:", on_click=growing.stop, args=(NAME, work.of))
            return
        start, icon = "Compare attacks", ":material/query_stats:"
        st.button(start, key="fool-more-start", icon=icon, on_click=growing.begin, args=(NAME, work.of))
        st.caption(
            f"{len(work.efforts)} whole attacks, each of up to {work.asked.settings.steps} steps. They come one by one, and you "
            "may stop."
        )
