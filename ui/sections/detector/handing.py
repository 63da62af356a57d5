"""What the detector's page hands to other pages: the boxes of a race to the NMS stepper, a box to the attribution page."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from core.boxes.files import BoxTable, csv_text
from core.boxes.nms_settings import NmsSettings
from core.images.photo import Photo
from ui import address, cached, messages, story
from ui.cached import attributions
from ui.sections.attribution import boxes
from ui.sections.nms import cases, method

if TYPE_CHECKING:
    from core.experiments.models import Found
    from ui.sections.detector.detect_case import Case

NMS, ATTRIBUTION = "pages/nms.py", "pages/attribution.py"
VIEW, ASKED = "Boxes & areas", "asked-why"
"""The part of the attribution page that asks about boxes, and where the session keeps the number of the asked one."""

ALIKE = 0.9
"""The least IoU of two boxes that are the same thing, found by two ways of suppression."""


def to_nms(table: BoxTable, settings: NmsSettings, *, name: str, key: str, picked: int | None = None) -> None:
    """A button that opens the NMS stepper with exactly these boxes and this way to suppress them.

    `name` is what the stepper calls their file, and `picked` the row of the box that it opens with.
    """
    pressed = st.button(
        "These boxes in the NMS stepper",
        icon=":material/filter_none:",
        key=key,
        disabled=not table.labels,
        help=f"All {len(table.labels):,} boxes that raced, before any was removed.",
        on_click=_hand_over,
        args=(table, name, picked),
    )
    if pressed:
        st.switch_page(NMS, query_params=nms_link(settings, picked))


def to_story(case: Case | None) -> story.Taken:
    """The next step: all boxes that raced become the file of the stepper, and the surest thing is explained later.

    A race without a trace, such as one whose boxes were merged, is left to the stepper's own detector.
    """
    if case is None:
        return story.Taken()
    label, raced, race = case.things[0].label if case.things else "", case.found.raced, case.settings.race
    if case.found.trace is None or not raced.labels:
        return story.Taken(label=label)
    _hand_over(raced, f"{case.look.title}.csv", None)
    rules = replace(race, score_threshold=min(0.5, race.score_threshold))
    return story.Taken(settings=nms_settings(rules), label=label)


def nms_settings(settings: NmsSettings) -> dict[str, object]:
    """The widgets of the NMS stepper for the boxes of the session's file and this way to suppress."""
    least: dict[str, object] = {"least": settings.score_threshold} if settings.method.decays else {}
    return {
        "boxes": "File",
        "method": settings.method.title,
        "races": method.RACES[0 if settings.per_class else 1],
        "iou": settings.iou_threshold,
        "sigma": settings.sigma,
        "beside": method.NOTHING,
        **least,
    }


def nms_link(settings: NmsSettings, picked: int | None = None) -> dict[str, str]:
    """The query that opens the NMS stepper with the boxes of the session's file and this way to suppress."""
    query = {
        "boxes": "File",
        "method": settings.method.title,
        "races": method.RACES[0 if settings.per_class else 1],
        "iou": f"{settings.iou_threshold:.2f}",
        "sigma": f"{settings.sigma:.2f}",
    }
    if settings.method.decays:
        query["least"] = f"{settings.score_threshold:.2f}"
    return query | ({} if picked is None else {cases.PICKED: str(picked)})


def to_attribution(photo: Photo, model: str, thing: Found, *, key: str) -> None:
    """A button that opens the map of the score of this box, where the page can draw it; else why there is none."""
    title = next((title for title, one in boxes.DETECTORS.items() if one == model), None)
    if title is None:
        known = " and ".join(boxes.DETECTORS)
        st.caption(f"“Why this box?” can be asked of {known}.", width="content")
        return
    pressed = st.button(
        "Why this box?",
        icon=":material/center_focus_strong:",
        key=key,
        help="A map of what the score of this box comes from.",
        on_click=_ask,
        args=(photo, model, thing),
    )
    number = st.session_state.pop(ASKED, None)
    if pressed and number:
        st.switch_page(ATTRIBUTION, query_params={boxes.DETECTOR: title, boxes.BOX: str(number)})
    elif pressed:
        st.caption(
            f"The attribution page lists the best {boxes.MOST} boxes at its own thresholds, and this is none of them.",
            width="content",
        )


def number_there(photo: Photo, model: str, thing: Found) -> int | None:
    """The number that the attribution page gives this box, from 1; None where it lists none like it."""
    there = attributions.box_map(photo, 0, model).things[: boxes.MOST]
    alike = [
        (cached.measure(one.box, thing.box).iou, place)
        for place, one in enumerate(there, 1)
        if one.label == thing.label
    ]
    best, place = max(alike, default=(0.0, 0))
    return place if best >= ALIKE else None


def _ask(photo: Photo, model: str, thing: Found) -> None:
    """Find the box on the other page, and if it is there, open that page where it is.

    The part of a page is in a widget that both pages have, so its value can be set before a run alone.
    """
    with messages.guard("The way to the attribution page"):
        number = number_there(photo, model, thing)
        st.session_state[ASKED] = number
        if number is not None:
            st.session_state["part"] = VIEW


def _hand_over(table: BoxTable, name: str, picked: int | None) -> None:
    """Put the boxes where the stepper keeps a visitor's file, and forget where it stood with others."""
    state = st.session_state
    state["boxes-read"] = (name, csv_text(table).encode())
    for gone in ("boxes-image", "boxes-images", "boxes-file", "racers-last"):
        state.pop(gone, None)
    address.keep(cases.STEP, None)
    address.keep(cases.PICKED, picked)
