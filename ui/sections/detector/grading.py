"""The view *How good is it?* of the detector page: every box is judged by the ground truth, and a confidence cuts the line."""

from __future__ import annotations

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.nms_settings import LEAST_SCORE
from core.images.photo import Photo
from ui import controls, frame, messages, parts
from ui.cached import grades
from ui.sections.detector import (
    grading_away,
    grading_boxes,
    grading_more,
    grading_presets,
    grading_stage,
    grading_truths,
)
from ui.sections.detector.grading_boxes import Boxes
from ui.sections.detector.grading_presets import ALL, AREA, CLASS, CONFIDENCE, IOU, KEY
from ui.sections.detector.grading_stage import Shown

AREAS = ("All points, VOC since 2010", "Eleven points, VOC until 2009")


def grading(photo: Photo) -> None:
    """Draw the view for `photo`."""
    controls.presets(KEY, grading_presets.presets(), default=grading_presets.FIRST)
    _judged(photo)


@st.fragment
def _judged(photo: Photo) -> None:
    """Whose boxes, and by which truth."""
    with messages.guard("The judgement"):
        with parts.hideable("controls"), st.container(horizontal=True, vertical_alignment="bottom"):
            boxes_of = grading_boxes.source()
            truth_of = grading_truths.source()
            far = st.popover("More settings", icon=":material/tune:", width="content")
        below = parts.hideable("truth")
        moving = st.container()
        known = grading_truths.of(truth_of, photo, below)
        boxes = grading_boxes.of(boxes_of, photo, known, far, below)
        eleven = _eleven(far)
        with moving:
            _moving(photo, boxes, eleven)
        frame.send_to("pages/nms.py", "pages/anchors.py", "pages/attribution.py", "pages/models.py")
        parts.cost(boxes.cost)


@st.fragment
def _moving(photo: Photo, boxes: Boxes, eleven: bool) -> None:
    """All that follows the thresholds. One judgement serves every confidence, so it answers at once."""
    with messages.guard("The counts"):
        with parts.hideable("controls", "thresholds"):
            cells = st.grid(3, min_column_width=200, gap="medium")
            at, threshold = _confidence(cells.cell()), _threshold(cells.cell())
        graded = grades.grade(boxes.digest, boxes.found, boxes.known.truths, boxes.names, threshold)
        shown = Shown(photo, boxes, graded, _class(cells.cell(), [one.label or "" for one in graded.classes]), eleven)
        with parts.hideable("photo"):
            grading_stage.stage(shown, at)
        with parts.hideable("numbers"):
            grading_stage.figures(shown, at)
        with parts.hideable("formulas"):
            grading_stage.formulas(shown, at)
        with parts.hideable("curves"):
            grading_more.more(shown, at)
        parts.caveat(
            "One photo is no benchmark: a single box decides whole percents here. COCO's numbers come from 5,000 photos "
            "(val2017), VOC's from 4,952 (test of 2007), each with all its photos in one line by score. And what nobody marked "
            "counts as false, even where the detector is right."
        )
        with parts.hideable("export"):
            grading_away.take_away(shown, at)


def _confidence(cell: DeltaGenerator) -> float:
    return cell.slider(
        "Confidence",
        LEAST_SCORE,
        1.0,
        LEAST_SCORE,
        0.01,
        key=CONFIDENCE,
        bind="query-params",
        help="Only boxes with this score or more are shown and counted. The network does not run again.",
    )


def _threshold(cell: DeltaGenerator) -> float:
    return cell.slider(
        "IoU that counts as found",
        0.05,
        0.95,
        0.5,
        0.05,
        key=IOU,
        bind="query-params",
        help="How much a box must overlap an object of its class: area shared over area covered. VOC asks for 0.5; COCO "
        "takes the mean from 0.5 to 0.95.",
    )


def _class(cell: DeltaGenerator, labels: list[str]) -> str | None:
    """The class that is looked at; None for all of them."""
    if st.session_state.get(CLASS) not in (None, ALL, *labels):
        st.session_state[CLASS] = ALL
    chosen = cell.selectbox("Class", [ALL, *labels], key=CLASS, bind="query-params")
    return chosen if chosen in labels else None


def _eleven(cell: DeltaGenerator) -> bool:
    return cell.radio("AP is read at", AREAS, key=AREA, bind="query-params") == AREAS[1]
