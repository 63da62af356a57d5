"""NMS: every decision of a suppression, why a box vanished, and what other methods make of the same boxes."""

import streamlit as st

from ui import cached, controls, frame, messages, parts
from ui.sections.nms import candidates, cases, curves, formula, method, stage, take_away, why

photo = frame.open_page("pages/nms.py")


@st.fragment
def suppression() -> None:
    """The race and all that follows from it: a moved control reruns this part, not the frame."""
    hidden = controls.hidden(cases.KEY)
    with messages.guard("The suppression"):
        with parts.hideable("controls"):
            with st.container(horizontal=True, vertical_alignment="bottom"):
                source = candidates.kind()
                far = st.popover("More settings", icon=":material/tune:", width="content")
            first, second, third, fourth = parts.four(190)
            settings = method.controls((first, second, third), far)
            other = method.beside(settings, fourth, far)
        stepper = st.container()
        below = parts.hideable("boxes")
        racers = candidates.of(source, photo, far, below)
        races = [cached.race(racers.table, one) for one in (settings, other) if one]
        with stepper:
            picked = stage.show(photo, racers, races)
        with parts.hideable("numbers"):
            stage.figures(racers, races, hidden=hidden)
        with parts.hideable("why"):
            why.why(racers.table, races, picked)
        with parts.hideable("formulas"):
            formula.formulas(racers.table, races[0], picked)
        decided = parts.hideable("curves")
        parts.caveat(
            "Suppression knows boxes and scores, not objects. What it keeps may be wrong, and what it removes may be a second "
            "object behind the first. Detectors that match each object once in training, such as DETR, need none."
        )
        with parts.hideable("export"):
            take_away.take_away(photo, racers, races)
        frame.send_to("pages/anchors.py", "pages/models.py")
        stage.cost(racers, races)
        with decided, messages.guard("The curves"):  # last: with thousands of boxes it takes seconds
            curves.curves(racers, settings, known=photo.truth is not None, hidden=hidden)


controls.presets(cases.KEY, cases.presets(), default=cases.FIRST)
suppression()
