"""Where an experiment runs and how many at once: one local engine with a few slots for each device and a fair queue.

The caller's own thread does the work, so an interrupted page interrupts its computation. Whoever comes first is served
first; a ticket knows its place, can be waited for in small bites, and can be cancelled from any thread.
"""

from __future__ import annotations

import os
import threading
from collections import defaultdict
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

from core.errors import CancelledError

T = TypeVar("T")

CPU = "cpu"


def default_slots(device: str) -> int:
    """How many experiments may run on `device` at once.

    Torch uses all cores for one pass, so a second pass on the same cores only delays the first: one slot for every
    eight cores of the machine, and one for a GPU.
    """
    return max(1, (os.cpu_count() or 1) // 8) if device == CPU else 1


class Ticket:
    """A place in the queue of one device. Use it as a context manager: leaving it frees the slot."""

    def __init__(self, engine: Engine, device: str) -> None:
        self._engine = engine
        self.device = device
        self.running = False
        self.cancelled = False

    @property
    def place(self) -> int:
        """How many tickets are served before this one: 0 means that its turn has come."""
        return self._engine.place_of(self)

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until the turn has come, at most `timeout` seconds; whether it has.

        Raises:
            CancelledError: somebody cancelled the ticket.
        """
        return self._engine.wait_for(self, timeout)

    def cancel(self) -> None:
        """Give up the place: a thread that waits for it is woken with CancelledError.

        Work under way keeps its slot until it ends; it may look at `cancelled` and end early.
        """
        self._engine.cancel(self)

    def __enter__(self) -> Ticket:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._engine.drop(self)


class Engine:
    """Bounded slots for each device, first come, first served."""

    def __init__(self, slots: Callable[[str], int] = default_slots) -> None:
        self._slots = slots
        self._queues: dict[str, list[Ticket]] = defaultdict(list)  # running tickets stand at the front
        self._changed = threading.Condition()

    def join(self, device: str = CPU) -> Ticket:
        """Take the last place in the queue of `device`."""
        ticket = Ticket(self, device)
        with self._changed:
            self._queues[device].append(ticket)
        return ticket

    def run(self, work: Callable[[], T], device: str = CPU) -> T:
        """Wait for a turn, run `work` in this thread, and free the slot, also after an error."""
        with self.join(device) as ticket:
            ticket.wait()
            return work()

    def place_of(self, ticket: Ticket) -> int:
        """How many tickets are served before `ticket`; 0 once its turn has come."""
        with self._changed:
            return self._place(ticket)

    def wait_for(self, ticket: Ticket, timeout: float | None) -> bool:
        """Block until `ticket` may run, at most `timeout` seconds; whether it may."""
        with self._changed:
            self._changed.wait_for(lambda: ticket.cancelled or self._place(ticket) == 0, timeout)
            if ticket.cancelled:
                raise CancelledError
            ticket.running = self._place(ticket) == 0
            return ticket.running

    def cancel(self, ticket: Ticket) -> None:
        """Mark `ticket` as cancelled and, unless its work is under way, take it out of the queue."""
        with self._changed:
            ticket.cancelled = True
            if not ticket.running:
                self._remove(ticket)

    def drop(self, ticket: Ticket) -> None:
        """Take `ticket` out of its queue, whether it waits, runs or has left already."""
        with self._changed:
            self._remove(ticket)

    def waiting(self, device: str = CPU) -> int:
        """How many tickets wait for a slot of `device`."""
        with self._changed:
            return max(0, len(self._queues[device]) - self._slots(device))

    def _remove(self, ticket: Ticket) -> None:
        if ticket in self._queues[ticket.device]:
            self._queues[ticket.device].remove(ticket)
        self._changed.notify_all()

    def _place(self, ticket: Ticket) -> int:
        queue = self._queues[ticket.device]
        if ticket not in queue:
            return 0
        return max(0, queue.index(ticket) - self._slots(ticket.device) + 1)


ENGINE = Engine()
"""The engine of this process: the pages' experiments run through it."""
