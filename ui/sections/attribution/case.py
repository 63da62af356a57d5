"""What is explained: one network's answer to the photo, a class, and another to hold against it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.attribution.methods import Method
from core.images.photo import Photo
from core.zoo.model_card import ModelCard, Task
from ui import cached, model_picker, parts
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
    def name(self) -> str:
        """Photo, network and class, as a part of keys; a network whose file was replaced is another one."""
        return f"{self.photo.digest} {cached.version(self.card.key)} {self.target}"

    @property
    def label(self) -> str:
        """The name of the class that is explained."""
        return self.opened.classes[self.target]

    def told(self, index: int) -> str:
        """A class with its probability, such as "cat 98.4 %"."""
        return f"{self.opened.classes[index]} {parts.percent(self.opened.probabilities[index])}"


def choose(photo: Photo, network: DeltaGenerator, first: DeltaGenerator, second: DeltaGenerator | None = None) -> Case:
    """Network, class and, where it has a cell, the other class; a network that is not here leaves the last one."""
    told = st.container()  # below the cells, which are narrow
    with network:
        card = model_picker.pick(Task.CLASSIFY, brief=True, below=told)
    card, opened = model_picker.answered(card, told, lambda one: attributions.opened(photo, one.key))
    target = _pick("Class", CLASS, 0, opened, first, "What the map speaks for. Type to search all classes.")
    against = opened.guesses[min(1, len(opened.guesses) - 1)].index
    if second is not None:
        against = _pick("Against", AGAINST, 1, opened, second, "A second class: the same methods asked again.")
    return Case(photo, card, opened, target, against)


def names(opened: Opened) -> dict[str, int]:
    """Every choice and the class it stands for: the guesses by rank, then all classes by name. Of twins each bears its place."""
    ranked = dict(zip(GUESSES, (guess.index for guess in opened.guesses), strict=False))
    counts = Counter(opened.classes)
    every = {(f"{name} ({index})" if counts[name] > 1 else name): index for index, name in enumerate(opened.classes)}
    return {**ranked, **every}


def methods(
    case: Case,
    cell: DeltaGenerator,
    *,
    label: str,
    key: str,
    standard: Sequence[Method],
    most: int,
    words: str | None = None,
) -> list[Method]:
    """Some of the methods that this network allows, `standard` at first; Grad-CAM where none is chosen."""
    allowed = {method.title: method for method in case.opened.methods()}
    held = st.session_state.get(key)
    if held is not None and (kept := [title for title in held if title in allowed]) != held:
        st.session_state[key] = kept  # those of another network
    chosen = cell.multiselect(
        label,
        list(allowed),
        default=[method.title for method in standard if method.title in allowed],
        key=key,
        bind="query-params",
        max_selections=most,
        help=words,
        wrap=True,  # all that is chosen can be read, in a narrow column too
    )
    return [allowed[title] for title in chosen] or [Method.GRAD_CAM]


def _pick(label: str, key: str, rank: int, opened: Opened, cell: DeltaGenerator, words: str) -> int:
    choices = names(opened)
    options = list(choices)
    if st.session_state.get(key) not in (None, *options):  # a class of another network
        st.session_state[key] = options[rank]
    chosen = cell.selectbox(label, options, index=rank, key=key, bind="query-params", help=words)
    index = choices.get(chosen or options[rank], choices[options[rank]])
    cell.caption(f"{opened.classes[index]} · {parts.percent(opened.probabilities[index])}")
    return index
