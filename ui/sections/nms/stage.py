"""The race over the photo, moved in the browser, and what it came to in numbers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.boxes.files import BoxTable
from core.boxes.nms_settings import Method
from core.images.photo import Photo
from ui import address, cached, parts
from ui.components.nms_stepper import Lane, Stage, nms_stepper
from ui.sections.nms import method
from ui.sections.nms.candidates import Racers
from ui.sections.nms.cases import PICKED, STEP
from viz.colours import AREAS, BOX_B

if TYPE_CHECKING:
    from core.experiments.nms import Race

OPENING = 1
"""Decisions that are taken when the page opens: the first shows what the others do too."""

CLASSES = tuple(colour for colour in AREAS if colour != BOX_B.colour)
"""Boxes that a winner removes are drawn in `BOX_B`, so no class wears it."""


def show(photo: Photo, racers: Racers, races: list[Race]) -> int | None:
    """The stepper, open where the URL says; returns the box that was picked last, if it is one of these."""
    _forget(f"{racers.source} {photo.digest}")
    if racers.note:
        st.caption(f":material/info: {racers.note}")
    count = len(racers.table.labels)
    last = max((len(race.winners) for race in races), default=0)
    step = _held(STEP, last)
    picked = _held(PICKED, count - 1)
    nms_stepper(
        "nms-stepper",
        _stage(photo, racers.table, races),
        step=min(OPENING, last) if step is None else step,
        picked=picked,
        on_step=lambda moved: _keep(STEP, moved),
        on_pick=lambda box: _keep(PICKED, box),
    )
    address.show(STEP, None if step in (None, OPENING) else str(step))
    address.show(PICKED, None if picked is None else str(picked))
    return picked


def figures(racers: Racers, races: list[Race], *, hidden: bool) -> None:
    """How many raced, how many are left, and whether both ways agree; `hidden` while that would give an answer away."""
    count = len(racers.table.labels)
    cells = parts.four(150)
    cells[0].metric("Boxes", f"{count:,}")
    if hidden:
        cells[1].metric("Kept", "?", delta="step through, or reveal", delta_color="gray", delta_arrow="off")
        return
    names = method.names([race.settings for race in races])
    for cell, race, name in zip(cells[1:], races, names, strict=False):
        left = len(race.kept)
        cell.metric(
            "Kept" if len(races) == 1 else f"Kept: {name}",
            f"{left:,}",
            delta=f"{count - left:,} removed",
            delta_color="gray",
            delta_arrow="off",
        )
    if len(races) == 2:
        differing = set(races[0].kept) ^ set(races[1].kept)
        cells[3].metric("Kept by one alone", f"{len(differing):,}")
    elif racers.truths:
        cells[2].metric("Objects known to be there", f"{len(racers.truths):,}")


def cost(racers: Racers, races: list[Race]) -> None:
    """What it cost: finding the boxes, if a network did that, and all races."""
    bill = races[0].cost if racers.cost is None else racers.cost
    spent = sum(race.cost.milliseconds for race in races) + (racers.cost.milliseconds if racers.cost else 0.0)
    parts.cost(replace(bill, milliseconds=spent))


def lane(race: Race) -> Lane:
    """A race as the component takes it."""
    settings = race.settings
    return Lane(
        title=method.title(settings),
        note=settings.method.lesson,
        winners=tuple(race.winners.tolist()),
        winner=tuple(race.winner.tolist()),
        step=tuple(race.step.tolist()),
        overlap=tuple(race.overlap.tolist()),
        threshold=settings.iou_threshold if settings.method.has_threshold else None,
        lines=method.lines(settings),
        measure="DIoU" if settings.method is Method.DIOU else "IoU",
        per_class=settings.per_class,
        changes=race.changes,
    )


def _stage(photo: Photo, table: BoxTable, races: list[Race]) -> Stage:
    return Stage(
        image=cached.backdrop(photo),
        width=photo.width,
        height=photo.height,
        boxes=tuple((x1, y1, x2, y2) for x1, y1, x2, y2 in table.boxes.tolist()),
        scores=tuple(table.scores.tolist()),
        names=table.labels,
        colours=colours(table),
        lanes=tuple(lane(race) for race in races),
    )


def colours(table: BoxTable) -> dict[str, str]:
    """A colour for each class; after the last they begin again."""
    return {name: CLASSES[place % len(CLASSES)] for place, name in enumerate(table.classes)}


def _forget(race: str) -> None:
    """A step and a box belong to the boxes of one source on one photo: those of others begin anew."""
    state = st.session_state
    if state.get("raced", race) != race:
        for name in (STEP, PICKED):
            if address.peek(name) is None:
                address.keep(name, None)
    state["raced"] = race


def _keep(name: str, value: int | None) -> None:
    address.keep(name, value)
    method.follow()


def _held(name: str, most: int) -> int | None:
    """What the URL or the component said last, if it is in range."""
    value = address.number(name, None)
    return value if value is not None and 0 <= value <= most else None
