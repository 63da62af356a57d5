"""Look: what the gradient with respect to the picture shows, and how far it may be believed."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from ui import controls, first_look, frame, messages, parts
from ui.sections.attribution import case as cases
from ui.sections.saliency import look_away, look_controls, look_cover, look_line, look_presets, look_stage

LOOKED = "look-looked"


@st.fragment
def look(photo: Photo) -> None:
    """The whole view: a moved control reruns it, not the frame."""
    with messages.guard("This part"):
        controls.presets(look_presets.KEY, look_presets.presets(), default=look_presets.FIRST)
        hidden = controls.hidden(look_presets.KEY)
        head, stage = parts.hideable("controls"), parts.hideable("map").empty()
        first_look.waiting(LOOKED, photo, stage)
        with parts.awaited(stage):
            with head:
                first, second, third, fourth = parts.four(170)
                mine = cases.choose(photo, first, second)
                near = fourth.container()
                far = fourth.popover("More settings", icon=":material/tune:", width="stretch")
                gaze = look_controls.controls(third, near, far)
            found = look_stage.seen(mine, gaze)
        with stage.container():
            first_look.looked(LOOKED, photo)
            look_stage.stage(mine, gaze, found, hidden=hidden)
        with parts.hideable("covered"):
            look_cover.cover(mine, gaze, found)
        with parts.hideable("line"):
            walk = look_line.line(mine, gaze)
        with parts.hideable("formulas"):
            look_line.formula(mine, gaze, walk)
        parts.caveat(
            "A gradient is local, and no cause: it tells what a tiny change of each pixel would do here, not what made the answer. "
            "Covered pixels also make a picture that the network has never seen."
        )
        with parts.hideable("export"):
            look_away.take_away(mine, gaze, found, walk)
        frame.send_to("pages/attribution.py", "pages/models.py")
        parts.cost(mine.opened.cost, found.explanation.cost, found.covered.cost, walk.cost)
