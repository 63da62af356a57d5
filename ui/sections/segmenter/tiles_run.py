"""Tiles looked at one after the other: at once where that is quick, else as a run to be started, paused and stopped."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

import streamlit as st

from ui import live
from ui.cached import segmentations
from ui.sections.segmenter.tiles_case import Case, measured

if TYPE_CHECKING:
    from core.experiments.segmented import Segmented
    from core.experiments.segmenting import SegmentStep
    from ui.live import Shown

KEPT = "tiles-kept"
"""In the session: what runs have ended with, the newest `MOST_KEPT`, without most of their probabilities."""

MOST_KEPT = 3
KEPT_BYTES = 2**20
"""Of the probabilities of a kept answer: the view reads its classes alone."""

AT_ONCE = 2.0
"""Seconds that tiles may take to be looked at without being asked for."""


def quick(case: Case) -> bool:
    """Whether the tiles need not be started: they take no time worth a button, and no original has to be opened."""
    return not case.settings.original and case.seconds <= AT_ONCE


def tried(case: Case, place: int) -> None:
    """Where the passes so far were slow, as a network's first is, measure one more: that of a tile, which is shown anyway."""
    if not case.settings.original and not quick(case):
        measured(
            case.card, segmentations.tile_look(case.photo, case.card.key, case.settings, place).cost, case.settings
        )


def known(case: Case) -> Segmented | None:
    """What a run of this session ended with, if it was one of these tiles."""
    return st.session_state.get(KEPT, {}).get(case.name)


def at_once(case: Case) -> Segmented:
    """The tiles, looked at now."""
    found = segmentations.segmented(case.photo, case.card.key, case.settings)
    measured(case.card, found.cost, case.settings, len(case.plan.tiles))
    return found


def watch(key: str, case: Case, draw: Callable[[Shown[SegmentStep]], None]) -> Shown[SegmentStep]:
    """The run with its buttons; what it ends with is kept for the session."""
    shown = live.watch(
        key,
        case.name,
        segmentations.begin(case.photo, case.card.key),
        case.settings,
        draw,
        total=len(case.plan.tiles) - 1,
        what="The run",
        unit="tile",
        first=1,
        keep=lambda step: replace(step, answer=None),
    )
    if shown.newest is not None and shown.newest.answer is not None:
        _keep(case, shown.newest.answer)
    return shown


def _keep(case: Case, answer: Segmented) -> None:
    held: dict[str, Segmented] = st.session_state.setdefault(KEPT, {})
    if case.name in held:
        return
    measured(case.card, answer.cost, case.settings, len(case.plan.tiles))
    held[case.name] = light(answer)
    for oldest in list(held)[:-MOST_KEPT]:
        del held[oldest]


def light(answer: Segmented) -> Segmented:
    """The same with the probabilities of fewer pixels."""
    from core.segmentation.hover import sampled

    fewer = 1
    while sampled(answer.probabilities, fewer).nbytes > KEPT_BYTES:
        fewer += 1
    return replace(answer, probabilities=sampled(answer.probabilities, fewer).copy(), every=answer.every * fewer)
