"""The door of efforts: some seconds at a time, or to the end."""

from collections.abc import Iterator

from core.experiments.effort import Effort
from core.steps import Step
from ui.cached import efforts


def counting() -> Effort[int]:
    def run() -> Iterator[Step]:
        yield from (Step(index=index) for index in range(3))

    return Effort(run, lambda steps: steps[-1].index)


def test_without_time_it_makes_one_step_at_a_call():
    effort = counting()
    assert [efforts.advanced(effort, 0.0) for _ in range(4)] == [None, None, None, 2]


def test_whole_is_the_answer_at_once():
    effort = counting()
    assert efforts.whole(effort) == 2
    assert efforts.advanced(effort, 0.0) == 2
