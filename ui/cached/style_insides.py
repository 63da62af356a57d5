"""Cached doors into what is inside of style transfer. What they give is frozen and shared, not copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from core.style.settings import StyleSettings
from ui import preload
from ui.cached.queue import Version, needs, through_engine, version

if TYPE_CHECKING:
    from core.engine import Ticket
    from core.experiments.effort import Effort
    from core.experiments.style_inside import Grams, Pair, Rebuilt


def grams(model: str, layer: str, style: Photo, photo: Photo, painting: Photo | None = None) -> Grams:
    """The Gram matrices of the style and of the photo, or of a painting of that, at one layer.

    Raises:
        WeightsMissingError: the network's weights are not on this machine.
    """
    made = painting.digest if painting else None
    return through_engine(
        lambda ticket: _grams(version(model), layer, style.digest, photo.digest, made, style, photo, painting, ticket)
    )


@st.cache_resource(max_entries=64, show_spinner=False)  # two matrices of 48 x 48 are 18 KB
def _grams(
    version: Version,
    layer: str,
    style: str,
    photo: str,
    painting: str | None,
    _style: Photo,
    _photo: Photo,
    _painting: Photo | None,
    _ticket: Ticket | None,
) -> Grams:
    needs(_ticket)
    from core.experiments import style_inside

    return style_inside.grams(version[0], layer, _style, _photo, _painting)


def pair(model: str, layer: str, channels: tuple[int, int], style: Photo, ours: Photo) -> Pair:
    """Two maps of a layer on the style's picture and on the photo, or on a painting of that.

    Raises:
        WeightsMissingError: the network's weights are not on this machine.
    """
    return through_engine(
        lambda ticket: _pair(version(model), layer, channels, style.digest, ours.digest, style, ours, ticket)
    )


@st.cache_resource(max_entries=64, show_spinner=False)  # at most 1.4 MB each
def _pair(
    version: Version,
    layer: str,
    channels: tuple[int, int],
    style: str,
    ours: str,
    _style: Photo,
    _ours: Photo,
    _ticket: Ticket | None,
) -> Pair:
    needs(_ticket)
    from core.experiments import style_inside

    return style_inside.pair(version[0], layer, channels, _style, _ours)


def rebuilding(model: str, picture: Photo, settings: StyleSettings) -> Effort[Rebuilt]:
    """A picture rebuilt from its content or from its style alone: one effort for all visitors, to be advanced."""
    preload.wait()
    return _rebuilding(version(model), picture.digest, repr(settings), picture, settings)


@st.cache_resource(max_entries=48, show_spinner=False)  # finished, each is a picture of 200 KB
def _rebuilding(
    version: Version, digest: str, named: str, _picture: Photo, _settings: StyleSettings
) -> Effort[Rebuilt]:
    from core.experiments import style_inside

    return style_inside.rebuilding(version[0], _picture, _settings)
