"""A network that does not know what is on the photo: say so, and offer one that does."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from core.zoo.catalog import card as find
from core.zoo.model_card import ModelCard, Task
from ui import model_picker, networks
from ui.sections.models import guesses

WIDER = "squeezenet1_1"  # knows 1,000 classes, and is the smallest download


def stranger(photo: Photo, card: ModelCard) -> None:
    """The lab's own classifier has never seen what is on some samples: say so, and offer a network that has."""
    things = guesses.unknown(photo, card)
    if not things:
        return
    other = find(WIDER)
    st.info(
        f"**{card.title} does not know what is on this photo:** {things}. It can only choose among its "
        f"{card.class_count} classes. {other.title} knows {other.class_count:,}.",
        icon=":material/help:",
    )
    if model_picker.chosen_key(Task.CLASSIFY) == WIDER or (networks.offline() and not networks.present(other)):
        return
    words = (
        f"Ask {other.title}" if networks.present(other) else f"Choose {other.title}, a download of {other.megabytes}"
    )
    st.button(words, key="ask-wider", on_click=model_picker.choose, args=(other,))
