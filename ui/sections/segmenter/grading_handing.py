"""What the view hands to the attribution page: a class whose pixels it asks about."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.zoo.segmenters import LAB_FCN
from ui import messages
from ui.cached.attributions import SEGMENTER
from ui.sections.attribution.areas import AREA
from ui.sections.detector.handing import ATTRIBUTION, VIEW

if TYPE_CHECKING:
    from core.experiments.segmented import Segmented


def to_attribution(found: Segmented, label: str, *, key: str) -> None:
    """A button that opens the Grad-CAM map of this class over its area, where that page can draw it; else why not."""
    if found.model != SEGMENTER:
        st.caption(f"“Why these pixels?” can be asked of the {LAB_FCN.title}.", width="content")
        return
    if all(region.label != label for region in found.regions):
        st.caption(
            f"“Why these pixels?” needs some: the network calls none {messages.escape(label)}.",
            width="content",
        )
        return
    pressed = st.button(
        "Why these pixels?",
        icon=":material/center_focus_strong:",
        key=key,
        help="Grad-CAM of the mean score of this class over its area, on the attribution page.",
        on_click=_ask,
    )
    if pressed:
        st.switch_page(ATTRIBUTION, query_params={AREA: label})


def _ask() -> None:
    """The part of a page is in a widget that both pages have, so its value can be set before a run alone."""
    st.session_state["part"] = VIEW
