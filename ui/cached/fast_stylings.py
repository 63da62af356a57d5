"""Cached doors to the networks that paint in one pass. What they give is frozen and shared, not copied."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from core.style.settings import Colours
from ui import preload
from ui.cached.queue import Version, needs, through_engine, version
from viz import images

if TYPE_CHECKING:
    from core.engine import Ticket
    from core.experiments.fast_styling import FastPainting


def painted(photo: Photo, model: str, side: int, colours: Colours = Colours.STYLE) -> FastPainting:
    """The photo with `side` pixels on its longest side, painted by the network `model`.

    Raises:
        SettingError: `side` is out of its range.
        ModelError: there is no such network, it does not paint, or its file is damaged.
        WeightsMissingError: its weights are not on this machine.
        MemoryShortError: the size needs more memory than is free.
    """
    return through_engine(lambda ticket: _painted(photo.digest, version(model), side, colours, photo, ticket))


@st.cache_resource(max_entries=16, show_spinner=False)  # up to 31 MB each, as a rule 2; frozen, so one copy serves all
def _painted(
    digest: str, version: Version, side: int, colours: Colours, _photo: Photo, _ticket: Ticket | None
) -> FastPainting:
    needs(_ticket)
    from core.experiments import fast_styling

    return fast_styling.painted(_photo, version[0], side, colours)


def side_seen(photo: Photo, model: str) -> int:
    """Pixels of the photo's longest side where its shorter one is as long as on the card of the network."""
    preload.wait()
    from core.experiments import fast_styling

    return fast_styling.side_seen(photo, model)


def picture(photo: Photo, model: str, side: int, found: FastPainting) -> images.Picture:
    """What `painted` gave for these, in the colours of the style, encoded for the page."""
    return _picture(photo.digest, version(model), side, found)


@st.cache_data(max_entries=32, show_spinner=False)
def _picture(digest: str, version: Version, side: int, _found: FastPainting) -> images.Picture:
    return images.encode(images.of_canvas(_found.canvas), quality=90)
