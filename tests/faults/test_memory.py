"""Memory runs out in every experiment that asks a network: words, nothing held, and the next run works."""

import gc
from collections.abc import Callable, Iterator

import pytest
import torch

from core.device import best_device
from core.engine import ENGINE
from core.errors import MemoryShortError
from core.zoo import cache
from tests.faults.experiments import CALLS, RUNS, WITHOUT_NETWORK, called, scene
from tests.faults.shortage import shortage
from tests.sessions import torch_is_there as torch_is_there
from ui.watched import Phase, Watched

WORDS = "This needs more memory than the server has."


@pytest.fixture(scope="module", autouse=True)
def _quick_collections() -> Iterator[None]:
    """What is there now is left out of collections, as in the app: each try that finds no memory asks for one."""
    scene()
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


def test_every_experiment_that_pages_call_is_known_here():
    """A new one has to be entered in `tests.faults.experiments`: with a call, or as one that asks no network."""
    assert called() == CALLS.keys() | WITHOUT_NETWORK
    assert not CALLS.keys() & WITHOUT_NETWORK


def assert_free(device: str) -> None:
    """Nobody waits for a slot of the engine, nor for a network."""
    assert ENGINE.waiting(device) == 0
    with ENGINE.join(device) as ticket:
        assert ticket.place == 0
    assert not cache.CACHE._loading


@pytest.mark.parametrize("experiment", CALLS)
@pytest.mark.parametrize(
    ("error", "after"), [(torch.OutOfMemoryError, 0), (MemoryError, 1)], ids=["at the first layer", "at the second"]
)
def test_an_experiment_that_runs_out_of_memory_says_so_lets_go_and_works_again(experiment, error, after):
    at, device = scene(), best_device().type
    with shortage(error, after=after) as short:
        told = failure(lambda: ENGINE.run(lambda: CALLS[experiment](at), device))
    assert short.hits
    assert told.startswith(WORDS)
    assert short.held() == 0
    assert_free(device)
    assert CALLS[experiment](at) is not None


def failure(work: Callable[[], object]) -> str:
    """The words of the want of memory; the error itself, and so its frames, is gone afterwards."""
    try:
        work()
    except MemoryShortError as error:
        return str(error)
    raise AssertionError("there was memory")


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("step", [0, 1], ids=["at the beginning", "on the way"])
def test_a_watched_run_that_runs_out_of_memory_keeps_its_words_alone_and_starts_again(run, step):
    at, device, held = scene(), best_device().type, watching()
    with shortage(after=10**9) as plenty:
        going = RUNS[run](at)
        for _ in range(step):
            next(going)
        going.close()
    held.start()
    with shortage(after=plenty.calls) as short:
        for _ in range(20):
            if held.line_up() is Phase.FAILED:
                break
            held.advance(lambda settings: RUNS[run](at), in_page=False)
    assert short.hits
    assert held.problem
    assert str(held.problem).startswith(WORDS)
    assert short.held() == 0, "though the session keeps the error"
    assert_free(device)
    assert not ENGINE._lanes[device], "the next run may begin"
    held.start()
    assert held.line_up() is Phase.RUNNING
    held.advance(lambda settings: RUNS[run](at), in_page=True)
    assert held.shown().newest is not None
    held.stop()


def watching() -> Watched:
    """What a session keeps of a run, before its start."""
    return Watched("a fault", None, "The run")
