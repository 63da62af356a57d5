"""The painting of this session: what the view Paint has made of the photo and the style that are looked at, if anything."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo, from_pixels
from ui.sections.style import paint_film
from ui.sections.style.case import about
from ui.sections.style.inside_case import Sight
from ui.watched import Watched

RUN = f"live-{paint_film.RUN}"
"""Where the session keeps the run of the view Paint."""


def painting(sight: Sight) -> Photo | None:
    """The best picture of the run so far; None where there is none of this photo, by this network, in this style."""
    held = st.session_state.get(RUN)
    if not isinstance(held, Watched):
        return None
    newest, of = held.shown().newest, held.of
    name = of[1] if isinstance(of, tuple) else ""
    if newest is None or not name.startswith(about(sight.card, sight.photo, (sight.style,))):
        return None
    return from_pixels(newest.best.picture, "Your painting")
