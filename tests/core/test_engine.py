"""The engine: bounded, fair, cancellable, and it never loses a slot."""

import threading
import time

import pytest

from core.engine import Engine
from core.errors import CancelledError


def one_slot() -> Engine:
    return Engine(lambda _device: 1)


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
