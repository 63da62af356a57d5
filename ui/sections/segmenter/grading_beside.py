"""A second segmenter, judged by the same truth: another network, or the same one with more looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.images.photo import Photo
from core.segmentation.settings import SegmentSettings
from core.zoo.catalog import of
from core.zoo.model_card import ModelCard, Task
from ui import model_picker, networks
from ui.cached import segmentations

if TYPE_CHECKING:
    from core.experiments.segmented import Segmented

KEY = "judge_beside"
NOTHING, LOOKS = "Nothing", "The same, six looks"
SIX = SegmentSettings(flip=True, scales=(0.75, 1.0, 1.25))


@dataclass(frozen=True, slots=True, eq=False)
class Other:
    """The second answer, and whose it is."""

    title: str
    found: Segmented


def pick(first: ModelCard, photo: Photo, cell: DeltaGenerator, below: DeltaGenerator) -> Other | None:
    """The second answer, if one is asked for; a network that is not here is offered in `below`."""
    rows = {row.title: row for row in of(Task.SEGMENT)}
    chosen = cell.selectbox(
        "Beside it",
        (NOTHING, LOOKS, *rows),
        key=KEY,
        bind="query-params",
        help="Judged by the same truth. Six looks: the photo and its mirror image in three sizes, their scores averaged.",
    )
    if chosen == LOOKS:
        return Other(f"{first.title}, six looks", segmentations.segmented(photo, first.key, SIX))
    row = rows.get(chosen or NOTHING)
    with below:
        if row is first:
            st.caption(f"**{first.title}** is judged already: choose another one to stand beside it.")
        elif row is not None and not networks.present(row):
            model_picker.offer(row)
        elif row is not None:
            row, found = model_picker.answered(row, below, lambda one: segmentations.segmented(photo, one.key))
            return None if row is first else Other(row.title, found)
    return None
