"""The door through which a long run is taken to its end a little at a time."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

from ui import presence
from ui.cached.queue import needs, through_engine

if TYPE_CHECKING:
    from core.engine import Ticket
    from core.experiments.effort import Effort

AnswerT = TypeVar("AnswerT")

PART = 0.25  # seconds from look to look whether the visitor is still there
WAIT = 0.05  # seconds from look to look, while another visitor is at the same


def advanced(effort: Effort[AnswerT], budget: float) -> AnswerT | None:
    """The answer of an effort after about `budget` more seconds of it, None if it is not there yet."""

    def door(ticket: Ticket | None) -> AnswerT | None:
        if effort.answer is None:
            needs(ticket)
        return effort.advance(budget)

    return through_engine(door)


def whole(effort: Effort[AnswerT]) -> AnswerT:
    """The answer, made at once, or waited for where another visitor is at it."""

    def door(ticket: Ticket | None) -> AnswerT:
        if effort.answer is None:
            needs(ticket)
        while (found := _part(effort)) is None:
            presence.check()
        return found

    return through_engine(door)


def _part(effort: Effort[AnswerT]) -> AnswerT | None:
    before = time.monotonic()
    found = effort.advance(PART)
    if found is None and time.monotonic() - before < WAIT:  # another visitor is inside
        time.sleep(WAIT)
    return found
