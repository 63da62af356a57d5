"""Does it survive? The picture that fools the network goes through everyday handling, and to other networks."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from ui import frame, messages, parts
from ui.sections.saliency import (
    fool_handing,
    survive_away,
    survive_case,
    survive_curves,
    survive_elsewhere,
    survive_handling,
)


@st.fragment
def survive(photo: Photo) -> None:
    """The whole view: what the attack of the view Fool made, handled by hand and by many strengths."""
    with messages.guard("The check"):
        with parts.hideable("controls"):
            made, far = survive_case.choose(photo)
            treatment = survive_handling.controls(far)
        problem = survive_case.unfooled(made)
        if problem:
            with parts.hideable("result"):
                st.info(problem, icon=":material/info:")
                survive_handling.untouched(made)
            frame.send_to("pages/attribution.py", "pages/models.py")
            parts.cost(made.asked.clean.cost, made.outcome.cost)
            return
        with parts.hideable("result"):
            before, after = survive_handling.pair(made, treatment)
            survive_handling.show(made, treatment, before, after)
        with parts.hideable("cam"):
            look = survive_elsewhere.looks(made)
        with parts.hideable("curves"):
            swept = survive_curves.curves(made, treatment)
        with parts.hideable("others"):
            asked = survive_elsewhere.others(made)
        parts.caveat(
            "An attack that knows of the handling can be made to survive it, by averaging its slopes over many handlings. That one "
            "is gone after a JPEG is no defence; and what undoes the attack may also blind the network to the photo."
        )
        with parts.hideable("export"):
            survive_away.take_away(made, treatment, before, after)
        frame.send_to(
            "pages/attribution.py",
            "pages/models.py",
            takes=lambda: fool_handing.taken(made.asked, made.outcome),
            attacked=True,
        )
        parts.cost(made.asked.clean.cost, made.outcome.cost, before.cost, after.cost, look, *swept, *asked)
