"""A long run that is taken to its end a little at a time, for an answer that nobody waits for at once."""

from __future__ import annotations

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
        if self.answer is None:
            stepper = self._stepper = self._stepper or Stepper(self._begin(), capacity=self._capacity)
            with awaited.by(None):  # whoever advances it may leave; the run is everybody's
                stepper.advance(budget)
            if stepper.error:
                self._stepper = None
                raise stepper.error
            if stepper.state.ended:
                self.answer = self._conclude(stepper.history)
                self._stepper = None  # its last steps are not needed any more
        return self.answer
