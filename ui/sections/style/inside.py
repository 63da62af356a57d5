"""Look inside: what the network calls content and style, each part of it on its own."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from ui import controls, frame, messages, parts
from ui.sections.style import inside_case, inside_grams, inside_presets, inside_rebuilt, inside_seen

_VIEWS = {
    inside_case.GRAMS: inside_grams.show,
    inside_case.CONTENT: inside_rebuilt.content,
    inside_case.STYLE: inside_rebuilt.style,
    inside_case.SEEN: inside_seen.show,
}


@st.fragment
def inside(photo: Photo) -> None:
    """The whole view: a moved control reruns it, not the frame."""
    with messages.guard("This part"):
        inside_presets.follow_link()
        controls.presets(inside_presets.KEY, inside_presets.presets(), default=inside_presets.FIRST)
        with parts.hideable("controls"):
            chosen, sight, more = inside_case.controls(photo, inside_presets.follow)
        with st.container():
            bills = _VIEWS[chosen](sight, more)
        frame.send_to("pages/attribution.py", "pages/models.py")
        if bills:
            parts.cost(*{id(one): one for one in bills}.values())
