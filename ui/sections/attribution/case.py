"""What is explained: one network's answer to the photo, a class, and another to hold against it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import WeightsDamagedError
from core.images.photo import Photo
from core.zoo.model_card import ModelCard, Task
from ui import messages, model_picker
from ui.cached import attributions

if TYPE_CHECKING:
    from core.experiments.opened import Opened

CLASS, AGAINST = "class", "against"
GUESSES = ("First guess", "Second guess", "Third guess", "Fourth guess", "Fifth guess")
KEYS = (CLASS, AGAINST)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A photo, the network that answered, and two of its classes by their places in the logits."""

    photo: Photo
    card: ModelCard
    opened: Opened
    target: int
    against: int

    @property
    def label(self) -> str:
        """The name of the class that is explained."""
        return self.opened.classes[self.target]

    def told(self, index: int) -> str:
        """A class with its probability, such as "cat 98.4 %"."""
        return f"{self.opened.classes[index]} {self.opened.probabilities[index]:.1%}".replace("%", " %")


def choose(photo: Photo, network: DeltaGenerator, first: DeltaGenerator, second: DeltaGenerator | None = None) -> Case:
    """Network, class and, where it has a cell, the other class; a network that is not here leaves the last one."""
    with network:
        card = model_picker.pick(Task.CLASSIFY, brief=True)
    card, opened = _opened(photo, card, network)
    target = _pick("Class", CLASS, 0, opened, first, "What the map speaks for. Type to search all classes.")
    against = opened.guesses[min(1, len(opened.guesses) - 1)].index
    if second is not None:
        against = _pick("Against", AGAINST, 1, opened, second, "A second class: the same methods asked again.")
    return Case(photo, card, opened, target, against)


def _opened(photo: Photo, card: ModelCard, cell: DeltaGenerator) -> tuple[ModelCard, Opened]:
    """The answer of the network; where its file is damaged, that of the last one that worked, and how to mend it."""
    try:
        opened = attributions.opened(photo, card.key)
    except WeightsDamagedError as error:
        other = model_picker.fallback(Task.CLASSIFY)
        if other is card:
            raise
        with cell:
            messages.explain(error)
            model_picker.again(card)
            st.caption(f"Until then, the answer is that of **{other.title}**.")
        card, opened = other, attributions.opened(photo, other.key)
    model_picker.proved(card)
    return card, opened


def names(opened: Opened) -> dict[str, int]:
    """Every choice and the class it stands for: the guesses by rank, then all classes by name. Of twins each bears its place."""
    ranked = dict(zip(GUESSES, (guess.index for guess in opened.guesses), strict=False))
    counts = Counter(opened.classes)
    every = {(f"{name} ({index})" if counts[name] > 1 else name): index for index, name in enumerate(opened.classes)}
    return {**ranked, **every}


def _pick(label: str, key: str, rank: int, opened: Opened, cell: DeltaGenerator, words: str) -> int:
    choices = names(opened)
    options = list(choices)
    if st.session_state.get(key) not in (None, *options):  # a class of another network
        st.session_state[key] = options[rank]
    chosen = cell.selectbox(label, options, index=rank, key=key, bind="query-params", help=words)
    index = choices.get(chosen or options[rank], choices[options[rank]])
    cell.caption(f"{opened.classes[index]} · {opened.probabilities[index]:.1%}")
    return index
