"""Runs and the stepper that drives them."""

import threading
import time
from dataclasses import dataclass, replace

import pytest
import torch

from core.steps import Run, State, Step, Stepper


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Step):
    value: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Drawn(Step):
    picture: torch.Tensor


def counting(length: int, closed: list | None = None, pause: float = 0) -> Run[Count]:
    """Adds 1 in each step, or what it was last told to add."""
    value, add = 0, 1
    try:
        for index in range(length):
            add = (yield Count(index=index, value=value)) or add
            time.sleep(pause)
            value += add
    finally:
        if closed is not None:
            closed.append(True)


def failing() -> Run[Count]:
    yield Count(index=0, value=0)
    raise FloatingPointError("the loss is not finite")


def test_advance_takes_at_least_one_step_and_keeps_to_its_budget():
    stepper = Stepper(counting(1_000, pause=0.01))
    stepper.advance(0.0)
    assert stepper.newest == Count(index=0, value=0)
    began = time.perf_counter()
    assert stepper.advance(0.05) is State.RUNNING
    assert 0.05 <= time.perf_counter() - began < 1


def test_a_finished_run_is_done_and_further_calls_change_nothing():
    stepper = Stepper(counting(3))
    while not stepper.advance(1.0).ended:
        pass
    assert stepper.state is State.DONE
    assert stepper.newest == Count(index=2, value=2)
    assert stepper.advance(1.0) is State.DONE


def test_new_settings_take_effect_from_the_next_step():
    stepper = Stepper(counting(3))
    stepper.advance(0.0)
    stepper.update(10)
    stepper.advance(0.0)
    assert stepper.newest == Count(index=1, value=10)
    stepper.advance(0.0)
    assert stepper.newest == Count(index=2, value=20)


def test_settings_given_before_the_first_step_are_used_after_it():
    stepper = Stepper(counting(2))
    stepper.update(5)
    stepper.advance(0.0)
    stepper.advance(0.0)
    assert stepper.newest == Count(index=1, value=5)


def test_stop_ends_the_run_and_closes_its_generator():
    closed: list[bool] = []
    stepper = Stepper(counting(1_000, closed))
    stepper.advance(0.0)
    stepper.stop()
    assert stepper.state is State.STOPPED
    assert closed == [True]
    assert stepper.newest == Count(index=0, value=0)


def test_stop_reaches_a_run_that_another_thread_is_advancing():
    stepper = Stepper(counting(100_000, pause=0.001))
    thread = threading.Thread(target=stepper.advance, args=(60.0,))
    thread.start()
    while stepper.newest is None:
        time.sleep(0.001)
    stepper.stop()
    thread.join(2)
    assert not thread.is_alive()
    assert stepper.state is State.STOPPED


def test_an_error_ends_the_run_and_is_kept():
    stepper = Stepper(failing())
    stepper.advance(1.0)
    assert stepper.state is State.FAILED
    assert isinstance(stepper.error, FloatingPointError)
    assert stepper.newest == Count(index=0, value=0)


