"""Anchors & IoU: two boxes under the hand, the anchors of a place, and which anchors learn from which object."""

import streamlit as st

from ui import cached, controls, formats, frame, messages, parts
from ui.sections.anchors import (
    assignment,
    boxes,
    cases,
    challenges,
    closer,
    counting,
    descent,
    generator,
    iou_lab,
    offsets,
    rule,
    truths,
    which,
)

photo = frame.open_page("pages/anchors.py")


@st.fragment
def two_boxes() -> None:
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
def rest(pair: boxes.Pair, rows: formats.Rows) -> None:
    """The descent and what closes the part: its sliders rerun this alone."""
    answer = None
    with parts.hideable("descent"), messages.guard("The descent"):
        answer = descent.descent(photo, pair)
    parts.caveat(
        "A box that fits is not a right answer: no measure of overlap asks what is inside. And a loss that "
        "wins on one box alone need not train the better detector."
    )
    with parts.hideable("export"):
        iou_lab.take_away(photo, pair, rows)
    frame.send_to("pages/nms.py", "pages/detector.py", "pages/models.py")
    if answer:
        parts.cost(answer.cost)


@st.fragment
def anchors() -> None:
    """Which anchors are these? Point at the photo, move their sizes, and count them."""
    with messages.guard("The anchors"):
        with parts.hideable("controls"):
            settings = generator.controls()
        stage = st.container()
        with parts.hideable("coordinates"):
            first, second = st.columns([3, 1], gap="medium")
            with first:
                objects = truths.typed(photo)
            with second:
                point = which.typed(photo, objects)
        with stage:
            which.stage(photo, objects, settings, point)
        answer = cached.anchors(settings, photo)
        placed = cached.at_place(answer.levels, truths.boxes(objects), *point)
        with parts.hideable("numbers"):
            which.figures(answer, placed)
        left, right = st.columns(2, gap="medium")
        with left, parts.hideable("formulas"):
            parts.section("How many are there?")
            counting.formulas(photo, settings, answer.levels)
        with right, parts.hideable("density"):
            parts.section("Where do they lie?")
            which.density(photo, settings, answer)
        parts.caveat(
            "Anchors that cover a photo densely need not fit its objects, and more of them are not better: each is one more "
            "prediction to make, and nearly all of them will be background."
        )
        with parts.hideable("export"):
            which.take_away(photo, objects, settings, answer, point, placed)
        frame.send_to("pages/nms.py", "pages/detector.py", "pages/models.py")
        parts.cost(answer.cost)


@st.fragment
def assigned() -> None:
    """Which anchors learn from which object? Drag the objects, choose the rule, and see who is left alone."""
    with messages.guard("The assignment"):
        with parts.hideable("controls"):
            settings, how = rule.controls()
        stage = st.container()
        with parts.hideable("coordinates"):
            objects = truths.typed(photo)
        assignment.waiting(stage)
        answer = cached.assign(truths.boxes(objects), settings, how, photo)
        picked = offsets.picked(photo, objects, settings, answer)
        with stage:
            assignment.stage(photo, objects, settings, how, answer, picked)
        if picked is None:
            st.info("There is no object on the photo. Add a box, and the rule has something to assign.")
            return
        with parts.hideable("numbers"):
            assignment.figures(objects, how, answer)
        with parts.hideable("closer"):
            closer.closer(photo, objects, settings, how, answer, picked)
        parts.caveat(
            "A good assignment is where training starts, not what it ends with: a network may still miss an object that ten "
            "anchors fit, and later detectors assign by what the network predicts, or do without anchors."
        )
        with parts.hideable("export"):
            assignment.take_away(photo, objects, how, answer)
        frame.send_to("pages/nms.py", "pages/detector.py", "pages/models.py")
        parts.cost(answer.cost)


PARTS = {"Two boxes": two_boxes, "Anchors": anchors, "Assignment": assigned}
row, question = st.container(), st.container()
with row:
    part = controls.part(list(PARTS))
if part != "Two boxes":
    with question:  # outside the fragments: a question may bring its own photo
        cases.choose(photo)
PARTS[part]()
