"""Runs and the stepper that drives them."""

import threading
import time
from dataclasses import dataclass

import pytest

from core.steps import Run, State, Step, Stepper


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Step):
    value: int


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
    assert len(history) <= 60 + 1
    assert history[0].index == 0
    assert history[-1].index == length - 1
    assert [step.index for step in history] == sorted({step.index for step in history})


def test_a_history_of_one_step_is_refused():
    with pytest.raises(ValueError, match="capacity"):
        Stepper(counting(1), capacity=1)
