"""NMS: every decision of a suppression, why a box vanished, and what other methods make of the same boxes."""

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.nms_settings import NmsSettings
from ui import cached, controls, frame, messages, parts
from ui.sections.nms import candidates, cases, curves, formula, method, stage, take_away, why
from ui.sections.nms.candidates import Racers
from ui.sections.nms.take_away import Latest

photo = frame.open_page("pages/nms.py")


@st.fragment
def suppression() -> None:
    """Which boxes race and by which rules: a moved control reruns this part and the race, not the frame."""
    with messages.guard("The boxes"):
        with parts.hideable("controls"):
            with st.container(horizontal=True, vertical_alignment="bottom"):
                source = candidates.kind()
                far = st.popover("More settings", icon=":material/tune:", width="content")
            cells = st.grid(3, min_column_width=190, gap="medium")
            settings = method.controls(cells.cell(), cells.cell(), far)
            other = method.beside(settings, cells.cell(), far)
        below, ring = parts.hideable("boxes"), st.container()
        racers = candidates.of(source, photo, far, below)  # takes places of its own, so the race has got its own before
        with ring:
            answer, closing, bill = (st.container() for _ in range(3))
            latest = Latest()
            with answer:
                race(racers, settings, other, latest, bill)
            with closing:
                close(racers, latest)


@st.fragment(key=method.RACE)
def race(
    racers: Racers, settings: NmsSettings, other: NmsSettings | None, latest: Latest, bill: DeltaGenerator
) -> None:
    """The race and all that follows from it. What the threshold does not touch is outside: so it answers at once."""
    hidden = controls.hidden(cases.KEY)
    with messages.guard("The suppression"):
        ways = method.limited(settings, other, parts.hideable("controls", "threshold"))
        with st.container():  # one race takes a place, two take two, a note one more: what follows keeps its own
            races = [cached.race(racers.table, one) for one in ways]
            latest.races = races
            picked = stage.show(photo, racers, races)
        with parts.hideable("numbers"):
            stage.figures(racers, races, hidden=hidden)
        with parts.hideable("why"):
            why.why(racers.table, races, picked)
        with parts.hideable("formulas"):
            formula.formulas(racers.table, races[0], picked)
        with bill:
            stage.cost(racers, races)
        with parts.hideable("curves"), messages.guard("The curves"):  # last: with thousands of boxes it takes seconds
            curves.curves(racers, ways[0], known=photo.truth is not None, hidden=hidden)


def close(racers: Racers, latest: Latest) -> None:
    """What closes the page: the row reads the races of now when somebody asks."""
    parts.caveat(
        "Suppression knows boxes and scores, not objects. What it keeps may be wrong, and what it removes may be a second "
        "object behind the first. Detectors that match each object once in training, such as DETR, need none."
    )
    if latest.races:
        with parts.hideable("export"):
            take_away.take_away(photo, racers, latest)
    frame.send_to("pages/anchors.py", "pages/attribution.py", "pages/models.py")


controls.presets(cases.KEY, cases.presets(), default=cases.FIRST)
suppression()
