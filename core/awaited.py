"""Whether somebody still waits for an answer: asked between two passes of a network, in the thread that makes them.

An experiment is one call that may take seconds, and who asked for it may leave meanwhile. Core knows nobody who asks: it is
given a function that raises what ends the computation. `core.experiments.cost.Meter` calls it before each pass that it counts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_check: ContextVar[Callable[[], object] | None] = ContextVar("check", default=None)


@contextmanager
def by(check: Callable[[], object] | None) -> Iterator[None]:
    """Call `check` between the passes that this thread makes inside the block; None: nothing ends them.

    What is shared and goes on later, such as a generator, is advanced under None: an error would end it for everybody.
    """
    token = _check.set(check)
    try:
        yield
    finally:
        _check.reset(token)


def still() -> None:
    """Go on if somebody waits; else the check of this thread raises what ends the computation."""
    check = _check.get()
    if check is not None:
        check()
