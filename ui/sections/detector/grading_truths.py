"""What is known to be on the photo: by the lab, drawn by the visitor, or from a file; and what the network calls it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.settings import Labelled
from core.boxes.truth_files import TruthReading, read_names
from core.errors import PhotoError
from core.experiments.naming import alias, kind
from core.experiments.verdicts import Marked
from core.images.photo import Photo
from ui import cached, messages
from ui.cached import grades
from ui.components.truth_editor import Change, truth_drawer
from ui.sections.anchors import truths

KEY = "truth_from"
PHOTO, DRAWN, FILE = SOURCES = ("Photo", "Drawn", "File")
MOST_MEGABYTES = 5
MOST_NAMES = 6
"""Strange names that can be told to be others; a file with more is about other things."""

_STRANGE = "nothing it knows"
_READ, _NAMES, _IMAGE, _IMAGES, _LAST = "graded-file", "graded-names", "graded-image", "graded-images", "graded-last"


@dataclass(frozen=True, slots=True)
class Known:
    """The objects with the names that the network has for them where it has any, and where they come from."""

    source: str
    truths: tuple[Marked, ...]


def source() -> str:
    """Who says what is on the photo."""
    chosen = st.segmented_control(
        "Ground truth",
        SOURCES,
        default=PHOTO,
        required=True,
        key=KEY,
        bind="query-params",
        help="What is really on the photo: as this lab marked its own photos, drawn by you, or read from your file.",
    )
    return chosen if chosen in SOURCES else PHOTO


def of(chosen: str, photo: Photo, below: DeltaGenerator) -> Known:
    """The objects of a source; its editor or file goes to `below`. What can't be read leaves the last ones."""
    with below:
        if chosen == FILE:
            return Known(FILE, _file(photo))
        if chosen == DRAWN or photo.truth is None:
            if chosen == PHOTO:
                st.info(
                    "Nobody has marked this photo yet. Draw the objects here, or bring a file: change Ground truth.",
                    icon=":material/draw:",
                )
            return Known(DRAWN, _drawn(photo))
    return Known(PHOTO, own(photo))


def own(photo: Photo) -> tuple[Marked, ...]:
    """What the lab knows to be on its own photos and scenes."""
    if photo.truth is None:
        return ()
    rows = zip(photo.truth.labels, photo.truth.boxes.tolist(), strict=True)
    return tuple(Marked(label, (x1, y1, x2, y2)) for label, (x1, y1, x2, y2) in rows)


def renamed(known: Known, names: Sequence[str], title: str, below: DeltaGenerator) -> Known:
    """The same with the names of the network: where it knows another word, or where the visitor says which."""
    every = tuple(Marked(_own_name(one.label, names), one.box, one.difficult) for one in known.truths)
    strange = [label for label in dict.fromkeys(one.label for one in every) if label not in names]
    if not strange:
        return replace(known, truths=every)
    with below:
        asked = [label for label in strange if known.source != PHOTO or alias(label, names)][:MOST_NAMES]
        told = dict(
            zip(
                asked,
                _ask(asked, names, title, wide=len(strange) == len({one.label for one in every})) if asked else (),
                strict=True,
            )
        )
        left = [label for label in strange if not told.get(label)]
        st.caption(_strange(left, told, every, title))
    return replace(known, truths=tuple(replace(one, label=told.get(one.label) or one.label) for one in every))


def _own_name(label: str, names: Sequence[str]) -> str:
    """The label itself, or without its number: "circle 2" is a circle. What is another word is asked about."""
    bare = kind(label)
    return label if label in names or bare not in names else bare


def _ask(strange: Sequence[str], names: Sequence[str], title: str, *, wide: bool) -> list[str | None]:
    """A choice for each strange name: what the network calls that thing, where there are two names for one.

    It is open to begin with where `wide`, since nothing is known at all.
    """
    answers: list[str | None] = []
    with st.expander(f"Names that {title} does not know", icon=":material/translate:", expanded=wide):
        st.caption("VOC and COCO call some things by two names. Say which class is meant, and it counts.")
        cells = st.grid(3, min_column_width=190, gap="medium")
        choices = [_STRANGE, *names]
        for label in strange:
            other = alias(label, names)
            chosen = cells.cell().selectbox(
                messages.escape(label),
                choices,
                index=choices.index(other) if other in choices else 0,
                key=f"graded-name-{label}",
            )
            answers.append(None if chosen == _STRANGE else chosen)
    return answers


