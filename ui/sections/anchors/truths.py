"""The ground truth of the page: the photo's own objects at first, then as the visitor drags, adds, deletes or types them."""

from __future__ import annotations

import re
from collections.abc import Sequence

import streamlit as st

from core.boxes.settings import LONGEST_LABEL, MOST_OBJECTS, Box, Labelled
from core.errors import SettingError
from core.images.photo import Photo
from ui import box_field, messages

KEY = "truth"
LONGEST_TEXT = 2_000
_NUMBER = r"[-+]?[.\d][\w.+-]*"
_BOX = re.compile(rf"{_NUMBER}(?:[\s,]+{_NUMBER}){{3}}$")  # the last four numbers


def boxes(objects: Sequence[Labelled]) -> tuple[Box, ...]:
    """The boxes alone, as core wants them."""
    return tuple(one.box for one in objects)


def typed(photo: Photo) -> tuple[Labelled, ...]:
    """The text field with all objects. What makes no boxes is explained and leaves the last ones.

    On another photo they return to that photo's own; a link's stay as it has them.
    """
    own = of(photo)
    before = st.session_state.get("truth_photo")
    if before is not None and before != photo.digest and not box_field.linked(KEY):
        st.session_state[KEY] = written(own)
    st.session_state["truth_photo"] = photo.digest
    words = st.text_input(
        "Objects",
        value=written(own),
        key=KEY,
        bind="query-params",
        max_chars=LONGEST_TEXT,
        help="A name and left, top, right, bottom in pixels of the photo; a semicolon before the next one.",
    )
    st.session_state[f"{KEY}-typed"] = words
    last = f"{KEY}-last"
    try:
        st.session_state[last] = read(words or "", photo.width, photo.height)
    except SettingError as error:
        messages.explain(error)
    kept: tuple[Labelled, ...] = st.session_state.get(last, own)
    inside = all(one.box[2] <= photo.width and one.box[3] <= photo.height for one in kept)
    return kept if inside else own


def keep(truths: Sequence[Labelled]) -> None:
    """Take over objects that were dragged, added or deleted: the text field, and with it the URL, follows."""
    st.session_state[KEY] = written(truths)


def of(photo: Photo) -> tuple[Labelled, ...]:
    """What is known to be on the photo, the main object first; the middle of a photo of which nothing is known."""
    if photo.truth is None or not photo.truth.labels:
        width, height = photo.width, photo.height
        left, top = round(0.25 * width), round(0.22 * height)
        right, bottom = max(left + 1, round(0.75 * width)), max(top + 1, round(0.78 * height))
        return (Labelled("object", (float(left), float(top), float(right), float(bottom))),)
    found, labels = [], photo.truth.labels
    for place, (label, corners) in enumerate(list(zip(labels, photo.truth.boxes, strict=True))[:MOST_OBJECTS]):
        x1, y1, x2, y2 = (float(side) for side in corners)
        number = labels[: place + 1].count(label)
        name = f"{label} {number}" if labels[:MOST_OBJECTS].count(label) > 1 else label
        found.append(Labelled(name, (x1, y1, x2, y2)))
    return tuple(found)


def written(truths: Sequence[Labelled]) -> str:
    """Objects as a person types them: `cup 172, 18, 409, 308; spoon 326, 66, 425, 326`."""
    return "; ".join(f"{one.label} {box_field.written(one.box)}" for one in truths)


def read(words: str, width: int, height: int) -> tuple[Labelled, ...]:
    """The objects that somebody typed; a box without a name is called by its number. None at all is an answer too.

    Raises:
        SettingError: too many, or one that is no box on the photo.
    """
    parts = [part for part in words.split(";") if part.strip()]
    if len(parts) > MOST_OBJECTS:
        raise SettingError(f"At most {MOST_OBJECTS} objects fit on the page, got {len(parts)}.", "Delete some of them.")
    found = []
    for number, part in enumerate(parts, 1):
        part = " ".join(part.split()).rstrip(")] ")
        match = _BOX.search(part)
        label = part[: match.start()].rstrip(" :([")[:LONGEST_LABEL] if match else ""
        label = label or f"box {number}"
        box = box_field.read(match[0] if match else part, label, width, height)
        found.append(Labelled(label, box))
    return tuple(found)
