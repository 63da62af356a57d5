"""Long computations: a run yields frozen steps, and a stepper lets many threads drive one run safely.

A run is a generator, so its caller owns the pace: stop iterating and it ends. Settings may change between steps: they
are sent into the generator (`newer = yield step`), which goes on with them from its next step.
"""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Step:
    """One finished step. `index` counts the updates before it, so the first step of a run has index 0.

    What a step holds is a clone on the CPU: a later step never repaints an earlier one. A step equals itself alone: one
    that holds tensors would inherit a comparison of the index and pass for any other step of that index. A step of plain
    numbers may be a dataclass with `eq` and is then compared by all of them.
    """

    index: int


StepT = TypeVar("StepT", bound=Step)

Run = Generator[StepT, Any, None]
"""A generator of steps that accepts new settings (or None) at every `yield`."""


class State(Enum):
    """Where a stepper stands."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def ended(self) -> bool:
        """Whether no further step can come."""
        return self in (State.DONE, State.STOPPED, State.FAILED)


class Stepper(Generic[StepT]):
    """Drives one run from any thread: advanced by a time budget, steered and stopped between steps.

    Old and new script threads overlap for a moment after a page is run again; the lock keeps them from entering the
    generator together. `history` holds at most `capacity` steps, evenly thinned: the first and the newest always stay.
    `keep` makes of a step what the history holds of it, such as the same with a small picture; `newest` stays whole.
    A run that goes on from a step of another has the history `before` it, whose last step is that one.
    """

    def __init__(
        self,
        run: Run[StepT],
        *,
        capacity: int = 60,
        keep: Callable[[StepT], StepT] | None = None,
        before: Sequence[StepT] = (),
    ) -> None:
        if capacity < 2:
            raise ValueError(f"capacity must be at least 2, got {capacity}")
        self._run = run
        self._capacity = capacity
        self._small = keep or (lambda step: step)
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._settings: deque[Any] = deque(maxlen=1)  # written by one thread while another reads it
        self._kept = [*before[:-1], *map(self._small, before[-1:])]
        self._stride = _stride(before[:-1])
        self._newest = before[-1] if before else None
        self._state = State.READY
        self._error: Exception | None = None

    @property
    def state(self) -> State:
        """Where the run stands now. One that was told to stop has stopped, even while a thread finishes its last step."""
        state = self._state
        return State.STOPPED if self._stop.is_set() and not state.ended else state

    @property
    def newest(self) -> StepT | None:
        """The last finished step, or None before the first."""
        return self._newest

    @property
    def error(self) -> Exception | None:
        """What ended a failed run."""
        return self._error

    @property
    def history(self) -> tuple[StepT, ...]:
        """The kept steps in order, newest last."""
        kept, newest = tuple(self._kept), self._newest
        return kept if newest is None or (kept and kept[-1].index == newest.index) else (*kept, self._small(newest))

    def advance(self, budget: float) -> State:
        """Take steps for about `budget` seconds, at least one, and return the state.

        Returns at once when another thread is inside the run, and when the run has ended. An error of the run is kept
        in `error` instead of being raised.
        """
        if not self._lock.acquire(blocking=False):
            return self.state
        try:
            deadline = time.perf_counter() + budget
            while not self.state.ended:
                self._take_one()
                if time.perf_counter() >= deadline:
                    break
        finally:
            self._lock.release()
        if self._stop.is_set():
            self.stop()  # it came while this thread was inside, so it could not close the run itself
        return self.state

    def update(self, settings: object) -> None:
        """Steer the run: its next step is computed with `settings`. The newest call wins."""
        self._settings.append(settings)

    def stop(self) -> None:
        """End the run before its next step. A step under way is finished first by the thread that takes it."""
        self._stop.set()
        if self._lock.acquire(blocking=False):
            try:
                if not self._state.ended:
                    self._end(State.STOPPED)
            finally:
                self._lock.release()

    def _take_one(self) -> None:
        fresh = self._state is State.READY
        self._state = State.RUNNING
        try:
            settings = None if fresh or not self._settings else self._settings.pop()
            step = self._run.send(settings)  # a generator that has not begun accepts nothing but None
            self._newest = step
            self._remember(step)
        except StopIteration:
            self._end(State.DONE)
        except Exception as error:  # noqa: BLE001 - kept and shown once by whoever watches
            self._error = error
            self._end(State.FAILED)

    def _remember(self, step: StepT) -> None:
        if step.index % self._stride == 0:
            self._kept.append(self._small(step))
        if len(self._kept) >= self._capacity:
            self._stride *= 2
            self._kept = [kept for kept in self._kept if kept.index % self._stride == 0]

    def _end(self, state: State) -> None:
        self._state = state
        self._run.close()


def _stride(steps: Sequence[Step]) -> int:
    """The largest power of two that divides the index of every step of a history."""
    divisor = math.gcd(*(step.index for step in steps))
    return divisor & -divisor or 1
