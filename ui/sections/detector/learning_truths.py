"""The objects that the head shall learn: what is known of the photo at first, then as the visitor drags or types them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.settings import Labelled, kind_of
from core.errors import SettingError
from core.images.photo import Photo
from core.zoo.detectors import LAB_YOLO
from ui import box_field, cached, messages
from ui.sections.anchors import truths

KEY, PHOTO = "taught", "taught-photo"
CHOSEN, NAMED = "object", "named"
GUESSES = 4


def known_to(photo: Photo) -> bool:
    """Whether somebody marked this photo."""
    return photo.truth is not None and bool(photo.truth.labels)


def of(photo: Photo) -> tuple[Labelled, ...]:
    """What the view begins with: the photo's own objects of classes that the lab's heads know, or else all of them.

    Where nothing is known of the photo, these are the boxes that the trained network is sure of, at most four.
    """
    if known_to(photo):
        own = truths.of(photo)
        return tuple(one for one in own if kind_of(one.label) in LAB_YOLO.classes) or own
    with st.container():  # a cached door takes a place on the page
        found = cached.things(photo, LAB_YOLO.key).things
    sure = [one for one in found if one.score >= LAB_YOLO.sure][:GUESSES]
    return tuple(labelled for one in sure if (labelled := _on_photo(one.label, one.box, photo)) is not None)


def left_out(photo: Photo) -> tuple[str, ...]:
    """The kinds of things that are marked on the photo, but that the view does not begin with."""
    if not known_to(photo):
        return ()
    kept = {kind_of(one.label) for one in of(photo)}
    return tuple(dict.fromkeys(kind for one in truths.of(photo) if (kind := kind_of(one.label)) not in kept))


def typed(photo: Photo) -> tuple[Labelled, ...]:
    """The text field with all objects. What makes no boxes is explained and leaves the last ones.

    On another photo they return to what that begins with; a link's stay as it has them.
    """
    own = of(photo)
    before = st.session_state.get(PHOTO)
    if before is not None and before != photo.digest and not box_field.linked(KEY):
        st.session_state[KEY] = truths.written(own)
    st.session_state[PHOTO] = photo.digest
    words = st.text_input(
        "Objects",
        value=truths.written(own),
        key=KEY,
        bind="query-params",
        max_chars=truths.LONGEST_TEXT,
        help="A class and left, top, right, bottom in pixels of the photo; a semicolon before the next one.",
    )
    st.session_state[f"{KEY}-typed"] = words
    last = f"{KEY}-last"
    try:
        st.session_state[last] = (photo.digest, truths.read(words or "", photo.width, photo.height))
    except SettingError as error:
        messages.explain(error)
    digest, kept = st.session_state.get(last, ("", own))
    return kept if digest == photo.digest else own


def keep(objects: Sequence[Labelled]) -> None:
    """Take over objects that were dragged, added, deleted or named: the text field, and with it the URL, follows."""
    st.session_state[KEY] = truths.written(objects)


def title(objects: Sequence[Labelled], place: int) -> str:
    """How an object is called on the page: its number and its class."""
    return f"{place + 1} {kind_of(objects[place].label)}"


def choose(objects: Sequence[Labelled], cell: DeltaGenerator) -> int | None:
    """Which object is looked at; None without any. A click on a box or an anchor of the photo chooses, too."""
    rows = [title(objects, place) for place in range(len(objects))]
    if not rows:
        cell.empty()
        return None
    if st.session_state.get(CHOSEN) not in rows:
        st.session_state.pop(CHOSEN, None)
    chosen = cell.segmented_control(
        "Object",
        rows,
        default=rows[0],
        required=True,
        format_func=messages.escape,
        key=CHOSEN,
        bind="query-params",
        help="Or click its anchor on the photo.",
    )
    return rows.index(chosen) if chosen in rows else 0


def name(objects: Sequence[Labelled], chosen: int, names: Sequence[str], cell: DeltaGenerator) -> None:
    """The class of the chosen object: one that the network knows, or none of them."""
    kind = kind_of(objects[chosen].label)
    st.session_state[NAMED] = kind if kind in names else None
    cell.selectbox(
        "It is a",
        names,
        index=None,
        required=True,
        key=NAMED,
        placeholder=f"{kind}: not one of its classes",
        on_change=_rename,
        args=(tuple(objects), chosen),
        help="The classes that the network was trained with. Another one can be typed among the objects.",
    )


def _rename(objects: tuple[Labelled, ...], chosen: int) -> None:
    label = st.session_state[NAMED]
    if label is None:
        return
    renamed = [replace(one, label=label) if place == chosen else one for place, one in enumerate(objects)]
    keep(renamed)
    st.session_state[CHOSEN] = title(renamed, chosen)


def _on_photo(label: str, box: tuple[float, float, float, float], photo: Photo) -> Labelled | None:
    """A found box in whole pixels and cut at the photo's edges, as a person would mark it; None where nothing is left."""
    x1, y1, x2, y2 = (round(side) for side in box)
    x1, y1, x2, y2 = max(0, x1), max(0, y1), min(photo.width, x2), min(photo.height, y2)
    return Labelled(label, (float(x1), float(y1), float(x2), float(y2))) if x1 < x2 and y1 < y2 else None
