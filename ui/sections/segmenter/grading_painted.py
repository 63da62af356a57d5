"""The truth painted over the photo: where it starts from, and what the session keeps of it for each photo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.images.photo import Photo
from core.segmentation.settings import IGNORE
from core.segmentation.truths import BACKGROUND, TruthMask
from ui import cached, messages
from ui.cached import mask_grades
from ui.components.mask_painter import Canvas, mask_painter
from ui.sections.segmenter.grading_case import colours

if TYPE_CHECKING:
    from core.experiments.segmented import Segmented

_KEPT = "judge-masks"
MOST_KEPT = 4
"""Photos whose painted masks a session keeps, up to 2.5 MB each."""


def truth(photo: Photo, found: Segmented, own: TruthMask | None) -> TruthMask:
    """The painter, and the mask as it was painted last; it opens with what the lab knows, or empty."""
    mask = kept(photo) or own or empty(photo)
    names = painted_names(mask.names, found)
    canvas = Canvas(
        cached.backdrop(photo),
        " ".join((photo.digest, *names)),
        names,
        colours(found, names),
        mask.numbers,
    )
    mask_painter("judge-painter", canvas, on_paint=lambda numbers: keep(photo, TruthMask(numbers, names)))
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(":gray[Start again from]", width="content")
        st.button("Empty", key="judge-start-empty", on_click=_begin, args=(photo, empty(photo), names))
        if own is not None:
            st.button("What the lab knows", key="judge-start-known", on_click=_begin, args=(photo, own, names))
        st.button("The network's answer", key="judge-start-answer", on_click=_take_answer, args=(photo, found, names))
    st.caption(
        "Starting again is a stroke like others: Undo takes it back. The mask belongs to this photo and stays for the session; "
        f"of more than {MOST_KEPT} photos the oldest is forgotten."
    )
    return TruthMask(mask.numbers, names)


def kept(photo: Photo) -> TruthMask | None:
    """The mask that was painted on this photo, if one was."""
    return _masks().get(photo.digest)


def keep(photo: Photo, mask: TruthMask) -> None:
    """Keep a mask for its photo."""
    masks = _masks()
    masks.pop(photo.digest, None)
    masks[photo.digest] = mask
    for oldest in list(masks)[:-MOST_KEPT]:
        del masks[oldest]


def empty(photo: Photo) -> TruthMask:
    """Nothing but background."""
    return TruthMask(np.zeros((photo.height, photo.width), np.uint8), (BACKGROUND,))


def painted_names(held: Sequence[str], found: Segmented) -> tuple[str, ...]:
    """The classes to paint with: those that the mask has, those that the network found, and all others that it knows.

    Those of the mask stay where they are, so that its numbers keep their meaning.
    """
    return tuple(dict.fromkeys((*held, *(region.label for region in found.regions), *found.names)))


def renumbered(mask: TruthMask, names: tuple[str, ...]) -> TruthMask:
    """The same mask by its places in `names`, which has all of its own."""
    places = np.full(256, IGNORE, np.uint8)
    places[: len(mask.names)] = [names.index(name) for name in mask.names]
    return TruthMask(places[mask.numbers], names)


def _begin(photo: Photo, mask: TruthMask, names: tuple[str, ...]) -> None:
    """Begin with a mask. The classes stay in their order, so that the browser takes it for one more stroke."""
    keep(photo, renumbered(mask, names))


def _take_answer(photo: Photo, found: Segmented, names: tuple[str, ...]) -> None:
    """Begin with what the network says, to correct it."""
    with messages.guard("The network's answer"):
        blank = mask_grades.judged(found, photo, empty(photo))
        _begin(photo, TruthMask(blank.predicted, blank.names), names)


def _masks() -> dict[str, TruthMask]:
    return st.session_state.setdefault(_KEPT, {})
