"""What the attack came to: its verdict and its film. A long attack is made in parts, between which every control is heard.

While a run is watched nothing is computed: the last result stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.adversarial.settings import Attack
from ui import growing
from ui.cached import efforts
from ui.sections.saliency import fool_film, fool_live, fool_words
from ui.sections.saliency.fool_case import Asked

if TYPE_CHECKING:
    from core.experiments.adversarial import Outcome

NAME = "fool-result"
AT_ONCE = 1.0  # seconds that the page waits for the result; what takes longer comes in parts
BUDGET = 0.5  # seconds of a part: a click is heard after it
PARTS = 100_000  # more than any attack has: how many it takes is known at its end
HELD = "fool-held"
"""In the session: the attack whose result was shown last. The result itself is in the cache."""


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """An attack and what it came to."""

    asked: Asked
    outcome: Outcome


def result(asked: Asked, factor: int, making: DeltaGenerator, *, going: bool) -> Found | None:
    """The attack with what it came to; None while it is made part by part, which is seen in `making`.

    While a run goes on nothing is computed: the last result stays and says so, or None.
    """
    held: Asked | None = st.session_state.get(HELD)
    if not going:
        with st.skeleton(height=560):
            found = efforts.advanced(asked.effort(), AT_ONCE)
        if found is None:
            with making.container():
                _in_parts(asked, factor)
            return None
        st.session_state[HELD] = asked
        return Found(asked, found)
    last = held.effort().answer if held is not None and _about(held) == _about(asked) else None
    if held is None or last is None:
        st.caption("The result comes when the run below has ended.")
        return None
    fool_words.note_earlier(held.settings, asked.settings)
    return Found(held, last)


def _in_parts(asked: Asked, factor: int) -> None:
    """The picture so far, while the attack goes on; at its end the page is drawn with all that follows from it."""
    effort, of = asked.effort(), f"{asked.name} {asked.settings}"

    def draw(_: int) -> None:
        if steps := effort.history:
            st.caption(f"{steps[-1].index} of at most {asked.settings.updates} updates are made.")
            fool_live.now(fool_live.on_class(asked), steps[-1], steps, factor)
        if growing.progress(NAME, of).going and efforts.advanced(effort, BUDGET) is not None:
            growing.stop(NAME, of)
            st.rerun()

    growing.filled(NAME, of, PARTS, draw)


def show(found: Found, factor: int) -> None:
    """The verdict and the film."""
    asked, outcome = found.asked, found.outcome
    st.markdown(fool_words.verdict(outcome), width=860)
    reel = fool_film.reel(f"{asked.name} {asked.settings}", outcome.steps, outcome.classes, asked.named, factor)
    fool_film.show("fool-film", reel)


def _about(asked: Asked) -> tuple[str, Attack]:
    """What is attacked and how, whatever the numbers of that are."""
    return asked.name, asked.settings.attack