def test_two_threads_never_enter_the_run_together():
    stepper = Stepper(counting(400, pause=0.0005))
    threads = [threading.Thread(target=lambda: [stepper.advance(0.002) for _ in range(400)]) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    while not stepper.advance(1.0).ended:
        pass
    assert stepper.state is State.DONE
    assert stepper.newest == Count(index=399, value=399)


@pytest.mark.parametrize("length", [1, 59, 60, 61, 500, 1_000])
def test_history_is_bounded_and_keeps_the_first_and_the_newest(length):
    stepper = Stepper(counting(length), capacity=60)
    while not stepper.advance(1.0).ended:
        pass
    history = stepper.history
    assert len(history) <= 60
    assert history[0].index == 0
    assert history[-1].index == length - 1
    assert [step.index for step in history] == sorted({step.index for step in history})


def test_a_history_of_one_step_is_refused():
    with pytest.raises(ValueError, match="capacity"):
        Stepper(counting(1), capacity=1)


def test_a_step_of_tensors_equals_itself_alone():
    one, other = Drawn(index=0, picture=torch.zeros(2)), Drawn(index=0, picture=torch.ones(2))
    assert one == one
    assert one != other
    assert one != Drawn(index=0, picture=one.picture)
    assert len({one, other}) == 2
    assert Count(index=0, value=1) == Count(index=0, value=1) != Count(index=0, value=2)


@pytest.mark.parametrize("length", [7, 8])
def test_history_holds_what_is_kept_of_a_step_and_the_newest_stays_whole(length):
    stepper = Stepper(counting(length), capacity=4, keep=lambda step: Count(index=step.index, value=-step.value))
    while not stepper.advance(1.0).ended:
        pass
    assert stepper.newest == Count(index=length - 1, value=length - 1)
    assert stepper.history[-1] == Count(index=length - 1, value=1 - length)
    assert all(step.value == -step.index for step in stepper.history)


@pytest.mark.parametrize(("until", "length"), [(96, 60), (100, 300), (0, 20), (255, 1_000)])
def test_a_run_that_goes_on_has_one_history_with_what_was_before(until, length):
    first = Stepper(counting(256), keep=lambda step: replace(step, value=-1))
    while not first.advance(1.0).ended:
        pass
    before = [step for step in first.history if step.index < until]
    after = Count(index=until, value=7)

    def further() -> Run[Count]:
        yield from (Count(index=until + one, value=0) for one in range(1, length))

    stepper = Stepper(further(), keep=lambda step: replace(step, value=-1), before=(*before, after))
    assert stepper.newest is after
    assert [step.index for step in stepper.history] == [*(step.index for step in before), until]
    while not stepper.advance(1.0).ended:
        pass
    history = stepper.history
    indices = [step.index for step in history]
    assert len(history) <= 60
    assert indices == sorted(set(indices))
    assert indices[-1] == until + length - 1
    assert indices[0] == 0
    assert {step.value for step in history} == {-1}
    assert any(0 < index < until for index in indices) == (until > 0)


def test_a_step_that_cannot_be_kept_fails_the_run():
    closed: list[bool] = []

    def keep(step: Count) -> Count:
        raise ValueError("no room")

    stepper = Stepper(counting(3, closed), keep=keep)
    assert stepper.advance(0.0) is State.FAILED
    assert isinstance(stepper.error, ValueError)
    assert closed == [True]


def test_the_newest_settings_win_and_are_given_once():
    stepper = Stepper(counting(4))
    stepper.advance(0.0)
    stepper.update(10)
    stepper.update(20)
    stepper.advance(0.0)
    assert stepper.newest == Count(index=1, value=20)
    heard = []

    def listening() -> Run[Count]:
        for index in range(4):
            heard.append((yield Count(index=index, value=0)))

    stepper = Stepper(listening())
    stepper.advance(0.0)
    stepper.update(5)
    while not stepper.advance(1.0).ended:
        pass
    assert heard == [5, None, None, None]


def test_a_run_told_to_stop_has_stopped_though_its_last_step_is_under_way_and_is_closed_by_whoever_takes_it():
    inside, go_on, closed = threading.Event(), threading.Event(), []

    def waiting() -> Run[Count]:
        try:
            yield Count(index=0, value=0)
            inside.set()
            go_on.wait(10)
            yield Count(index=1, value=1)
        finally:
            closed.append(True)

    stepper = Stepper(waiting())
    stepper.advance(0.0)
    thread = threading.Thread(target=stepper.advance, args=(0.0,))  # its budget is spent when the step is done
    thread.start()
    assert inside.wait(10)
    stepper.stop()
    assert stepper.state is State.STOPPED
    assert closed == []
    go_on.set()
    thread.join(10)
    assert closed == [True]
    assert stepper.newest == Count(index=1, value=1)
    assert stepper.advance(1.0) is State.STOPPED
