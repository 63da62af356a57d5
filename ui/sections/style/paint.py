"""Paint: a photo painted in the style of other pictures, live."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from ui import controls, frame, messages, parts
from ui.sections.style import paint_away, paint_controls, paint_presets, paint_stage, paint_words


@st.fragment
def paint(photo: Photo) -> None:
    """The whole view: a moved control reruns it, not the frame."""
    with messages.guard("This part"):
        controls.presets(paint_presets.KEY, paint_presets.presets(), default=paint_presets.FIRST)
        with parts.hideable("controls"):
            case = paint_controls.controls(photo)
            if case.cut:
                st.caption(
                    f"Of so long a strip its middle is painted, {case.photo.width} × {case.photo.height} px of it."
                )
        drawn, going = paint_stage.stage(case)
        with parts.hideable("formulas"):
            paint_words.formula(drawn)
        parts.caveat(
            "A lower loss is not a better painting: it says that this network sees this content and this style in it. Another "
            "network, or other layers, would call another picture the same."
        )
        with parts.hideable("export"):
            paint_away.take_away(drawn, going)
        frame.send_to("pages/saliency.py", "pages/segmenter.py", "pages/models.py")
        if not going:
            parts.cost(drawn.cost)
        else:
            st.caption("What the run costs is counted, and told here when it is paused or over.")
