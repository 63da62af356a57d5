"""What a session keeps of a run that is watched: its steps so far, its lease, its pace, and what went wrong."""

from __future__ import annotations

import math
import threading
import time
from collections import deque
from collections.abc import Callable, Hashable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Any, Generic, TypeVar
from weakref import WeakSet

from core.engine import ENGINE, Lease
from core.errors import CancelledError, VisionLabError
from core.steps import Run, State, Step, Stepper
from ui import between, messages, preload

StepT = TypeVar("StepT", bound=Step)

BUDGET = 0.18  # seconds that one tick may compute: what is left is for the picture, and for what a visitor does
SLOW = 0.25  # seconds, from which on a tick is long
LAST = 2.0  # seconds that a pause waits for the step under way, at most
LEASE = 5.0  # seconds without a tick until the next run begins; browsers slow the clock of a hidden tab to one second
ABANDONED = 900.0  # seconds without a look at its page until a run is ended when somebody starts another

_all: WeakSet[Watched[Any]] = WeakSet()
_guard = threading.Lock()  # of `_all`


class Phase(Enum):
    """Where a watched run stands."""

    READY = "ready"  # nothing has been started
    WAITING = "waiting"  # other runs are before it
    RUNNING = "running"
    PAUSED = "paused"
    DONE = "done"
    STOPPED = "stopped"
    FAILED = "failed"

    @property
    def going(self) -> bool:
        """Whether it goes on, or will by itself."""
        return self in (Phase.WAITING, Phase.RUNNING)

    @property
    def ended(self) -> bool:
        """Whether no further step can come."""
        return self in (Phase.DONE, Phase.STOPPED, Phase.FAILED)


@dataclass(frozen=True, slots=True, eq=False)
class Shown(Generic[StepT]):
    """What there is to see of a run: its newest step (None before the first) and at most 60 steps of its history."""

    phase: Phase
    newest: StepT | None
    history: tuple[StepT, ...]


