"""The maps over the photo with the picked cell, what the URL holds of it, and the way of the boxes in numbers."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from core.images.photo import Photo
from ui import address, cached, export, parts
from ui.cached import detections
from ui.components.grid_view import Head, Mark, Picked, Scene, grid_view
from ui.sections.detector import inside_words
from ui.sections.detector.inside_controls import DECODED, NAME, READ
from ui.sections.detector.inside_decode import in_cell
from ui.sections.detector.inside_grid import Grids, Place

if TYPE_CHECKING:
    from core.experiments.detecting import Detected, Fate

CELL, OF = "cell", "grid-of"
"""What is picked, in the URL as `head,row,column` from 0 and perhaps the anchor from 1; and what photo and network it is of."""

SPEAKS = 0.05
"""The browser gets no box of an anchor that scores less, unless it is of the picked cell: there would be thousands."""

MOST_MARKED = 30
"""Things whose cells bear their numbers: more would hide the map."""

FARTHEST = 999_999
"""Tenths of a pixel: farther out nothing is drawn."""

_CELL = re.compile(r"(\d{1,2}),(\d{1,4}),(\d{1,4})(?:,(\d{1,2}))?")


def follow(grids: Grids, owner: str) -> None:
    """Take the cell that a link names, forget that of another photo or network, and show the one that is left in the URL."""
    state = st.session_state
    if state.get(OF) not in (None, owner) and address.peek(CELL) is None:
        address.keep(CELL, None)
    state[OF] = owner
    named = address.changed(CELL)
    if named is not None:
        state[CELL] = named
    place = _read(grids, state.get(CELL))
    address.show(CELL, None if place is None else written(place))


def picked(grids: Grids) -> Place:
    """The anchor that was clicked or that a link named; else the surest of the photo."""
    return _read(grids, st.session_state.get(CELL)) or grids.opening


def written(place: Place) -> str:
    """A place as the URL holds it."""
    return f"{place.head},{place.row},{place.column},{place.anchor + 1}"


def show(photo: Photo, grids: Grids, detected: Detected, place: Place, *, stamp: str, only: bool) -> tuple[Fate, ...]:
    """The maps with the picked cell; returns what became of each anchor of the cell."""
    head = grids.look.heads[place.head]
    numbers = [grids.number(Place(place.head, place.row, place.column, one)) for one in range(len(head.anchors))]
    fates = tuple(detections.fate(grids.seen, detected, 0, int(grids.rows[number])) for number in numbers)
    told = tuple(inside_words.short(fate) for fate in fates)
    grid_view(
        "grid-view",
        scene(photo, grids, detected, place, told, stamp=stamp, only=only),
        (place.head, place.row, place.column, place.anchor),
        _keep,
    )
    return fates


def scene(
    photo: Photo, grids: Grids, detected: Detected, place: Place, fates: tuple[str, ...], *, stamp: str, only: bool
) -> Scene:
    """What the browser draws; `stamp` names the photo, the network and the size of its input."""
    return Scene(
        stamp=stamp,
        image=cached.backdrop(photo),
        width=photo.width,
        height=photo.height,
        part=grids.part,
        names=grids.names,
        heads=tuple(_head(grids, number, place) for number in range(len(grids.look.heads))),
        measure="Objectness" if grids.has_objectness else "Probability",
        only=only,
        corner=in_cell(grids.look.heads[place.head]),
        marks=_marks(grids, detected),
        fates=fates,
    )


def figures(grids: Grids, detected: Detected, *, hidden: bool) -> None:
    """The way of the boxes: how many anchors there are, pass the confidence, and are kept; `hidden` while that is asked."""
    count, raced, left = len(grids.scores), len(detected.raced.labels), len(detected.kept)
    names = ", ".join(dict.fromkeys(thing.label for thing in detected.things))
    rows = [
        ("Anchors", count, _grids(grids)),
        (f"Score {detected.settings.confidence:.2f} or more", raced, f"{parts.percent(raced / count)} of the anchors"),
        ("Removed by NMS", raced - left, "the same thing again" if raced > left else "nothing to remove"),
        ("Kept", len(detected.things), _brief(names) or "nothing found"),
    ]
    for cell, (label, number, note) in zip(parts.four(150), rows, strict=True):
        waits = hidden and label != "Anchors"
        cell.metric(
            label,
            "?" if waits else f"{number:,}",
            delta="guess, then reveal" if waits else note,
            delta_color="gray",
            delta_arrow="off",
        )


def on_photo(grids: Grids, place: Place) -> str:
    """The same box in pixels of the photo."""
    where, box = grids.look.placement, grids.photo_boxes[grids.number(place)]
    bars = ", less the bars around the photo" if where.offset_x or where.offset_y else ""
    sides = ", ".join(f"{side:.0f}".replace("-", "−") for side in box)
    beyond = bool((box < 0).any() or (box > (where.photo_width, where.photo_height) * 2).any())
    return (
        f"On the photo{bars}, times {1 / where.scale_x:.2f} across and {1 / where.scale_y:.2f} down: from left, top to right, "
        f"bottom {sides} px.{' What lies beyond the photo is cut off.' if beyond else ''}"
    )


def _head(grids: Grids, number: int, place: Place) -> Head:
    head, start, where = grids.look.heads[number], grids.starts[number], grids.look.placement
    part = slice(start, start + head.count)
    speaks = grids.scores[part] >= SPEAKS
    if number == place.head:
        first = grids.number(Place(place.head, place.row, place.column, 0)) - start
        speaks[first : first + len(head.anchors)] = True
    shown = np.flatnonzero(speaks)
    boxes = np.clip(np.rint(10 * np.nan_to_num(grids.photo_boxes[part][shown])), -FARTHEST, FARTHEST).astype(int)
    return Head(
        title=f"{head.rows} × {head.columns} cells of {head.stride:.4g} px",
        rows=head.rows,
        columns=head.columns,
        shapes=tuple((wide / where.scale_x, high / where.scale_y) for wide, high in head.anchors),
        heat=_thousandths(grids.heat[part]),
        scores=_thousandths(grids.scores[part]),
        classes=grids.classes[part].argmax(axis=1).tolist(),
        boxes=dict(zip(shown.tolist(), boxes.tolist(), strict=True)),
    )


def _thousandths(values: np.ndarray) -> list[int]:
    return np.rint(1000 * np.nan_to_num(values)).astype(int).tolist()


def _marks(grids: Grids, detected: Detected) -> tuple[Mark, ...]:
    """The cells of the things, numbered; of several things of a cell the best."""
    found: dict[tuple[int, int, int], Mark] = {}
    shown = zip(detected.things[:MOST_MARKED], detected.rows, strict=False)
    for number, (thing, (_, anchor)) in enumerate(shown, 1):
        place = grids.of(anchor)
        cell = (place.head, place.row, place.column)
        found.setdefault(cell, Mark(cell, number, thing.label))
    return tuple(found.values())


def _grids(grids: Grids) -> str:
    return " + ".join(f"{head.rows} × {head.columns} × {len(head.anchors)}" for head in grids.look.heads)


def _brief(names: str) -> str:
    return names if len(names) <= 28 else f"{names[:27]}…"


def _read(grids: Grids, words: object) -> Place | None:
    """The place that the session holds, if this network has it; without an anchor it is the surest of the cell."""
    found = _CELL.fullmatch(words) if isinstance(words, str) and words.isascii() else None
    if found is None:
        return None
    head, row, column = (int(number) for number in found.groups()[:3])
    if not grids.there(head, row, column):
        return None
    anchor = int(found[4] or 0)
    if 1 <= anchor <= len(grids.look.heads[head].anchors):
        return Place(head, row, column, anchor - 1)
    return grids.surest(head, row, column)


def _keep(sent: Picked) -> None:
    address.keep(CELL, written(Place(*sent)))
    export.follow(NAME, READ, DECODED)
    st.rerun(scope=[READ, DECODED])
