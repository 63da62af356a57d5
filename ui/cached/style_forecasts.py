"""Cached door to what a painting will take."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from core.style.settings import StyleSettings
from ui.cached.queue import Version, needs, through_engine, version

if TYPE_CHECKING:
    from core.engine import Ticket
    from core.experiments.styling import Forecast

FRESH = 60  # seconds that an answer is given again: the free memory changes


def forecast(model: str, photo: Photo, styles: Sequence[Photo], settings: StyleSettings) -> Forecast:
    """Seconds and megabytes of a painting before it begins, from a few updates of a small one.

    Raises:
        WeightsMissingError: the network's weights are not on this machine.
    """
    return through_engine(
        lambda ticket: _forecast(version(model), name(photo, settings), photo, tuple(styles), settings, ticket)
    )


def name(photo: Photo, settings: StyleSettings) -> str:
    """All that changes how long a painting takes, and how much memory, as a text."""
    own = settings
    counts = [
        bool(weight) for weight in (own.content, own.style, *own.content_layers.values(), *own.style_layers.values())
    ]
    return (
        f"{photo.width} {photo.height} {own.layers} {counts} {own.optimiser.value} {own.steps} {own.octaves} "
        f"{own.octave_scale:g} {own.side} {own.colours.value}"
    )


@st.cache_resource(max_entries=64, ttl=FRESH, show_spinner=False)
def _forecast(
    version: Version,
    name: str,
    _photo: Photo,
    _styles: tuple[Photo, ...],
    _settings: StyleSettings,
    _ticket: Ticket | None,
) -> Forecast:
    needs(_ticket)
    from core.experiments import styling

    return styling.forecast(styling.Subject(model=version[0], photo=_photo, styles=_styles), _settings)
