"""A long run taken to its end a little at a time."""

import math
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass

import pytest

from core import awaited
from core.errors import SettingError
from core.experiments.effort import Effort
from core.steps import Step


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Step):
    """How often it was counted."""

    begun: int


class Counting:
    """Runs of five steps, which know how often one began; the first `failing` fail at their second step."""

    def __init__(self, failing: int = 0) -> None:
        self.begun, self._failing = 0, failing

    def run(self) -> Iterator[Count]:
        self.begun += 1
        for index in range(5):
            if index == 1 and self.begun <= self._failing:
                raise SettingError("It broke.", "Try another.")
            yield Count(index=index, begun=self.begun)

    def effort(self, capacity: int = 2) -> Effort[list[int]]:
        return Effort(self.run, lambda steps: [step.index for step in steps], capacity=capacity)


def test_nothing_begins_before_it_is_advanced():
    counting = Counting()
    effort = counting.effort()
    assert (effort.answer, effort.history, counting.begun) == (None, (), 0)


def test_it_goes_a_step_at_a_time_and_concludes_from_the_steps_it_kept():
    effort = Counting().effort(capacity=9)
    seen = []
    while effort.advance(0.0) is None:
        seen.append(effort.history[-1].index)
    assert seen == [0, 1, 2, 3, 4]
    assert effort.answer == [0, 1, 2, 3, 4]
    assert effort.history == ()


def test_an_answer_that_is_there_is_given_again():
    counting = Counting()
    effort = counting.effort()
    first = effort.advance(math.inf)
    assert first == [0, 4]
    assert effort.advance(math.inf) is first
    assert counting.begun == 1


def test_after_an_error_it_begins_anew():
    counting = Counting(failing=1)
    effort = counting.effort()
    with pytest.raises(SettingError, match="broke"):
        effort.advance(math.inf)
    assert (effort.answer, effort.history) == (None, ())
    assert effort.advance(math.inf) == [0, 4]
    assert counting.begun == 2


def test_many_threads_make_it_once():
    counting = Counting()
    effort = counting.effort()
    threads = [threading.Thread(target=effort.advance, args=(math.inf,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert effort.answer == [0, 4]
    assert counting.begun == 1


def test_whoever_leaves_does_not_end_it_for_the_others():
    def gone() -> None:
        raise KeyboardInterrupt

    def asking() -> Iterator[Step]:
        for index in range(3):
            awaited.still()
            yield Step(index=index)

    effort = Effort(asking, lambda steps: [step.index for step in steps], capacity=5)
    with awaited.by(gone):
        assert effort.advance(0.0) is None
    assert effort.advance(math.inf) == [0, 1, 2]


def test_threads_that_come_first_together_begin_one_run():
    counting = Counting()
    both = threading.Barrier(2)

    def begin() -> Iterator[Count]:
        with suppress(threading.BrokenBarrierError):
            both.wait(0.5)  # for a second thread that begins one too
        return counting.run()

    effort = Effort(begin, lambda steps: [step.begun for step in steps])
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(effort.advance, (math.inf, math.inf)))
    assert effort.answer == [1, 1]
    assert both.broken
    assert counting.begun == 1
