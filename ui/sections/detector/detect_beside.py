"""Two networks on one photo: which boxes both of them find, and which only one of them does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from ui import messages
from ui.sections.detector import detect_stage
from ui.sections.detector.detect_case import Case
from ui.sections.detector.detect_stage import counted

if TYPE_CHECKING:
    from core.boxes.settings import Box
    from core.experiments.models import Found

SAME = 0.5
"""The least IoU of two boxes of one class that are taken for the same thing."""
ALONE = "only here"


@dataclass(frozen=True, slots=True)
class Pairs:
    """The places of boxes of both networks that are the same thing, and those that only one of them has."""

    both: tuple[tuple[int, int], ...]
    first: tuple[int, ...]
    second: tuple[int, ...]


def show(first: Case, second: Case) -> None:
    """Both networks beside each other, what only one of them finds filled, and what that comes to in a sentence."""
    found = pairs(first.things, second.things)
    columns = st.columns(2, gap="medium")
    for column, case, alone, key in zip(
        columns, (first, second), (found.first, found.second), ("found-boxes", "found-boxes-beside"), strict=True
    ):
        with column:
            detect_stage.show(case, key=key, marks={case.keys[place]: ALONE for place in alone})
    st.markdown(sentence(first, second, found), width=760)
    st.caption(f"All that follows is about {messages.escape(first.look.title)}.")


def pairs(first: Sequence[Found], second: Sequence[Found]) -> Pairs:
    """Boxes of one class that overlap by `SAME` or more, the closest first; each is paired once."""
    rivals = sorted(
        (
            (-overlap(one.box, other.box), at, to)
            for at, one in enumerate(first)
            for to, other in enumerate(second)
            if one.label == other.label
        )
    )
    both: dict[int, int] = {}
    for shared, at, to in rivals:
        if -shared >= SAME and at not in both and to not in both.values():
            both[at] = to
    return Pairs(
        tuple(sorted(both.items())),
        tuple(place for place in range(len(first)) if place not in both),
        tuple(place for place in range(len(second)) if place not in both.values()),
    )


def overlap(a: Box, b: Box) -> float:
    """The IoU of two boxes; two empty ones share nothing."""
    wide = max(0.0, min(a[2], b[2]) - max(a[0], b[0]))
    high = max(0.0, min(a[3], b[3]) - max(a[1], b[1]))
    every = sum((box[2] - box[0]) * (box[3] - box[1]) for box in (a, b)) - wide * high
    return wide * high / every if every > 0 else 0.0


def sentence(first: Case, second: Case, found: Pairs) -> str:
    """What both find, what each finds alone, and classes that the other one has never learned."""
    one, other = messages.escape(first.look.title), messages.escape(second.look.title)
    same = f"boxes of one class that overlap by at least {SAME}"
    count = counted(len(found.both), "thing", "things")
    words = [
        f"Both find {count}: {same}." if found.both else f"There is nothing that both find ({same}).",
        f"{one} alone finds {len(found.first)}, {other} alone {len(found.second)}: their boxes are filled.",
    ]
    words += _foreign(second, first, found.second, one)
    words += _foreign(first, second, found.first, other)
    return " ".join(words)


def _foreign(case: Case, judge: Case, alone: Sequence[int], name: str) -> list[str]:
    """Which of the boxes that only one network has the other cannot have: it never learned their class."""
    foreign = list(dict.fromkeys(case.things[place].label for place in alone))
    foreign = [label for label in foreign if label not in judge.look.seen.names]
    if not foreign:
        return []
    listed = messages.escape(", ".join(foreign[:5]))
    return [f"{name} never learned {listed}{' and more' if len(foreign) > 5 else ''}."]
