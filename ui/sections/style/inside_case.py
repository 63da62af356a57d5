"""What the view Look inside is about at this moment, its controls, and all of its widget keys."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.experiments.style_layers import StyleLayers, style_layers
from core.images.photo import Photo
from core.zoo.model_card import ModelCard, Task
from ui import cached, model_picker
from ui.sections.style import tray

CHOICE = "insight"
"""In the URL, what is looked at."""

GRAMS, CONTENT, STYLE, SEEN = "Gram matrices", "Content by layer", "Style by layer", "What a layer sees"
CHOICES = (GRAMS, CONTENT, STYLE, SEEN)
GRAM_LAYER, SEEN_LAYER, SCALE, CELL, PAINTED = "gram-layer", "seen-layer", "same-scale", "gram-cell", "gram-painted"
KEYS = (CHOICE, GRAM_LAYER, SEEN_LAYER, SCALE)
NAME = "style-inside"
"""Begins the names of the files of the closing row."""


@dataclass(frozen=True, slots=True, eq=False)
class Sight:
    """A photo and a style, `key` in its tray, as the network `card` sees them; `layers` measure with it.

    A `painting` of the photo takes its place where Gram matrices are compared.
    """

    photo: Photo
    key: str
    style: Photo
    card: ModelCard
    layers: StyleLayers
    painting: Photo | None = None

    @property
    def ours(self) -> Photo:
        """What is compared with the style."""
        return self.painting or self.photo

    @property
    def role(self) -> str:
        """What that is, in a word."""
        return "painting" if self.painting else "photo"

    @property
    def name(self) -> str:
        """All of it as a part of keys."""
        return f"{cached.version(self.card.key)} {self.ours.digest} {self.style.digest}"

    def meaning(self, layer: str) -> str:
        """One line about a layer, for people."""
        return next(row.at_any_size for row in self.card.layers if row.name == layer)


def controls(photo: Photo, on_choice: Callable[[], None]) -> tuple[str, Sight, DeltaGenerator]:
    """Style, network, and what is looked at; `on_choice` hears of another choice. The container is for more controls.

    Raises:
        PhotoError: the picture of the style is missing.
    """
    first, second = st.columns(2, gap="small", vertical_alignment="bottom")
    chosen = first.pills(
        "Look at",
        CHOICES,
        default=GRAMS,
        required=True,
        key=CHOICE,
        bind="query-params",
        on_change=on_choice,
        wrap=True,
    )
    left, right = st.columns([2, 1], gap="medium")
    with left:
        tray.tray()
    with right:
        card = model_picker.pick(Task.FEATURES, brief=True)
    key = tray.current()
    sight = Sight(photo, key, tray.picture(key), card, style_layers(card.key))
    more = second.container(horizontal=True, vertical_alignment="bottom")
    return (chosen if chosen in CHOICES else GRAMS), sight, more


def layer(key: str, names: Sequence[str], usual: str) -> str:
    """One of the layers `names`."""
    chosen = st.pills("Layer", names, default=usual, required=True, key=key, bind="query-params", wrap=True)
    return chosen if chosen in names else usual


def same_scale() -> bool:
    """Whether maps that are compared have one scale."""
    return st.toggle(
        "Same scale",
        value=True,
        key=SCALE,
        bind="query-params",
        help="On: one colour is one value in both pictures. Off: each has the whole range of colours to itself.",
    )


def painted(there: bool) -> bool:
    """Whether the painting is compared instead of the photo, where `there` is one."""
    with st.container(width="content"):
        if not there:
            return False
        return st.toggle(
            "My painting",
            key=PAINTED,
            help="On: the picture that you painted takes the place of the photo. Its loss is what is left to gain.",
        )
