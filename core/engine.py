"""Where an experiment runs and how many at once: one local engine with a few slots for each device and a fair queue.

The caller's own thread does the work, so an interrupted page interrupts its computation. Whoever comes first is served
first; a ticket knows its place, can be waited for in small bites, and can be cancelled from any thread.

Long runs stand in a lane of their own. A run that is watched for minutes must not hold a slot for minutes: quick answers
would wait behind it. So its lease says which run is on, one for each slot, and each small part of it takes a ticket like
any other work: a quick answer waits for one part at most, a long run for the quick answers before it. A lease lasts a
few seconds and is renewed by whoever watches. When a run is paused it is given back; when its page or its browser tab is
gone nobody renews it. Either way the next run begins, and no thread of ours has to notice.
"""

from __future__ import annotations

import os
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
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


class Lease:
    """A place among the long runs of one device, kept as long as it is renewed.

    Renew it every `seconds` at the latest; while a part of the run is computed it does not run out.
    """

    def __init__(self, engine: Engine, device: str, seconds: float) -> None:
        self._engine = engine
        self.device = device
        self.seconds = seconds
        self.expires = 0.0  # by the engine's clock
        self.computing = 0  # threads inside `run`
        self.cancelled = False

    @property
    def place(self) -> int:
        """How many long runs are served before this one: 0 means that its turn has come. A look renews nothing."""
        return self._engine.place_in_lane(self)

    def renew(self) -> int:
        """Say that somebody still watches, and return the place. A lease that has run out begins again as the last.

        Raises:
            CancelledError: it was given back.
        """
        return self._engine.renew(self)

    def cancel(self) -> None:
        """Give it back for good, from any thread: the next run may begin. A part under way is finished."""
        self._engine.end_lease(self)

    def run(self, work: Callable[[], T], meanwhile: Callable[[], object] = lambda: None) -> T:
        """Compute one part of the run in this thread: wait for a slot among the short work of the device, then `work`.

        `meanwhile` is called at least ten times a second during the wait; an error in it ends the wait. A part should
        take a fraction of a second, since short work waits for it. `work` must not ask the engine for a slot itself.

        Raises:
            CancelledError: the lease was given back before the part began.
        """
        with self._engine.part_of(self) as ticket:
            while not (ticket.wait(0.1) or self.cancelled):
                meanwhile()
            if self.cancelled:
                raise CancelledError
            return work()


class Engine:
    """Bounded slots for each device, first come, first served. `clock` gives seconds that never run backwards."""

    def __init__(
        self, slots: Callable[[str], int] = default_slots, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._slots = slots
        self._clock = clock
        self._queues: dict[str, list[Ticket]] = defaultdict(list)  # running tickets stand at the front
        self._lanes: dict[str, list[Lease]] = defaultdict(list)  # of long runs, those whose turn it is at the front
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

    def lease(self, device: str = CPU, *, seconds: float = 5.0) -> Lease:
        """Take the last place among the long runs of `device`, for `seconds` at first."""
        lease = Lease(self, device, seconds)
        lease.renew()
        return lease

    def place_in_lane(self, lease: Lease) -> int:
        """How many long runs are served before `lease`; for one that has run out or was given back, all that are there."""
        with self._changed:
            lane = self._living(lease.device)
            before = lane.index(lease) if lease in lane else len(lane)
            return max(0, before - self._slots(lease.device) + 1)

    def renew(self, lease: Lease) -> int:
        """Let `lease` last its seconds from now on, as the last of its lane if it had run out; return its place."""
        with self._changed:
            if lease.cancelled:
                raise CancelledError
            lane = self._living(lease.device)
            if lease not in lane:
                lane.append(lease)
            lease.expires = self._clock() + lease.seconds
            return self.place_in_lane(lease)

    def end_lease(self, lease: Lease) -> None:
        """Take `lease` out of its lane for good."""
        with self._changed:
            lease.cancelled = True
            self._living(lease.device)

    @contextmanager
    def part_of(self, lease: Lease) -> Iterator[Ticket]:
        """A ticket for one part of a long run, whose lease lasts meanwhile and is renewed at the end, also by an error."""
        with self._changed:
            lease.computing += 1
        try:
            with self.join(lease.device) as ticket:
                yield ticket
        finally:
            with self._changed:
                lease.computing -= 1
                lease.expires = self._clock() + lease.seconds

    def _living(self, device: str) -> list[Lease]:
        """The lane of `device` without what has run out or was given back."""
        now, lane = self._clock(), self._lanes[device]
        lane[:] = [lease for lease in lane if not lease.cancelled and (lease.computing or now < lease.expires)]
        return lane

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
