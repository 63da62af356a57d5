"""The truth from a mask file of the visitor, and what its numbers mean. What can't be read leaves the last good one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.errors import PhotoError
from core.images.photo import Photo
from core.segmentation.mask_files import MaskKind, MaskReading
from core.segmentation.settings import IGNORE
from core.segmentation.truths import BACKGROUND, TruthMask
from ui import messages, parts
from ui.cached import mask_grades

if TYPE_CHECKING:
    from core.experiments.segmented import Segmented

MOST_MEGABYTES = 5
MOST_NAMED = 12
"""Numbers that can be given a name; of more, those with the least area keep theirs."""

OPEN = "not counted"
_READ, _LAST = "judge-file", "judge-file-last"


def truth(photo: Photo, found: Segmented) -> TruthMask | None:
    """The uploader, and the mask of the file; None before the first good one for this photo."""
    state = st.session_state
    given = st.file_uploader(
        "A mask of this photo",
        type=["png"],
        key="judge-upload",
        max_upload_size=MOST_MEGABYTES,
        help="A PNG with a class for each pixel: with a palette as PASCAL VOC has it, with numbers as grey, in VOC's colours, or "
        f"in up to 64 colours of your own. At most {MOST_MEGABYTES} MB.",
    )
    name, data = (given.name, given.getvalue()) if given else state.get(_READ, ("", b""))
    if not name:
        st.info(
            "No file yet: until there is one, what the lab knows counts, or else every pixel is background.",
            icon=":material/info:",
        )
        return None
    try:
        reading = mask_grades.mask_reading(data, name, photo)
    except PhotoError as error:
        messages.explain(error)
        digest, kept = state.get(_LAST, ("", None))
        if digest != photo.digest or kept is None:
            return None
        st.caption("Until then the last good file counts.")
        return kept
    state[_READ] = (name, data)
    mask = counted(reading.truth(_names(reading, found)))
    told = [f"{messages.escape(name)}: {reading.kind.title}.", *(messages.escape(one) for one in reading.notes)]
    st.caption(" ".join(told))
    state[_LAST] = (photo.digest, mask)
    return mask


def meaning(reading: MaskReading, found: Segmented, voc: Sequence[str]) -> dict[int, str]:
    """What each number of a file is taken for at first: VOC's names where the file speaks VOC, else a guess.

    Of two numbers without VOC's colours the other one is what the network sees most of.
    """
    numbers = [value.number for value in reading.values]
    others = [number for number in numbers if number]
    if reading.kind in (MaskKind.VOC, MaskKind.PALETTE):
        return {number: voc[number] if number < len(voc) else f"class {number}" for number in numbers}
    seen = next((region.label for region in found.regions if region.label != BACKGROUND), None)
    alone = len(others) == 1 and seen is not None
    return {number: BACKGROUND if not number else seen if alone and seen else f"class {number}" for number in numbers}


def counted(mask: TruthMask) -> TruthMask:
    """The same with the pixels that are not to be counted left open."""
    if OPEN not in mask.names:
        return mask
    gone = mask.numbers == mask.names.index(OPEN)
    return TruthMask(np.where(gone, np.uint8(IGNORE), mask.numbers), mask.names)


def _names(reading: MaskReading, found: Segmented) -> dict[int, str]:
    """A name for each number: as it is meant at first, or as the visitor says."""
    names = meaning(reading, found, mask_grades.voc_names())
    unclear = any(name.startswith("class ") for name in names.values()) or reading.kind is not MaskKind.VOC
    with st.expander("What the numbers of the file mean", icon=":material/translate:", expanded=unclear):
        st.caption("Classes are compared by their names. Choose one that the network knows, or type any other.")
        cells = st.grid(4, min_column_width=160, gap="medium")
        for value in reading.values[:MOST_NAMED]:
            options = list(dict.fromkeys((names[value.number], BACKGROUND, *found.names, OPEN)))
            chosen = cells.cell().selectbox(
                f"{value.number}, {parts.percent(value.share)}",
                options,
                key=f"judge-name-{reading.kind.value}-{value.number}-{value.share:.6f}",
                accept_new_options=True,
            )
            names[value.number] = (chosen or names[value.number])[:40]
    return names
