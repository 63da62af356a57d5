"""Anchors & IoU: two boxes under the hand, four measures of their overlap, and what each one teaches a box."""

import streamlit as st

from ui import cached, controls, export, frame, messages, parts
from ui.sections.anchors import boxes, challenges, descent, iou_lab
from ui.sections.anchors.snippet import snippet
from viz.boxes import overlap_picture

photo = frame.open_page("pages/anchors.py")


@st.fragment
def lab() -> None:
    """The boxes and their numbers: a released box reruns this part and the next, not the frame."""
    with messages.guard("The IoU lab"):  # inside: a fragment reports its errors itself, and reruns alone
        preset = controls.presets(boxes.PRESET, boxes.presets(photo), default=boxes.FIRST)
        pair = iou_lab.place(photo, preset)
        overlap = cached.measure(pair.a, pair.b)
        iou_lab.check(pair, overlap)
        with parts.hideable("challenges"):
            challenges.challenges(photo, pair, overlap)
        with parts.hideable("formulas"):
            parts.section("Why four?", "Each formula takes an earlier one and adds what that one could not see.")
            iou_lab.formulas(overlap)
        rest(pair, iou_lab.rows(pair, overlap))


@st.fragment
def rest(pair: boxes.Pair, rows: export.Rows) -> None:
    """The descent and what closes the page: its sliders rerun this part alone."""
    answer = None
    with parts.hideable("descent"), messages.guard("The descent"):
        answer = descent.descent(photo, pair)
    parts.caveat(
        "A box that fits is not a right answer: no measure of overlap asks what is inside. And a loss that "
        "wins on one box alone need not train the better detector."
    )
    with parts.hideable("export"):
        export.take_away(
            "iou",
            picture=lambda: overlap_picture(photo.pixels, pair.a, pair.b),
            rows=rows,
            settings={"photo": photo.name, "a": pair.a, "b": pair.b},
            link=controls.link(boxes.PRESET, boxes.KEY_A, boxes.KEY_B, "from", "steps", "rate", "step"),
            snippet=snippet(pair),
        )
    frame.send_to("app.py")
    if answer:
        parts.cost(answer.cost)


lab()
