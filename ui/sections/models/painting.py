"""The photo as a network paints it, beside the picture whose style it has learned."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from core.zoo.painters import style_of
from ui import cached, parts
from ui.cached import fast_stylings, stylings
from ui.sections.models import snippet
from ui.sections.models.tried import TALLEST, Tried

CHANNELS = ("red", "green", "blue")


def show(card: ModelCard, photo: Photo) -> Tried:
    """The painted photo and the style; the numbers are the means of its colours."""
    side = fast_stylings.side_seen(photo, card.key)
    found = fast_stylings.painted(photo, card.key, side)
    picture = fast_stylings.picture(photo, card.key, side, found)
    style = stylings.style(style_of(card))
    height, width = found.canvas.shape[1:]
    left, right = st.columns(2, gap="large")
    with left:
        parts.picture(
            picture,
            "Painted",
            f"in one pass, {width} × {height} pixels",
            alt=f"The photo painted in the style {style.name}",
            tallest=TALLEST,
        )
    with right:
        parts.picture(
            cached.picture(style, longest=480),
            style.name,
            f"the picture whose style it has learned, and the only style it can paint. {card.limits}",
            alt=f"The picture whose style is {style.name}",
            tallest=TALLEST,
        )
    rows = [
        {"channel": channel, "mean": float(plane.mean())} for channel, plane in zip(CHANNELS, found.canvas, strict=True)
    ]
    return Tried(picture, rows, {}, snippet.paint(photo, card, width=width, height=height), found.cost)
