"""The two boxes of the page: where they stand when a photo is opened, by preset, and as the visitor left them."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.boxes.settings import Box
from core.images.photo import Photo
from ui import box_field
from ui.controls import Preset

KEY_A, KEY_B = "a", "b"
PRESET = "try"
FIRST = "On the object"
ROOMY = 0.7  # an object that covers more of the photo leaves a second box nowhere to go


@dataclass(frozen=True, slots=True)
class Pair:
    """Box A and box B in pixels of the photo."""

    a: Box
    b: Box


def pairs(photo: Photo) -> dict[str, Pair]:
    """The pair of boxes of each preset, for this photo."""
    width, height = photo.width, photo.height
    small = _centred(0.35 * width, 0.5 * height, 0.42 * width, 0.46 * height)
    step = (small[2] - small[0]) / 2
    long, short = 0.62 * min(width, height), 0.34 * min(width, height)
    return {
        FIRST: Pair(_object(photo)[0], _guess(photo)),
        "Half aside": Pair(small, _moved(small, step, 0)),
        "Apart": Pair(
            _centred(0.22 * width, 0.36 * height, 0.26 * width, 0.4 * height),
            _centred(0.76 * width, 0.62 * height, 0.26 * width, 0.4 * height),
        ),
        "Crossed": Pair(_centred(width / 2, height / 2, long, short), _centred(width / 2, height / 2, short, long)),
    }


def presets(photo: Photo) -> dict[str, Preset]:
    """One question for each pair."""
    label = _object(photo)[1]
    subject = f"A is drawn around the {label}" if label else "Say that A is the object"
    words = {
        FIRST: (
            f"{subject}, B is a detection. Does B count as found?",
            "PASCAL VOC and COCO's AP50 ask for an IoU above 0.5 (COCO averages up to 0.95). Drag B until it just counts: "
            "a box may look good and still fail.",
        ),
        "Half aside": (
            "B is A, moved by half its width. Is the IoU one half?",
            "No, one third. Half of A is shared, but the union has grown to one and a half: 0.5 / 1.5.",
        ),
        "Apart": (
            "IoU is 0 here, and stays 0 if you drag B further. Which measures still see how far?",
            "GIoU, DIoU and CIoU fall towards −1 with the distance. A loss of 1 − IoU stays at 1: nothing to learn from.",
        ),
        "Crossed": (
            "Same centre, same area, one turned by 90 degrees. Which measure sees that the shapes differ?",
            "CIoU: its aspect term. DIoU equals IoU, since the centres agree. GIoU only sees the empty corners.",
        ),
    }
    return {
        name: Preset(question=question, answer=answer, settings=_settings(pairs(photo)[name]))
        for name, (question, answer) in words.items()
    }


def open_pair(photo: Photo, preset: str) -> Pair:
    """The boxes the widgets start with. On another photo they return to the preset, made for that photo.

    Boxes that a link brings along with its photo stay as the link has them.
    """
    pair = pairs(photo)[preset]
    before = st.session_state.get("boxes_photo")
    if before is not None and before != photo.digest:
        for key, words in _settings(pair).items():
            if not box_field.linked(key):
                st.session_state[key] = words
    st.session_state["boxes_photo"] = photo.digest
    return pair


def keep(a: Box, b: Box) -> None:
    """Take over boxes that were dragged: the typed coordinates, and with them the URL, follow."""
    st.session_state.update(_settings(Pair(a, b)))


def by_hand(photo: Photo, pair: Pair) -> bool:
    """Whether the visitor placed these boxes; a preset's own do not solve a challenge."""
    return all(_settings(pair) != _settings(other) for other in pairs(photo).values())


def _settings(pair: Pair) -> dict[str, object]:
    return {KEY_A: box_field.written(pair.a), KEY_B: box_field.written(pair.b)}


def _object(photo: Photo) -> tuple[Box, str | None]:
    """The first known object that leaves room to move a box, and its label; else the middle of the photo."""
    if photo.truth is not None:
        for corners, label in zip(photo.truth.boxes, photo.truth.labels, strict=True):
            x1, y1, x2, y2 = (float(value) for value in corners)
            if (x2 - x1) * (y2 - y1) <= ROOMY * photo.width * photo.height:
                return (x1, y1, x2, y2), label
    return _centred(photo.width / 2, photo.height / 2, 0.5 * photo.width, 0.56 * photo.height), None


def _guess(photo: Photo) -> Box:
    """A detection that is near the truth and not on it: smaller, and moved towards the side with more room."""
    x1, y1, x2, y2 = _object(photo)[0]
    width, height = x2 - x1, y2 - y1
    right = 1 if photo.width - x2 > x1 else -1
    down = 1 if photo.height - y2 > y1 else -1
    box = _centred(
        (x1 + x2) / 2 + 0.22 * width * right, (y1 + y2) / 2 + 0.14 * height * down, 0.86 * width, 0.84 * height
    )
    return _clipped(box, photo)


def _centred(x: float, y: float, width: float, height: float) -> Box:
    """A box around a whole pixel, an even number of pixels wide and high, so that halves are exact."""
    x, y = round(x), round(y)
    half_width, half_height = max(1, round(width / 2)), max(1, round(height / 2))
    return (float(x - half_width), float(y - half_height), float(x + half_width), float(y + half_height))


def _moved(box: Box, dx: float, dy: float) -> Box:
    return (box[0] + dx, box[1] + dy, box[2] + dx, box[3] + dy)


def _clipped(box: Box, photo: Photo) -> Box:
    return (max(0.0, box[0]), max(0.0, box[1]), min(float(photo.width), box[2]), min(float(photo.height), box[3]))
