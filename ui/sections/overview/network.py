"""A real network looks at the photo: its five best guesses, and where on the photo the first one comes from."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import WeightsDamagedError
from core.images.photo import Photo
from core.zoo.model_card import ModelCard, Task
from ui import cached, messages, model_picker, parts
from ui.sections.models import guesses, snippet, stranger

if TYPE_CHECKING:
    from core.experiments.overview import Look

TALLEST = 360  # px


def look(photo: Photo) -> None:
    """The photo under the Grad-CAM map of the first guess, the five guesses, and the cost."""
    parts.section("A network looks at your photo")
    left, right = st.columns(2, gap="large")
    picture = left.empty()
    with picture.container():
        parts.picture(
            cached.picture(photo),
            "Photo",
            f"{photo.width} × {photo.height} px",
            alt="The chosen photo",
            tallest=TALLEST,
        )
    with right:
        card = model_picker.pick(Task.CLASSIFY)
        words = st.empty()
        words.skeleton(height=250)
        try:
            card, answer = _answer(photo, card)
        except WeightsDamagedError as error:
            with words.container():
                messages.explain(error)
            return
        except Exception:  # the frame around says what happened; what waits must not go on waiting
            words.empty()
            raise
    with picture.container():
        guesses.where(photo, card, answer, tallest=TALLEST)
    with words.container():
        stranger.stranger(photo, card)
        guesses.bars(card, answer.guesses)
    parts.caveat(
        "A bright cell raised this score. It need not be what a person would point at, and the network may "
        "need only a part of it."
    )
    with st.container(horizontal=True, vertical_alignment="center"):
        with st.popover("Copy as PyTorch", icon=":material/code:"):
            st.caption("Prints the five guesses of this card.")
            st.code(snippet.classify(photo, card), language="python")
        st.caption(parts.billed(answer.cost), width="content")


def _answer(photo: Photo, card: ModelCard) -> tuple[ModelCard, Look]:
    """The answer of the network; where its file is damaged, that of the last one that worked, and how to mend it."""
    try:
        answer = cached.look(photo, card.key)
    except WeightsDamagedError as error:
        other = model_picker.fallback(Task.CLASSIFY)
        if other is card:
            raise
        messages.explain(error)
        model_picker.again(card)
        st.caption(f"Until then, the answer is that of **{other.title}**.")
        card, answer = other, cached.look(photo, other.key)
    model_picker.proved(card)
    return card, answer
