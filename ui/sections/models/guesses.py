"""What a classifier makes of the photo: its best guesses as bars, and the photo under the map of the first."""

from __future__ import annotations

import html
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from ui import cached, messages, parts

if TYPE_CHECKING:
    from core.experiments.overview import Guess, Look


def where(photo: Photo, card: ModelCard, answer: Look, *, tallest: int) -> None:
    """The photo under the Grad-CAM map of the first guess."""
    first = answer.guesses[0]
    rows, columns = answer.cam.shape
    found = f"where “{messages.escape(first.label)}” comes from" if answer.cam.any() else "no cell speaks for the class"
    parts.picture(
        cached.cam_picture(photo, card.key, answer),
        "Grad-CAM",
        f"{found}. The network saw the bright square",
        alt=f"The photo under a heat map of the class {first.label}",
        scale=parts.Scale("viridis", "0", f"{rows} × {columns} cells, share of the largest", "1"),
        tallest=tallest,
    )


def bars(card: ModelCard, found: Sequence[Guess]) -> None:
    """The guesses with their probabilities, and what these are worth."""
    st.caption(f"**{card.title}** · {len(found)} of {card.class_count:,} classes")
    for guess in found:
        _bar(guess.label, guess.probability)
    st.caption(_verdict(card, found))
    if card.names:
        st.caption(f"All it knows: {', '.join(card.names)}.")


def unknown(photo: Photo, card: ModelCard) -> str:
    """What is on a sample photo that the lab's own classifier never learned, in words; empty where it knows something.

    Only samples say what is on them, and only the lab's own classes have the same names.
    """
    if photo.truth is None or not card.bundled or set(photo.truth.labels) & set(card.names):
        return ""
    return ", ".join(dict.fromkeys(photo.truth.labels))


def _bar(label: str, probability: float) -> None:
    name = html.escape(label)
    st.html(
        f'<div style="display:grid;grid-template-columns:1fr auto;gap:0 1em;font-variant-numeric:tabular-nums">'
        f"<span>{name}</span><span>{parts.percent(probability)}</span>"
        f'<span style="grid-column:1/-1;height:6px;border-radius:3px;background:rgba(128,128,140,.2)">'
        f'<span style="display:block;height:6px;border-radius:3px;background:#56B4E9;'
        f'width:{max(probability, 0.004):.2%}"></span>'
        f"</span></div>"
    )


def _verdict(card: ModelCard, found: Sequence[Guess]) -> str:
    first = found[0].probability
    if first >= 0.5:
        return (
            "One class has more than half of the probability. That is confidence, not proof: "
            f"it must choose among its {card.class_count:,} classes."
        )
    return "No class has half of the probability: the network is unsure, or the photo shows nothing it was trained on."
