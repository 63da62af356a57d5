"""Who still waits is asked in the thread that computes, and nowhere else."""

import threading

import pytest

from core import awaited


class GoneError(Exception):
    """Nobody waits."""


def gone() -> None:
    raise GoneError


def test_without_a_check_everything_goes_on():
    awaited.still()


def test_the_check_counts_inside_the_block_alone_also_after_an_error():
    with pytest.raises(GoneError), awaited.by(gone):
        awaited.still()
    awaited.still()


def test_none_inside_lets_go_on_what_is_everybodys():
    with awaited.by(gone):
        with awaited.by(None):
            awaited.still()
        with pytest.raises(GoneError):
            awaited.still()


def test_another_thread_hears_nothing_of_it():
    heard = []

    def other() -> None:
        awaited.still()
        heard.append("goes on")

    with awaited.by(gone):
        thread = threading.Thread(target=other)
        thread.start()
        thread.join()
    assert heard == ["goes on"]
