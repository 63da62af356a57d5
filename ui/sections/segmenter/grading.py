"""The view *Grade it*: how good a segmentation is where the truth is known, by area and by contour, and where it is wrong."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.images.photo import Photo
from core.segmentation.truths import BACKGROUND
from core.zoo.model_card import Task
from ui import controls, frame, messages, model_picker, parts
from ui.cached import mask_grades, segmentations
from ui.sections.segmenter import (
    grading_away,
    grading_beside,
    grading_boxes,
    grading_presets,
    grading_stage,
    grading_table,
    grading_truths,
)
from ui.sections.segmenter.grading_case import Answer, Shown, main_label
from ui.sections.segmenter.grading_presets import CLASS, EDGE, KEY

_FIRST = "judge-first"


def grading(photo: Photo) -> None:
    """Draw the view for `photo`."""
    controls.presets(KEY, grading_presets.presets(), default=grading_presets.FIRST)
    _judged(photo)


@st.fragment
def _judged(photo: Photo) -> None:
    """Whose answer, and by which truth; a stroke on the mask runs this again."""
    with messages.guard("The judgement"):
        with parts.hideable("controls"), st.container(horizontal=True, vertical_alignment="bottom"):
            with st.container(width=300):
                card = model_picker.pick(Task.SEGMENT, brief=True)
            source = grading_truths.source()
            far = st.popover("More settings", icon=":material/tune:", width="content")
        below = st.container()
        card, found = model_picker.answered(card, below, lambda row: segmentations.segmented(photo, row.key))
        other = grading_beside.pick(card, photo, far, below)
        truth, beside = _places(source, photo)
        known = grading_truths.of(source, photo, found, truth)
        answer = Answer(card.title, found, mask_grades.judged(found, photo, known.truth))
        second = None
        if other is not None:
            second = Answer(other.title, other.found, mask_grades.judged(other.found, photo, known.truth))
        shown = Shown(photo, known, answer, second, label=main_label(answer.judged), radius=5.0)
        if shown.painted:
            with beside:
                grading_stage.maps(shown)
        _moving(shown)
        frame.send_to("pages/detector.py", "pages/attribution.py", "pages/models.py")
        parts.cost(found.cost, *((other.found.cost,) if other else ()))


@st.fragment
def _moving(opened: Shown) -> None:
    """All that follows the class and the band. No network runs here."""
    with messages.guard("The scores"):
        with parts.hideable("controls", "class"):
            cells = st.grid(2, min_column_width=220, gap="medium")
            label, radius = _class(cells.cell(), opened), _edge(cells.cell())
        shown = opened.with_(label=label, radius=radius)
        with parts.hideable("photo"):
            grading_stage.stage(shown)
        if not controls.hidden(KEY):
            with parts.hideable("formulas"):
                grading_table.formulas(shown)
            with parts.hideable("classes"):
                grading_table.classes(shown)
            with parts.hideable("boxes"):
                grading_boxes.boxes(shown)
        parts.caveat(
            "One photo is no benchmark, and a truth is somebody's opinion: an outline drawn by eye is good to a few pixels, so a "
            "contour score near its tolerance says as much about the hand as about the network. What the truth leaves open "
            "counts for nothing."
        )
        with parts.hideable("export"):
            grading_away.take_away(shown)


def _places(source: str, photo: Photo) -> tuple[DeltaGenerator, DeltaGenerator]:
    """Where the truth comes from, and beside a painter where its errors are seen at once."""
    row = parts.hideable("truth")
    if not grading_truths.painting(source, photo):
        return row, row
    left, right = row.columns(2, gap="medium")
    return left, right


def _class(cell: DeltaGenerator, shown: Shown) -> str | None:
    """The class whose numbers are put in, which follows the largest object; None where no pixel is known."""
    first = main_label(shown.answer.judged)
    every = {row.label for answer in shown.answers for row in answer.judged.rows}
    options = sorted(every, key=lambda label: (label != first, label == BACKGROUND, label))
    state = st.session_state
    another = state.get(_FIRST, first) != first  # another object was painted, or another photo was chosen
    state[_FIRST] = first
    if options and (another or state.get(CLASS) not in options):
        state[CLASS] = options[0]
    return cell.selectbox(
        "Class",
        options,
        key=CLASS,
        bind="query-params",
        disabled=not options,
        help="Whose pixels the formula counts, and whose regions become boxes.",
    )


def _edge(cell: DeltaGenerator) -> float:
    pixels = cell.slider(
        "Near a contour, px",
        1,
        30,
        5,
        key=EDGE,
        bind="query-params",
        help="How far from a true contour a wrong pixel may lie to count as an error of the edge.",
    )
    return float(pixels)
