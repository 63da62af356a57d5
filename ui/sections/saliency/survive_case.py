"""The picture that the view Fool made: with the same settings, which both views share, it is at hand here too."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.adversarial.settings import Goal
from core.images.photo import Photo
from ui import messages
from ui.sections.saliency import fool_case, fool_words
from ui.sections.saliency.fool_case import Asked

if TYPE_CHECKING:
    from core.experiments.adversarial import Outcome

PART, FOOL = "part", "Fool"


@dataclass(frozen=True, slots=True, eq=False)
class Fooled:
    """An attack that was made, and the places of the clean class and of the one that came out."""

    asked: Asked
    outcome: Outcome

    @property
    def clean(self) -> int:
        """The clean picture's class."""
        return self.outcome.before.index

    @property
    def fooled(self) -> int:
        """The class of the changed picture."""
        return self.outcome.after.index

    @property
    def key(self) -> str:
        """What tells its pictures apart from those of others."""
        return f"{self.asked.name} {self.asked.settings}"


def choose(photo: Photo) -> tuple[Fooled, DeltaGenerator]:
    """The attack of the view Fool, said in a line; its controls stay at hand, and the way back to it is one click.

    Returns with it the place for more kinds of handling.
    """
    with st.container(horizontal=True, vertical_alignment="center"):
        words = st.container(width="content")
        attack = st.popover("The attack", icon=":material/bolt:")
        far = st.popover("More handling", icon=":material/tune:")
        if st.button("Go to Fool", icon=":material/arrow_back:", key="survive-fool", on_click=_go):
            st.rerun()  # the page, not this view alone
    with attack:
        asked = fool_case.choose(photo, [st.container() for _ in range(4)], st.container())
    with words:
        st.markdown(f"The picture of **Fool**: {fool_case.told(asked)}.")
    with st.skeleton(height=300):
        outcome = asked.outcome()
    return Fooled(asked, outcome), far


def unfooled(made: Fooled) -> str:
    """What is missing where there is nothing to survive, and what to do; empty where the picture fools the network."""
    if made.fooled != made.clean:
        return ""
    seen = messages.escape(fool_words.percent_of(made.outcome.after))
    if not made.asked.settings.epsilon and made.asked.settings.epsilon is not None:
        advice = "Epsilon is 0, so no pixel may change: raise it under The attack."
    elif made.outcome.first == 0:
        advice = "The target is what it saw from the beginning: choose another one under The attack."
    else:
        advice = "Allow more steps or a larger epsilon under The attack, or watch it in Fool."
    return f"**This picture does not fool the network:** it still sees {seen}, so there is nothing that could survive. {advice}"


def missed(made: Fooled) -> str:
    """The class that was aimed at, where another one came out; else empty."""
    aim = made.asked.aim
    if aim.goal is Goal.AWAY or aim.label == made.fooled:
        return ""
    return made.outcome.classes[aim.label]


def _go() -> None:
    st.session_state[PART] = FOOL
