"""The boxes over the photo beside their list, and what they came to in numbers."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from ui import address, cached, messages, parts
from ui.components.found_boxes import Scene, Thing, found_boxes
from ui.sections.detector import detect_controls, detect_thresholds
from ui.sections.detector.detect_case import Case

PICKED = "found"
"""The box that is picked, in the URL and in the session."""


def show(case: Case, *, key: str = "found-boxes", marks: dict[str, str] | None = None) -> None:
    """The boxes; `marks` are words that set some of them apart, by their keys."""
    held = picked(case)
    found_boxes(
        key,
        scene(case, marks or {}),
        picked=None if held is None else case.keys[held],
        on_pick=_pick,
    )
    settings = detect_controls.told(case.look.settings)
    st.caption(f"**{messages.escape(case.look.title)}**{settings} · {detect_thresholds.way(case.settings)}")


def photo_alone(photo: Photo) -> None:
    """The photo without its boxes, while they are the answer to a question."""
    parts.picture(
        cached.picture(photo),
        "The photo",
        "the boxes wait until you reveal the answer",
        alt="The photo without any box",
        tallest=370,
    )


def scene(case: Case, marks: dict[str, str]) -> Scene:
    """The case as the component takes it."""
    photo = case.look.photo
    things = tuple(
        Thing(key, one.label, one.score, one.box, case.stroke(one.label), marks.get(key, ""))
        for key, one in zip(case.keys, case.things, strict=True)
    )
    named = ", ".join(f"{number} {one.label} {one.score:.2f}" for number, one in enumerate(case.things[:10], start=1))
    return Scene(
        image=cached.backdrop(photo),
        width=photo.width,
        height=photo.height,
        things=things,
        alt=f"The photo with {counted(len(things), 'box', 'boxes')}{f': {named}' if named else ''}",
        empty="No box is left. Lower the confidence, and the less sure ones appear.",
    )


def picked(case: Case) -> int | None:
    """The place of the box that is picked, if it is one of these."""
    _follow()
    return case.place(st.session_state.get(PICKED))


def link() -> dict[str, str]:
    """What a link needs to open with the same box picked."""
    held = st.session_state.get(PICKED)
    return {PICKED: held} if held else {}


def put_in_url(case: Case) -> None:
    """The URL names the picked box, while it is there."""
    held = picked(case)
    address.show(PICKED, None if held is None else case.keys[held])


def figures(case: Case) -> None:
    """How many boxes and classes, and how many the thresholds left out."""
    cells = parts.four(150)
    found, limit = case.found, case.settings.confidence
    beyond = len(found.kept) - len(found.things)
    cells[0].metric(
        "Boxes",
        f"{len(case.things):,}",
        delta=f"{beyond:,} more are not shown" if beyond else None,
        delta_color="gray",
        delta_arrow="off",
    )
    cells[1].metric("Classes", f"{len({one.index for one in case.things}):,}")
    cells[2].metric(
        "Below the confidence",
        f"{found.below:,}",
        help=f"They score from 0.01 to {limit:.2f}. Those below 0.01, nearly all anchors, are not counted.",
    )
    cells[3].metric("Removed by NMS", f"{case.removed:,}", help=f"Of {len(found.raced.labels):,} candidates.")


def counted(count: int, one: str, more: str) -> str:
    """A number with its word."""
    return f"{count:,} {one if count == 1 else more}"


def _pick(name: str | None) -> None:
    address.keep(PICKED, name)
    detect_thresholds.follow()


def _follow() -> None:
    """A link may name the box."""
    named = address.changed(PICKED)
    if named is not None:
        st.session_state[PICKED] = named[:40]
