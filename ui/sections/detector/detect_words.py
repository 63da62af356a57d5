"""One box in a sentence: what its score is made of, where it comes from, what it removed; and what to do where there is none."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from core.boxes.settings import kind_of
from core.detection.detecting_settings import SeeSettings
from core.zoo.catalog import card
from core.zoo.model_card import ModelCard
from ui import address, messages, model_picker
from ui.sections.attribution import boxes as attribution
from ui.sections.detector import handing, inside_stage
from ui.sections.detector.detect_case import Case
from ui.sections.detector.detect_stage import PICKED, counted
from ui.sections.detector.inside_grid import Place

WIDER = "yolo_fastest_xl"
"""The network of 80 classes that is offered where the lab's own know nothing: small, and quick on a CPU."""


def box(case: Case, place: int | None) -> None:
    """The picked box, or the best, in a sentence, with ways to ask further."""
    if not case.things:
        st.caption("There is no box to ask about.")
        return
    at = place or 0
    opening = "" if place is not None else ":gray[The best one; pick any other in the list or on the photo.] "
    st.markdown(f"{opening}{sentence(case, at)}", width=760)
    with st.container(horizontal=True, vertical_alignment="center"):
        looked, anchor = case.source(at)
        if looked.cells is not None and case.look.row is not None and looked.tile is None:
            head, row, column, shape = looked.cells[anchor].tolist()
            if st.button(
                "Inside the grid",
                icon=":material/grid_on:",
                key="to-inside",
                on_click=_inside,
                args=(head, row, column, shape),
                help="The cell that this box comes from, with all its numbers.",
            ):
                st.rerun(scope="app")
        row = case.look.row
        if row is not None and row.key in attribution.DETECTORS.values() and case.look.settings == SeeSettings():
            handing.to_attribution(case.look.photo, row.key, case.things[at], key="to-attribution")
        if case.found.trace is not None:
            # no score may fall below the confidence, so the stepper is given that as its least score
            race = replace(case.settings.race, score_threshold=min(0.5, case.settings.race.score_threshold))
            handing.to_nms(
                case.found.raced,
                race,
                name=f"{case.look.title}.csv",
                key="to-nms",
                picked=case.found.raced_rows.index(case.found.rows[at]),
            )


def sentence(case: Case, place: int) -> str:
    """What there is to say about a box, with its numbers."""
    one = case.things[place]
    sure, likely = case.factors(place)
    before = sure * likely
    product = (
        f"{before:.3f} = {sure:.3f} that something is there × {likely:.3f} that it is {article(one.label)}"
        if sure != 1
        else f"{before:.3f}, the probability of its class"
    )
    after = f" What overlaps it left it {one.score:.3f}." if before - one.score > 0.005 else ""
    gone = case.removals()[place]
    removed = (
        f"It removed {counted(gone, 'other candidate', 'other candidates')}." if gone else "It removed no other box."
    )
    return f"**Box {place + 1}, {messages.escape(one.label)}:** score {product}.{after} {_where(case, place)} {removed}"


def article(label: str) -> str:
    """A class with its article: "a cat", "an apple"."""
    return f"{'an' if label[:1].lower() in 'aeiou' else 'a'} {messages.escape(label)}"


def _where(case: Case, place: int) -> str:
    """Which cell, anchor and tile it comes from. Rows and columns count from 0, anchors from 1, as in the grid's view."""
    looked, anchor = case.source(place)
    tile = looked.tile
    part = f" of the tile at ({tile.x}, {tile.y}) px" if tile is not None else ""
    if looked.cells is None:
        return "This network has no grid: it looks at regions that it proposes itself."
    head, row, column, shape = looked.cells[anchor].tolist()
    grid = looked.heads[head]
    sides = ""
    if shape < len(grid.anchors):
        wide, high = grid.anchors[shape]
        sides = f", {wide:.0f} × {high:.0f} px of the network's input"
    return (
        f"It comes from row {row}, column {column} of the {grid.rows} × {grid.columns} grid{part}, "
        f"by anchor {shape + 1} of {len(grid.anchors)}{sides}."
    )


def nothing(case: Case) -> None:
    """Where no box is left, or every object known to be there is foreign to the network: what to do."""
    words = trouble(case)
    if not words:
        return
    st.info(words, icon=":material/info:")
    other = card(WIDER)
    if case.look.row is not None and case.look.model != WIDER and not _knows(case, other):
        st.button(
            f"Take {other.title}, 80 classes, {other.megabytes}",
            icon=":material/detection_and_zone:",
            key="take-wider",
            on_click=_take,
            args=(other,),
        )


def trouble(case: Case) -> str:
    """What is wrong with this photo for this network; empty where nothing is."""
    names, photo = case.look.seen.names, case.look.photo
    known = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    known, title = messages.escape(known), messages.escape(case.look.title)
    if (
        photo.truth is not None
        and photo.truth.labels
        and not any(kind_of(label) in names for label in photo.truth.labels)
    ):
        there = messages.escape(", ".join(dict.fromkeys(kind_of(label) for label in photo.truth.labels)))
        if case.things:
            return (
                f"{title} knows {known}, and none of what is on this photo ({there}): every box here is a mistake. Take a "
                "network that knows more, or another photo."
            )
    if case.things:
        return ""
    if case.found.raced.labels:
        return ""
    best = _best(case)
    surest = f" Its surest box scores {best:.2f}." if best else ""
    filtered = " Only the chosen classes are looked for." if case.settings.classes else ""
    return (
        f"{title} knows {known}, and finds none of it at this confidence.{surest}{filtered} Lower the confidence, take a "
        "network that knows more, or another photo."
    )


def _best(case: Case) -> float:
    return max(
        (
            float(found.scores[0])
            for found, _ in (look.candidates() for look in case.look.seen.looks)
            if len(found.scores)
        ),
        default=0.0,
    )


def _knows(case: Case, other: ModelCard) -> bool:
    """Whether the network that is asked knows as many classes as the other."""
    return len(case.look.seen.names) >= len(other.classes)


def _take(other: ModelCard) -> None:
    model_picker.choose(other)
    address.keep(PICKED, None)


def _inside(head: int, row: int, column: int, shape: int) -> None:
    st.session_state["part"] = "Inside the grid"
    st.session_state.pop(inside_stage.OF, None)  # else the place would be forgotten as one of another photo
    address.keep(inside_stage.CELL, inside_stage.written(Place(head, row, column, shape)))
