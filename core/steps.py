"""Long computations: a run yields frozen steps, and a stepper lets many threads drive one run safely.

A run is a generator, so its caller owns the pace: stop iterating and it ends. Settings may change between steps: they
are sent into the generator (`newer = yield step`), which goes on with them from its next step.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One finished step. `index` counts the updates before it, so the first step of a run has index 0.

    What a step holds is a clone on the CPU: a later step never repaints an earlier one.
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
    """

    def __init__(self, run: Run[StepT], *, capacity: int = 60) -> None:
        if capacity < 2:
            raise ValueError(f"capacity must be at least 2, got {capacity}")
        self._run = run
        self._capacity = capacity
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._settings: Any = None
        self._kept: list[StepT] = []
        self._stride = 1
        self._newest: StepT | None = None
        self._state = State.READY
        self._error: Exception | None = None

    @property
    def state(self) -> State:
        """Where the run stands now."""
        return self._state

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
        return kept if newest is None or (kept and kept[-1].index == newest.index) else (*kept, newest)

    def advance(self, budget: float) -> State:
        """Take steps for about `budget` seconds, at least one, and return the state.

        Returns at once when another thread is inside the run, and when the run has ended. An error of the run is kept
        in `error` instead of being raised.
        """
        if not self._lock.acquire(blocking=False):
            return self._state
        try:
            deadline = time.perf_counter() + budget
            while not self._state.ended:
                if self._stop.is_set():
                    self._end(State.STOPPED)
                    break
                self._take_one()
                if time.perf_counter() >= deadline:
                    break
            return self._state
        finally:
            self._lock.release()

    def update(self, settings: object) -> None:
        """Steer the run: its next step is computed with `settings`. The newest call wins."""
        self._settings = settings

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
            if fresh:
                step = next(self._run)  # a generator that has not begun accepts nothing yet
            else:
                settings, self._settings = self._settings, None
                step = self._run.send(settings)
        except StopIteration:
            self._end(State.DONE)
        except Exception as error:  # noqa: BLE001 - kept and shown once by whoever watches
            self._error = error
            self._end(State.FAILED)
        else:
            self._newest = step
            self._keep(step)

    def _keep(self, step: StepT) -> None:
        if step.index % self._stride == 0:
            self._kept.append(step)
        if len(self._kept) >= self._capacity:
            self._stride *= 2
            self._kept = [kept for kept in self._kept if kept.index % self._stride == 0]

    def _end(self, state: State) -> None:
        self._state = state
        self._run.close()