def _strange(left: Sequence[str], told: dict[str, str | None], every: Sequence[Marked], title: str) -> str:
    """What became of the strange names, in a sentence or two."""
    words = [
        f"“{messages.escape(label)}” is read as **{messages.escape(name)}**." for label, name in told.items() if name
    ]
    if left:
        count = sum(one.label in left for one in every)
        listed = ", ".join(f"“{messages.escape(label)}”" for label in left[:MOST_NAMES])
        more = f" and {len(left) - MOST_NAMES} more" if len(left) > MOST_NAMES else ""
        things = "1 object need" if count == 1 else f"{count} objects need"
        words.append(f"{title} knows no {listed}{more}: {things} not be found.")
    return ":material/translate: " + " ".join(words)


def _drawn(photo: Photo) -> tuple[Marked, ...]:
    """The photo with boxes to drag, and the same as text, where they get their names."""
    place = st.container()
    objects = truths.typed(photo)
    with place:
        image = cached.backdrop(photo)
        truth_drawer("graded-editor", image, photo.width, photo.height, objects, on_change=_changed)
    st.caption(
        "Drag a box or its corners, or add one. Its name is in the text: write the name of a class, such as cat, and it counts."
    )
    return tuple(Marked(kind(one.label), one.box) for one in objects)


def _changed(change: Change) -> None:
    truths.keep(change.truths)


def _file(photo: Photo) -> tuple[Marked, ...]:
    state = st.session_state
    first, second = st.columns(2, gap="medium")
    given = first.file_uploader(
        "A file of objects",
        type=["json", "xml", "txt"],
        key="graded-upload",
        max_upload_size=MOST_MEGABYTES,
        help=f"COCO's annotations (.json), PASCAL VOC's (.xml) or YOLO's lines (.txt), at most {MOST_MEGABYTES} MB.",
    )
    listed = second.file_uploader(
        "Names of YOLO's classes",
        type=["txt", "names"],
        key="graded-upload-names",
        max_upload_size=MOST_MEGABYTES,
        help="One name in each line, in the order of the numbers. Only YOLO's files need it.",
    )
    st.caption("In pixels of the photo, or scaled to it where the file tells another size. Nothing of it is kept.")
    if listed is not None:
        state[_NAMES] = listed.getvalue()
    name, data = (given.name, given.getvalue()) if given else state.get(_READ, ("", b""))
    if not name:
        st.info("No file yet: until there is one, what the lab knows of this photo counts.", icon=":material/info:")
        return own(photo)
    try:
        reading = _reading(data, photo)
    except PhotoError as error:
        messages.explain(error)
        digest, kept = state.get(_LAST, ("", None))
        if digest == photo.digest and kept is not None:
            st.caption("Until then the last good file counts.")
            return kept
        return own(photo)
    state[_READ] = (name, data)
    _told(name if given is None else "", reading)
    marks = tuple(
        Marked(one.label, one.box, bool(hard)) for one, hard in zip(reading.objects, reading.difficult, strict=True)
    )
    state[_LAST] = (photo.digest, marks)
    return marks


def _reading(data: bytes, photo: Photo) -> TruthReading:
    """The objects of the file for this photo. Of several photos in it the visitor chooses."""
    state = st.session_state
    names = read_names(state[_NAMES]) if state.get(_NAMES) else ()
    image = state.get(_IMAGE)
    known = image if image in state.get(_IMAGES, ()) else None
    try:
        reading = grades.read_truths(data, photo.width, photo.height, names, known)
    except PhotoError:
        if known is None:
            raise
        reading = grades.read_truths(data, photo.width, photo.height, names, None)  # another file than the choice is of
    state[_IMAGES] = reading.images
    if len(reading.images) > 1:
        st.selectbox("Photo in the file", reading.images, key=_IMAGE)
    return reading


def _told(still: str, reading: TruthReading) -> None:
    """What was read, left out, and changed on the way."""
    count = len(reading.objects)
    told = [f"{count} object{'s' if count != 1 else ''} read as {reading.format.title}."]
    if still:
        told.append(f"They are still those of {messages.escape(still)}.")
    st.caption(" ".join([*told, *(messages.escape(note) for note in reading.notes)]))
    if reading.left_out:
        rows = "1 row was" if reading.left_out == 1 else f"{reading.left_out:,} rows were"
        problems = " ".join(messages.escape(words) for words in reading.problems)
        st.warning(f"{rows} left out. {problems}", icon=":material/rule:")


def labelled(marks: Sequence[Marked]) -> tuple[Labelled, ...]:
    """The same without the mark of difficulty."""
    return tuple(Labelled(one.label, one.box) for one in marks)