class Watched(Generic[StepT]):
    """What a session keeps of one run. Used by one script thread at a time, except for moments; the stepper is locked."""

    def __init__(self, of: Hashable, keep: Callable[[StepT], StepT] | None, what: str) -> None:
        self.of = of
        self._keep = keep
        self._what = what
        self._settings: Any = None
        self._going = False
        self._stepper: Stepper[StepT] | None = None
        self._lease: Lease | None = None
        self._earlier: tuple[StepT, ...] = ()  # of the run that this one goes on from: its history up to there
        self._marks: deque[tuple[float, int]] = deque(maxlen=20)  # when which step was there, for the pace
        self.problem: VisionLabError | None = None
        self.seen = time.monotonic()
        self.in_page = False  # whether the next tick is part of a run of the whole page
        self._ticked = -math.inf  # when the last part was computed
        self._slow = False  # whether that took longer than a tick should
        self.turn = 0  # the number of the tick that was drawn last
        self._inside = threading.Lock()  # held by the thread that takes steps
        with _guard:
            _all.add(self)

    @property
    def phase(self) -> Phase:
        """Where it stands now."""
        stepper, lease = self._stepper, self._lease  # another thread may forget them at any moment
        state = stepper.state if stepper else State.READY
        if self.problem:
            return Phase.FAILED
        if state.ended:
            return Phase(state.value)
        if self._going:
            return Phase.WAITING if lease and lease.place else Phase.RUNNING
        return Phase.PAUSED if stepper or self._earlier else Phase.READY

    @property
    def after(self) -> StepT | None:
        """The step of an earlier run that this one goes on from."""
        return self._earlier[-1] if self._earlier else None

    @property
    def before(self) -> int:
        """How many runs are before it."""
        lease = self._lease
        return lease.place if lease else 0

    @property
    def pace(self) -> float | None:
        """Steps a second of the last ticks, waiting included; None before two of them."""
        marks = tuple(self._marks)
        if len(marks) < 2 or marks[-1][1] == marks[0][1]:
            return None
        return (marks[-1][1] - marks[0][1]) / (marks[-1][0] - marks[0][0])

    def shown(self) -> Shown[StepT]:
        """What there is to see."""
        stepper = self._stepper
        if stepper is None:
            return Shown(self.phase, self.after, self._earlier)
        return Shown(self.phase, stepper.newest, stepper.history)

    def start(self) -> None:
        """Begin anew. Runs that nobody has looked at for long, of any session, are ended: they hold memory."""
        with _guard:
            others = list(_all)
        for other in others:
            if other is not self and time.monotonic() - other.seen > ABANDONED:
                other.stop()
        self.forget()
        self.go_on()

    def go_back(self, index: int) -> None:
        """Begin after step `index` of the history, which stays up to there. What is not in it changes nothing."""
        newest, before = self.shown().newest, [step for step in self.shown().history if step.index <= index]
        if newest is None or not before or before[-1].index != index:
            return
        self.start()
        self._earlier = (*before[:-1], newest if newest.index == index else before[-1])

    def go_on(self) -> None:
        """Resume, as the last of the queue."""
        self._marks.clear()
        self._ticked, self._slow = -math.inf, False
        self._going = not self.phase.ended

    def pause(self) -> None:
        """Keep everything and let others go on; before the first step there is nothing to keep.

        A tick under way, in the thread of the page before, ends with the step it is at: that is waited for, so that what
        is drawn next is the newest there will be.
        """
        self._going = False
        lease, self._lease = self._lease, None
        if lease:
            lease.cancel()
        if self._inside.acquire(timeout=LAST):
            self._inside.release()

    def stop(self) -> None:
        """End it, and keep its picture and its history."""
        self.pause()
        stepper = self._stepper
        if stepper:
            stepper.stop()
        else:
            self._earlier = ()

    def forget(self) -> None:
        """End it, and free what it holds: callbacks and fragments of earlier runs of the page may still hold this object."""
        self.stop()
        self._stepper, self._earlier, self.problem = None, (), None

    def steer(self, settings: object) -> None:
        """Let the run go on with `settings`, where they are others."""
        stepper = self._stepper
        if stepper and settings != self._settings:
            stepper.update(settings)
        self._settings = settings

    def line_up(self) -> Phase:
        """Say that somebody looks: keep the place in the queue, or take one; return where the run stands then."""
        self.seen = time.monotonic()
        if self._going:
            preload.wait()
            from core.device import best_device

            lease = self._lease = self._lease or ENGINE.lease(best_device().type, seconds=LEASE)
            with suppress(CancelledError):  # paused or stopped this very moment, which the phase then says
                lease.renew()
        return self.phase

    def advance(self, begin: Callable[[Any], Run[StepT]], *, in_page: bool) -> None:
        """Compute for one tick. An error ends the run and is kept as the problem, in words.

        The rest of the page waits for a tick that is part of its own run, so that one takes a single step, which shows
        what was just set, or none where a step takes long and the last one was just taken.
        """
        began, lease = time.monotonic(), self._lease
        if in_page and self._slow and began - self._ticked < 4 * SLOW:
            return
        if not in_page:
            between.note(began - self._ticked)
        try:
            stepper = self._stepper
            if stepper is None:
                stepper = self._stepper = Stepper(begin(self._settings), keep=self._keep, before=self._earlier)
            if lease:
                with suppress(CancelledError):  # paused or stopped while it waited
                    lease.run(lambda: self._take_steps(stepper, 0.0 if in_page else BUDGET), meanwhile=preload.touch)
            error = stepper.error
        except Exception as caught:  # noqa: BLE001 - kept, and told in words
            error = caught
        if error:
            self.problem = messages.told(error, self._what, "Change a setting and start it again.")
            _let_go(error)
        if self.phase.ended:
            self.pause()
        self._ticked = time.monotonic()
        self._slow = self._ticked - began > SLOW

    def _take_steps(self, stepper: Stepper[StepT], budget: float) -> None:
        deadline = time.monotonic() + budget
        with self._inside:
            if stepper.newest is None:
                stepper.advance(0.0)  # the beginning alone; what is shown first has had an update
            while self._going:  # a pause is heard after each step
                if stepper.advance(0.0).ended or time.monotonic() >= deadline:
                    break
        if stepper.newest:
            self._marks.append((time.monotonic(), stepper.newest.index))


def _let_go(error: BaseException | None) -> None:
    """Forget the frames of an error that is kept: they hold all that the run held, and that may be why it failed."""
    while error:
        error.__traceback__ = None
        error = error.__cause__ or error.__context__
