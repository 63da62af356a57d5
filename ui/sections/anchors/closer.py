"""A closer look at an assignment, one thing at a time: how well anchors fit, how YOLO decides, what is predicted.

Only what is open is computed and drawn, so that a slider above answers at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import streamlit as st

from core.boxes.layout import AnchorSettings
from core.boxes.settings import AssignmentSettings, Labelled, Rule
from core.images.photo import Photo
from ui.sections.anchors import assignment, offsets

if TYPE_CHECKING:
    from core.experiments.assignment import Assignment, Matched

KEY = "look"
FIT, DECISION, OFFSETS = "How well they fit", "How YOLO decides", offsets.TITLE


def closer(
    photo: Photo,
    objects: tuple[Labelled, ...],
    settings: AnchorSettings,
    how: AssignmentSettings,
    answer: Assignment,
    picked: Matched,
) -> None:
    """The switch, and what it opens. How YOLO decides is there with YOLO's rule only."""
    views: dict[str, Callable[[], None]] = {
        FIT: lambda: assignment.maps(photo, objects, settings, how, answer),
        OFFSETS: lambda: offsets.offsets(photo, objects, picked),
    }
    if how.rule is Rule.CELL:
        views[DECISION] = lambda: assignment.nine(objects, answer)
    if st.session_state.get(KEY, FIT) not in views:
        st.session_state[KEY] = FIT
    st.space("small")
    chosen = st.segmented_control("Look closer", list(views), default=FIT, required=True, key=KEY, bind="query-params")
    views.get(chosen or FIT, views[FIT])()
