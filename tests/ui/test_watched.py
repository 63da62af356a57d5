"""What a session keeps of a run: its pace, how it is steered, and what it lets go of. How it is watched: test_live."""

import gc
import weakref
from dataclasses import dataclass

import pytest

from core.device import best_device
from core.engine import ENGINE
from core.errors import SettingError
from core.steps import Step
from ui import watched
from ui.watched import Phase, Watched


@dataclass(frozen=True, slots=True, kw_only=True)
class Count(Step):
    add: int


@pytest.fixture(autouse=True)
def held(monkeypatch):
    """A run that takes one step at a tick, and a queue that nobody else stands in."""
    monkeypatch.setattr(ENGINE, "_slots", lambda device: 1)
    ENGINE._lanes.clear()
    held: Watched[Count] = Watched("a", None, "Counting")
    yield held
    held.forget()
    ENGINE._lanes.clear()


def counting(add: int):
    """Steps that say how they were steered."""
    for index in range(1000):
        add = (yield Count(index=index, add=add)) or add


def tick(held: Watched[Count], begin=counting) -> None:
    held.line_up()
    held.advance(begin, in_page=True)


@pytest.mark.parametrize("phase", Phase)
def test_a_phase_goes_on_or_has_ended_or_waits_for_a_visitor(phase):
    assert not (phase.going and phase.ended)
    assert (phase.going or phase.ended) != (phase in (Phase.READY, Phase.PAUSED))


def test_nothing_is_computed_before_it_is_started(held):
    held.steer(1)
    tick(held)
    assert (held.phase, held.shown().newest, held.before, held.after) == (Phase.PAUSED, None, 0, None)


def test_the_pace_is_that_of_the_last_ticks(held, monkeypatch):
    now = iter(range(0, 10_000, 2))
    monkeypatch.setattr(watched.time, "monotonic", lambda: float(next(now)))
    held.steer(1)
    held.start()
    assert held.pace is None
    tick(held)
    assert held.pace is None, "one tick is no pace"
    tick(held)
    (began, _), (ended, _) = held._marks
    assert held.pace == pytest.approx(1 / (ended - began))
    held.go_on()
    assert held.pace is None, "what lies before a pause tells nothing of the pace after it"


def test_steering_reaches_the_next_step(held):
    held.steer(1)
    held.start()
    tick(held)
    held.steer(1)
    tick(held)
    held.steer(5)
    tick(held)
    assert [step.add for step in held.shown().history] == [1, 1, 1, 5]


def test_what_was_steered_before_the_start_is_what_it_begins_with(held):
    held.steer(1)
    held.steer(7)
    held.start()
    tick(held)
    assert {step.add for step in held.shown().history} == {7}


def test_an_error_keeps_nothing_alive_that_the_run_held(held):
    class Heavy:
        """What a run holds in memory."""

    alive = []

    def breaking(add: int):
        heavy = Heavy()
        alive.append(weakref.ref(heavy))
        yield Count(index=0, add=add)
        try:
            raise KeyError(heavy.__class__.__name__)
        except KeyError as error:
            raise SettingError("It broke.") from error  # of a kind that no log keeps

    held.steer(1)
    held.start()
    tick(held, breaking)
    assert held.phase is Phase.FAILED
    assert isinstance(held.problem, SettingError)
    gc.collect()
    assert alive[0]() is None


def test_a_failed_run_gives_its_place_back_and_takes_none_before_it_is_started_anew(held):
    def broken(add: int):
        raise ValueError
        yield

    held.steer(1)
    held.start()
    tick(held, broken)
    held.go_on()
    assert held.line_up() is Phase.FAILED
    assert ENGINE._lanes[best_device().type] == []
    held.start()
    tick(held)
    assert held.phase is Phase.RUNNING
    assert held.problem is None


def test_what_is_forgotten_is_ready_and_its_run_is_ended(held):
    ended = []

    def closing(add: int):
        try:
            yield from counting(add)
        finally:
            ended.append(True)

    held.steer(1)
    held.start()
    tick(held, closing)
    held.forget()
    assert ended == [True]
    assert held.shown().history == ()
    assert held.phase is Phase.READY


def test_a_place_given_back_this_very_moment_is_no_error(held):
    """A pause in one thread meets a tick in another."""
    held.steer(1)
    held.start()
    tick(held)
    held._lease.cancel()
    held.line_up()
    before = held.shown().newest
    held.advance(counting, in_page=False)
    assert held.shown().newest is before
    assert held.problem is None


class Leaving:
    """A lease that another thread gives back while this one looks at it."""

    place = 0

    def __init__(self, held: Watched) -> None:
        self._held = held

    def __bool__(self) -> bool:
        self._held._lease = None
        return True


@pytest.mark.parametrize(
    ("look", "seen"), [(lambda held: held.phase, Phase.RUNNING), (lambda held: held.before, 0)], ids=["phase", "before"]
)
def test_a_look_outlasts_a_lease_that_is_given_back_meanwhile(look, seen):
    held = Watched("a run", None, "The run")
    held._going = True
    held._lease = Leaving(held)
    assert look(held) == seen
