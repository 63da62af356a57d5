"""A long run that is taken to its end a little at a time, for an answer that nobody waits for at once."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar

from core import awaited
from core.steps import Run, Stepper

AnswerT = TypeVar("AnswerT")


class Effort(Generic[AnswerT]):
    """A run that is taken to its end a little at a time, and its `answer`, None until then.

    Any thread may advance it, and several may share it: only one is inside at a time.
    """

    def __init__(
        self, begin: Callable[[], Run[Any]], conclude: Callable[[Sequence[Any]], AnswerT], *, capacity: int = 2
    ) -> None:
        self._begin, self._conclude, self._capacity = begin, conclude, capacity
        self._guard = threading.Lock()  # of which run is advanced
        self._stepper: Stepper[Any] | None = None
        self.answer: AnswerT | None = None

    @property
    def history(self) -> tuple[Any, ...]:
        """The steps so far, `capacity` at most, evenly thinned; empty before the first and after the end."""
        stepper = self._stepper
        return stepper.history if stepper else ()

    def advance(self, budget: float) -> AnswerT | None:
        """Go on for about `budget` seconds, by one update at least, and return the answer if it is there.

        Returns at once where another thread is inside. After an error the next call begins anew.

        Raises:
            VisionLabError: what ended the run.
        """
        stepper = self._under_way()
        if stepper is not None:
            with awaited.by(None):  # whoever advances it may leave; the run is everybody's
                stepper.advance(budget)
            if stepper.error:
                self._let_go(stepper)
                raise stepper.error
            if stepper.state.ended:
                self._let_go(stepper, self._conclude(stepper.history))
        return self.answer

    def _under_way(self) -> Stepper[Any] | None:
        """The one run of all threads, begun where none is; None where the answer is there."""
        with self._guard:
            if self.answer is None and self._stepper is None:
                self._stepper = Stepper(self._begin(), capacity=self._capacity)
            return self._stepper

    def _let_go(self, stepper: Stepper[Any], answer: AnswerT | None = None) -> None:
        """Keep the answer, and forget the run: its last steps are not needed any more."""
        with self._guard:
            if self._stepper is stepper:  # else another thread was here before, and a new run may be under way
                self.answer, self._stepper = answer, None
