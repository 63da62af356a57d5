"""What is true of each pixel: known by the lab, painted by the visitor, or read from a mask file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.images.photo import Photo
from ui.cached import mask_grades
from ui.sections.segmenter import grading_file, grading_painted
from ui.sections.segmenter.grading_case import FILE, PAINTED, PHOTO, SOURCES, Known

if TYPE_CHECKING:
    from core.experiments.segmented import Segmented

KEY = "judge_truth"


def source() -> str:
    """Who says what is on the photo."""
    chosen = st.segmented_control(
        "Truth",
        SOURCES,
        default=PHOTO,
        required=True,
        key=KEY,
        bind="query-params",
        help="What each pixel really is: as this lab drew or outlined it, painted by you over the photo, or read from a mask "
        "file of yours.",
    )
    return chosen if chosen in SOURCES else PHOTO


def painting(chosen: str, photo: Photo) -> bool:
    """Whether the truth is painted: as it was chosen, or because nobody has outlined this photo."""
    return chosen == PAINTED or (chosen == PHOTO and mask_grades.known_truth(photo) is None)


def of(chosen: str, photo: Photo, found: Segmented, place: DeltaGenerator) -> Known:
    """The truth of a source; its painter or uploader goes to `place`. Before a file is read, what is known without it counts."""
    own = mask_grades.known_truth(photo)
    with place:
        if chosen == FILE:
            read = grading_file.truth(photo, found)
            return Known(PHOTO, own or grading_painted.empty(photo)) if read is None else Known(FILE, read)
        if own is not None and chosen == PHOTO:
            return Known(PHOTO, own)
        if chosen == PHOTO:
            st.info(
                "Nobody has outlined this photo yet: until you paint the truth here, every pixel counts as background. Or "
                "bring a mask file: change Truth.",
                icon=":material/brush:",
            )
        return Known(PAINTED, grading_painted.truth(photo, found, own))
