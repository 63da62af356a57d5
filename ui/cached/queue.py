"""The way to an experiment: the cached answer, or a place in the queue of this server, which is shown."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from ui import networks, preload, presence

if TYPE_CHECKING:
    from core.engine import Ticket

T = TypeVar("T")


class _NotCachedError(Exception):
    """There is no cached answer yet, and no ticket to compute one."""


Version = tuple[str, tuple[int, ...] | None]
"""A network by its key, and what changes when its file is replaced: answers of the old file are not given again."""


def version(model: str) -> Version:
    """The network `model` as a part of a key."""
    return model, networks.stamp(model)


def needs(ticket: Ticket | None) -> None:
    """Say, from inside a cached function, that the answer is to be computed: without a ticket that has to wait."""
    if ticket is None:
        raise _NotCachedError


def through_engine(door: Callable[[Ticket | None], T]) -> T:
    """The cached answer if there is one; else one place in the queue, and then the computation.

    The door is asked twice because nothing may be drawn inside a cached function: the place in the queue is shown here,
    in a slot that is there on a hit too, so that what follows on the page never changes its place.
    """
    preload.wait()
    slot = st.empty()
    try:
        return door(None)
    except _NotCachedError:
        from core import awaited

        with _turn(slot) as ticket, awaited.by(presence.check):
            return door(ticket)


@contextmanager
def _turn(slot: DeltaGenerator) -> Iterator[Ticket]:
    from core.device import best_device
    from core.engine import ENGINE

    with ENGINE.join(best_device().type) as ticket:
        if not ticket.wait(0.4):
            while not ticket.wait(0.2):
                slot.caption(f":material/hourglass_empty: Place {ticket.place} in the queue of this server.")
            slot.empty()
        yield ticket
