"""Where the boxes of the race come from: a detector, a crowd, chance, a table, or the visitor's file."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.boxes.crowd_settings import CrowdSettings
from core.boxes.files import BoxTable
from core.boxes.nms_settings import LEAST_SCORE, MOST_BOXES
from core.boxes.settings import Labelled, kind_of
from core.errors import PhotoError, SettingError
from core.images.photo import Photo
from ui import address, cached, messages
from ui.sections.anchors import truths
from ui.sections.nms import cases, typed

if TYPE_CHECKING:
    from core.experiments.cost import Cost

SOURCES = ("Detector", "Crowd", "Chance", "Table", "File")
KEY, ROWS = "boxes", "rows"
KEYS = (KEY, "from_score", "count", "jitter", "noise", "confusion", "seed", "boxes_count")
MODEL = "lab-yolo-14"
_SIDES = ("left", "top", "right", "bottom")
LAG = 3.0  # seconds
MOST_MEGABYTES = 5
SEEDED = 12
"""The boxes that a table begins with: the surest of what raced before."""


@dataclass(frozen=True, slots=True)
class Racers:
    """The boxes that race, the objects known to be there, and what finding them cost, if a network did."""

    source: str
    table: BoxTable
    truths: tuple[Labelled, ...]
    cost: Cost | None = None
    note: str = ""
    """What to know before believing them."""


def kind() -> str:
    """Which source."""
    chosen = st.segmented_control(
        "Boxes from",
        SOURCES,
        default=SOURCES[0],
        required=True,
        key=KEY,
        bind="query-params",
        help="A detector of the lab before its suppression; the objects of the photo, jittered into a crowd; chance; a "
        "table to edit; or a file of your own.",
    )
    return chosen if chosen in SOURCES else SOURCES[0]


def of(source: str, photo: Photo, far: DeltaGenerator, below: DeltaGenerator) -> Racers:
    """The boxes of a source: its sliders go to `far`, its table or file to `below`. What fails leaves the last ones."""
    if source != "Table":
        address.show(ROWS, None)
    make = {"Detector": _detector, "Crowd": _crowd, "Chance": _chance, "Table": _table, "File": _file}[source]
    last = "racers-last"
    try:
        racers = make(photo, far, below)
    except (SettingError, PhotoError) as error:
        with below:  # beside what was given: at the end of the page nobody would look for it
            messages.explain(error)
            if source == "File":
                st.caption("The boxes of before race on.")
        racers = None
    if racers is not None:
        st.session_state[last] = (photo.digest, racers)
        return racers
    digest, kept = st.session_state.get(last, ("", None))
    return kept if digest == photo.digest and kept is not None else _detector(photo, far, below)


def _detector(photo: Photo, far: DeltaGenerator, below: DeltaGenerator) -> Racers:
    least = far.slider(
        "Boxes that score at least",
        LEAST_SCORE,
        0.9,
        0.3,
        0.01,
        key="from_score",
        bind="query-params",
        help="A detector gives a score to every anchor; the network does not run again.",
    )
    found = cached.candidates(photo, MODEL)
    table = _where(found.table, found.table.scores >= least)
    if not table.labels:
        best = f" Its surest box scores {found.table.scores.max():.2f}." if found.table.labels else ""
        below.info(
            f"The lab's detector knows people and five animals, and is sure of none on this photo.{best} Lower the score "
            "under More settings, take another photo, or boxes from a crowd.",
            icon=":material/info:",
        )
    return Racers("Detector", table, found.truths, found.cost, _stranger(photo, found.truths))


def _stranger(photo: Photo, known: tuple[Labelled, ...]) -> str:
    """Words for a photo on which there is nothing that the detector knows."""
    if photo.truth is None or known:
        return ""
    shown = ", ".join(dict.fromkeys(kind_of(label) for label in photo.truth.labels))
    return f"The detector knows people and five animals. This photo shows none of them ({shown}), so every box is a mistake."


def _crowd(photo: Photo, far: DeltaGenerator, below: DeltaGenerator) -> Racers:
    standard = CrowdSettings()
    count = far.slider("Candidates for each object", 1, 100, standard.count, key="count", bind="query-params")
    jitter = far.slider(
        "Jitter, of an object's sides", 0.0, 0.5, standard.jitter, 0.01, key="jitter", bind="query-params"
    )
    noise = far.slider("Noise on the scores", 0.0, 0.5, standard.noise, 0.01, key="noise", bind="query-params")
    confusion = far.slider("Share with a wrong name", 0.0, 1.0, 0.0, 0.05, key="confusion", bind="query-params")
    seed = far.slider("Seed", 0, 99, 0, key="seed", bind="query-params")
    settings = CrowdSettings(count=count, jitter=jitter, noise=noise, confusion=confusion, seed=seed)
    objects = tuple(Labelled(kind_of(one.label), one.box) for one in truths.of(photo))
    made = cached.crowded(objects, settings, photo)
    return Racers("Crowd", made.table, made.truths)


def _chance(photo: Photo, far: DeltaGenerator, below: DeltaGenerator) -> Racers:
    count = far.slider("How many boxes", 10, MOST_BOXES, 300, 10, key="boxes_count", bind="query-params")
    seed = far.slider("Seed", 0, 99, 0, key="seed", bind="query-params")
    return Racers("Chance", cached.random_boxes(count, seed, photo).table, ())


def _table(photo: Photo, far: DeltaGenerator, below: DeltaGenerator) -> Racers:
    """A table to edit. A link or a preset that names other rows begins a new one."""
    state = st.session_state
    named = address.changed(ROWS)
    if named is not None and not _late(named):
        state[ROWS] = named
    held = state.get(ROWS)
    if "rows-base" not in state or held != state.get("rows-written"):
        state["rows-base"] = _begun()
        state["rows-revision"] = state.get("rows-revision", 0) + 1
    with below:
        edited = st.data_editor(
            _frame(state["rows-base"]),
            key=f"rows-{state['rows-revision']}",
            num_rows="dynamic",
            hide_index=False,  # the numbers of the boxes on the photo
            width="stretch",
            height=min(420, 120 + 36 * len(state["rows-base"].labels)),
            column_config={
                "name": st.column_config.TextColumn(max_chars=24, default="box"),
                "score": st.column_config.NumberColumn(min_value=0.0, max_value=1.0, step=0.01),
                **{side: st.column_config.NumberColumn(step=0.1) for side in _SIDES},
            },
        )
        st.caption("Change a score, add a row, or mark rows and delete them: the race runs again.")
        table, problems = _checked(edited)
        for words in problems:
            st.warning(words, icon=":material/edit_off:")
    words = typed.written(table)
    if words != state.get("rows-written"):
        state["rows-before"] = (held, time.monotonic())
    state[ROWS] = state["rows-written"] = words if words is not None else held
    address.show(ROWS, words)
    return Racers("Table", table, _named(photo, table))


def _begun() -> BoxTable:
    """The rows that a new table begins with: those that a link or a preset names, else the surest of what raced before."""
    state = st.session_state
    if state.get(ROWS) is not None:
        try:
            return typed.read(state[ROWS])
        except SettingError as error:
            messages.explain(error)
    _, before = state.get("racers-last", ("", None))
    return _surest(before.table, SEEDED) if before else typed.read(cases.CHAIN)


def _late(named: str) -> bool:
    """Whether the browser still sends the rows that an edit has just replaced, with a message that was under way."""
    before, replaced = st.session_state.get("rows-before", (None, 0.0))
    return named == before and time.monotonic() - replaced < LAG


def _file(photo: Photo, far: DeltaGenerator, below: DeltaGenerator) -> Racers | None:
    state = st.session_state
    with below:
        with st.expander("Bring a file", icon=":material/upload_file:", expanded="boxes-read" not in state):
            given = st.file_uploader(
                "A file of boxes",
                type=["csv", "json"],
                key="boxes-file",
                max_upload_size=MOST_MEGABYTES,
                help=f"At most {MOST_MEGABYTES} MB and 5,000 boxes.",
            )
            st.caption(
                "CSV with the columns x1, y1, x2, y2 (or x, y, w, h), score and label; or results or annotations of COCO as "
                "JSON. In pixels of the photo; nothing of it is kept."
            )
        name, data = (given.name, given.getvalue()) if given else state.get("boxes-read", ("", b""))
        if not name:
            st.info("No file yet: until there is one, the boxes of before race on.", icon=":material/info:")
            return None
        if given is None:
            st.caption(f"These are still the boxes of {messages.escape(name)}.")
        image = state.get("boxes-image")
        reading = cached.read_boxes(data, image if image in state.get("boxes-images", ()) else None)
        state["boxes-read"] = (name, data)
        state["boxes-images"] = reading.images
        if len(reading.images) > 1:
            st.selectbox("Photo in the file", reading.images, key="boxes-image")
        if reading.left_out:
            told = " ".join(messages.escape(words) for words in reading.problems)
            left = "1 row was" if reading.left_out == 1 else f"{reading.left_out:,} rows were"
            st.warning(f"{left} left out. {told}", icon=":material/rule:")
        table = _surest(reading.table, MOST_BOXES)
        if len(table.labels) < len(reading.table.labels):
            st.info(f"The file has {len(reading.table.labels):,} boxes; the {MOST_BOXES:,} surest race.")
        if outside := _outside(table, photo):
            some = "1 box lies" if outside == 1 else f"{outside:,} boxes lie"
            st.warning(f"{some} outside of this photo. Is the file about another one?", icon=":material/frame_bug:")
    return Racers("File", table, _named(photo, table))


def _outside(table: BoxTable, photo: Photo) -> int:
    """How many boxes share no pixel with the photo."""
    left, top, right, bottom = table.boxes.T
    return int(((right <= 0) | (bottom <= 0) | (left >= photo.width) | (top >= photo.height)).sum())


def _named(photo: Photo, table: BoxTable) -> tuple[Labelled, ...]:
    """The objects on a photo whose name a box bears: about the others, such as the eyes of a cat, they say nothing."""
    if photo.truth is None:
        return ()
    rows = zip(photo.truth.labels, photo.truth.boxes.tolist(), strict=True)
    known = tuple(Labelled(kind_of(label), (x1, y1, x2, y2)) for label, (x1, y1, x2, y2) in rows)
    return tuple(one for one in known if one.label in table.classes)


def _surest(table: BoxTable, most: int) -> BoxTable:
    return _where(table, np.argsort(-table.scores, kind="stable")[:most])


def _where(table: BoxTable, rows: np.ndarray) -> BoxTable:
    """Some rows of a table, by their places or by a mask."""
    places = np.arange(len(table.labels))[rows]
    return BoxTable(table.boxes[places], table.scores[places], tuple(table.labels[place] for place in places))


def _frame(table: BoxTable) -> pd.DataFrame:
    """The table as the editor takes it; an empty one has its kinds of columns too."""
    sides = dict(zip(_SIDES, np.round(table.boxes, 1).T, strict=True))
    columns = {"name": pd.Series(table.labels, dtype=str), "score": np.round(table.scores, 4), **sides}
    return pd.DataFrame(columns).astype({"name": object, "score": float, **dict.fromkeys(_SIDES, float)})


def _checked(edited: pd.DataFrame) -> tuple[BoxTable, list[str]]:
    """The rows that are boxes, and what is wrong with the others; a row that is still empty is passed over."""
    rows, problems = [], []
    for number, (label, *numbers) in enumerate(edited[["name", "score", *_SIDES]].itertuples(index=False)):
        missing = [pd.isna(value) for value in numbers]
        if any(missing):
            if not all(missing):
                problems.append(f"Row {number} waits for its missing numbers.")
            continue
        score, x1, y1, x2, y2 = (float(value) for value in numbers)
        if wrong := typed.problem(score, (x1, y1, x2, y2)):
            problems.append(f"Row {number} does not race: {wrong}.")
            continue
        rows.append(("box" if pd.isna(label) else str(label), score, (x1, y1, x2, y2)))
    if not rows:
        return typed.EMPTY, problems[:5]
    labels, scores, boxes = zip(*rows, strict=True)
    return BoxTable(np.array(boxes, float), np.array(scores, float), labels), problems[:5]
