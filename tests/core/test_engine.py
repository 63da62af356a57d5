"""The engine: bounded, fair, cancellable, and it never loses a slot."""

import threading
import time

import pytest

from core import engine as engine_module
from core.engine import Engine, Lease, default_slots
from core.errors import CancelledError


def one_slot() -> Engine:
    return Engine(lambda _device: 1)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def engine(clock) -> Engine:
    """One slot, and that clock."""
    return Engine(lambda _device: 1, clock)


def test_never_runs_more_than_its_slots_at_once():
    engine, running, most, guard = Engine(lambda _device: 2), 0, 0, threading.Lock()

    def work():
        nonlocal running, most
        with guard:
            running += 1
            most = max(most, running)
        time.sleep(0.01)
        with guard:
            running -= 1

    threads = [threading.Thread(target=lambda: engine.run(work)) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2
    assert engine.waiting() == 0


def test_serves_in_the_order_of_arrival():
    engine, served = one_slot(), []
    first = engine.join()
    assert first.wait(0.0)
    tickets = [engine.join() for _ in range(5)]
    assert [ticket.place for ticket in tickets] == [1, 2, 3, 4, 5]

    def serve(number):
        with tickets[number] as ticket:
            ticket.wait()
            served.append(number)

    threads = [threading.Thread(target=serve, args=(number,)) for number in (3, 1, 4, 0, 2)]
    for thread in threads:
        thread.start()
    with first:
        pass
    for thread in threads:
        thread.join()
    assert served == [0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("device", "cores", "slots"), [("cpu", 2, 1), ("cpu", 16, 2), ("cpu", 64, 8), ("cpu", None, 1), ("cuda", 64, 1)]
)
def test_there_is_a_slot_for_every_eight_cores_and_one_for_a_gpu(monkeypatch, device, cores, slots):
    monkeypatch.setattr(engine_module.os, "cpu_count", lambda: cores)
    assert default_slots(device) == slots


def test_a_place_that_was_given_up_is_left_without_harm_to_others():
    engine = one_slot()
    with engine.join() as first:
        assert first.wait(0.0)
        with engine.join() as gone, engine.join() as next_one:
            gone.cancel()
            assert (gone.place, next_one.place) == (0, 1)
        assert engine.waiting() == 0
        assert first.running
        assert first.place == 0


def test_places_move_up_when_somebody_ahead_cancels():
    engine = one_slot()
    _running, second, third = engine.join(), engine.join(), engine.join()
    second.cancel()
    assert third.place == 1


def test_a_waiting_thread_wakes_up_when_its_ticket_is_cancelled():
    engine, seen = one_slot(), []
    engine.join().wait(0.0)
    ticket = engine.join()

    def wait():
        try:
            ticket.wait(5.0)
        except CancelledError as error:
            seen.append(error.advice)

    thread = threading.Thread(target=wait)
    thread.start()
    ticket.cancel()
    thread.join(2)
    assert seen == ["Start it again when you like."]


def test_cancelling_work_under_way_keeps_its_slot_until_it_ends():
    engine = one_slot()
    running, waiting = engine.join(), engine.join()
    assert running.wait(0.0)
    running.cancel()
    assert waiting.wait(0.0) is False
    with running:
        pass
    assert waiting.wait(0.0) is True


def test_waiting_is_bounded_by_its_timeout():
    engine = one_slot()
    engine.join()
    began = time.perf_counter()
    assert engine.join().wait(0.05) is False
    assert time.perf_counter() - began < 2


def test_an_error_frees_the_slot():
    engine = one_slot()

    def fail():
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        engine.run(fail)
    assert engine.run(lambda: 7) == 7


def test_devices_have_queues_of_their_own():
    engine = one_slot()
    engine.join("cpu").wait(0.0)
    assert engine.join("cuda").wait(0.0)


# Long runs ---------------------------------------------------------------------------------------------------------


def places(*leases: Lease) -> list[int]:
    return [lease.place for lease in leases]


def test_long_runs_are_served_in_the_order_of_arrival(engine):
    first, second, third = (engine.lease(seconds=5.0) for _ in range(3))
    assert places(first, second, third) == [0, 1, 2]
    assert [lease.renew() for lease in (third, second, first)] == [2, 1, 0]
    first.cancel()
    assert places(second, third) == [0, 1]


def test_as_many_long_runs_are_on_as_there_are_slots():
    engine = Engine(lambda _device: 2)
    assert places(*(engine.lease(seconds=5.0) for _ in range(4))) == [0, 0, 1, 2]


def test_each_device_has_a_lane_of_its_own(engine):
    assert places(engine.lease("cpu"), engine.lease("cuda")) == [0, 0]


def test_a_lease_that_nobody_renews_runs_out_and_the_next_run_begins(engine, clock):
    left, watched = engine.lease(seconds=5.0), engine.lease(seconds=5.0)
    clock.now += 4.9
    assert watched.renew() == 1
    clock.now += 0.2
    assert watched.place == 0
    assert left.place == 1


def test_who_comes_back_too_late_stands_at_the_end(engine, clock):
    late, other = engine.lease(seconds=5.0), engine.lease(seconds=50.0)
    clock.now += 6
    assert late.renew() == 1
    other.cancel()
    assert late.renew() == 0


def test_who_comes_back_in_time_keeps_the_place(engine, clock):
    first, other = engine.lease(seconds=5.0), engine.lease(seconds=50.0)
    for _ in range(4):
        clock.now += 4.9
        assert first.renew() == 0
    assert other.place == 1


def test_a_long_part_keeps_its_lease_and_renews_it(engine, clock):
    slow, other = engine.lease(seconds=5.0), engine.lease(seconds=500.0)

    def work():
        clock.now += 60
        return places(slow, other)

    assert slow.run(work) == [0, 1]
    clock.now += 4.9
    assert places(slow, other) == [0, 1]


def test_a_lease_given_back_is_given_back_for_good(engine):
    first, second = engine.lease(), engine.lease()
    first.cancel()
    with pytest.raises(CancelledError):
        first.renew()
    with pytest.raises(CancelledError):
        first.run(lambda: pytest.fail("computed"))
    assert second.renew() == 0


def test_a_long_run_leaves_the_slot_to_short_work_between_its_parts(engine):
    """Though the run is on for the whole test, short work waits for no more than the part that is under way."""
    lease, parts, over = engine.lease(), [], threading.Event()

    def watch():
        while not over.is_set():
            lease.run(lambda: (parts.append("part"), time.sleep(0.01)))

    thread = threading.Thread(target=watch)
    thread.start()
    for _ in range(10):
        before = len(parts)
        assert len(parts) <= engine.run(lambda: len(parts)) <= before + 2
    over.set()
    thread.join(10)
    assert lease.place == 0


def test_short_work_does_not_starve_a_long_run(engine):
    """A part stands in the same queue as short work: what comes after it waits for it."""
    lease, done = engine.lease(), []
    first = engine.join()
    assert first.wait(0.0)
    waiting = threading.Event()
    part = threading.Thread(target=lambda: lease.run(lambda: done.append("part"), waiting.set))
    part.start()
    assert waiting.wait(10)
    later = threading.Thread(target=lambda: engine.run(lambda: done.append("short")))
    later.start()
    with first:
        assert done == []
    part.join(10)
    later.join(10)
    assert done == ["part", "short"]


def test_parts_of_two_runs_are_never_computed_together():
    """Not even when the lease of the first ran out while it waited for its slot."""
    engine, inside, most = one_slot(), 0, 0

    def work():
        nonlocal inside, most
        inside += 1
        most = max(most, inside)
        time.sleep(0.002)
        inside -= 1

    def watch(lease: Lease):
        for _ in range(5):
            lease.run(work)

    threads = [threading.Thread(target=watch, args=(engine.lease(seconds=0.0),)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert most == 1


def test_a_part_that_waits_is_ended_by_cancel_from_another_thread(engine):
    engine.join().wait(0.0)
    lease, waiting, seen = engine.lease(), threading.Event(), []

    def wait():
        try:
            lease.run(lambda: seen.append("computed"), waiting.set)
        except CancelledError as error:
            seen.append(error.advice)

    thread = threading.Thread(target=wait)
    thread.start()
    assert waiting.wait(10)
    lease.cancel()
    thread.join(10)
    assert seen == ["Start it again when you like."]
    assert engine.waiting() == 0


def test_who_leaves_while_a_part_waits_frees_its_place(engine):
    """A page that is interrupted raises from what is called meanwhile."""

    class Leave(BaseException):
        pass

    def meanwhile():
        raise Leave

    engine.join().wait(0.0)
    with pytest.raises(Leave):
        engine.lease().run(lambda: pytest.fail("computed"), meanwhile)
    assert engine.waiting() == 0


def test_an_error_in_a_part_frees_the_slot_and_keeps_the_lease(engine, clock):
    lease = engine.lease(seconds=5.0)

    def fail():
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        lease.run(fail)
    assert engine.run(lambda: 7) == 7
    assert lease.run(lambda: 8) == 8
    other = engine.lease(seconds=500.0)
    clock.now += 6
    assert places(lease, other) == [1, 0]
