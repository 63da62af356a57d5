"""A run that asks a network, under way: its device, its memory, its bill. The run here asks once a step, and forward alone."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from core.errors import MemoryShortError
from core.experiments import underway
from core.experiments.underway import UnderWay
from core.steps import Run, Step
from core.zoo import cache

PIXELS = np.random.default_rng(0).integers(0, 256, (224, 224, 3), dtype=np.uint8)
CPU = torch.device("cpu")
MODEL = "lab-classifier"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Asked(Step):
    """What the network said, and what was sent into the run before."""

    logits: torch.Tensor
    sent: object


def asking(network, gradient, home, *, steps: int = 3, slope: bool = False) -> Run[Asked]:
    sent = None
    for index in range(steps):
        image = home(PIXELS).requires_grad_(slope)
        logits = network(image)
        if slope:
            gradient(logits.sum(), image)
        sent = yield Asked(index=index, logits=logits.detach().cpu(), sent=sent)


def short_from(call: int, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Let memory run out at pass number `call` and ever after; the passes that were tried."""
    network, tried = cache.load(MODEL), []

    def forward(pictures):
        tried.append(len(tried))
        if len(tried) > call:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        return network.module(pictures)

    class Short:
        module = staticmethod(forward)

    monkeypatch.setattr(underway, "load", lambda model, device: Short())
    return tried


def test_it_is_at_its_first_step_at_once_and_at_none_after_the_last():
    way, seen = UnderWay(MODEL, asking), []
    while way.newest is not None:
        seen.append(way.newest.index)
        way.go_on()
    assert seen == [0, 1, 2]


def test_the_network_takes_pictures_as_they_are(monkeypatch):
    """They are normalised on the way to it."""
    monkeypatch.setenv("VISION_LAB_DEVICE", "cpu")
    network = cache.load(MODEL, CPU)
    with torch.no_grad():
        expected = network.module(underway.normalise(underway.to_tensor(PIXELS)))
    step = UnderWay(MODEL, asking).newest
    assert step is not None
    torch.testing.assert_close(step.logits, expected)


def test_the_bill_grows_with_every_step_by_what_that_step_asked():
    way = UnderWay(MODEL, lambda *given: asking(*given, slope=True))
    bills = [(way.cost.forward, way.cost.backward)]
    for _ in range(3):
        way.go_on()
        bills.append((way.cost.forward, way.cost.backward))
    assert bills == [(1, 1), (2, 2), (3, 3), (3, 3)]


def test_what_is_sent_comes_to_the_next_step():
    way = UnderWay(MODEL, asking)
    way.go_on("newer")
    assert way.newest is not None
    assert way.newest.sent == "newer"


def test_a_run_without_a_step_has_ended():
    way = UnderWay(MODEL, lambda *given: asking(*given, steps=0))
    assert way.newest is None
    assert way.cost.forward == 0


def test_memory_that_is_short_at_the_first_step_is_looked_for_elsewhere(monkeypatch):
    """With no room anywhere the visitor is told so; before that every place was tried."""
    tried = short_from(0, monkeypatch)
    with pytest.raises(MemoryShortError):
        UnderWay(MODEL, asking)
    assert len(tried) > 1


def test_memory_that_runs_out_on_the_way_is_told(monkeypatch):
    short_from(2, monkeypatch)
    way = UnderWay(MODEL, asking)
    way.go_on()
    with pytest.raises(MemoryShortError, match="more memory than the server has"):
        way.go_on()


@pytest.mark.parametrize("step", [0, 1])
def test_an_error_of_the_network_comes_out_as_it_is(step):
    def broken(network, gradient, home):
        yield from asking(network, gradient, home, steps=step)
        raise RuntimeError("a shape does not fit")

    def taken():
        way = UnderWay(MODEL, broken)
        way.go_on()

    with pytest.raises(RuntimeError, match="a shape does not fit"):
        taken()


@pytest.mark.gpu
def test_the_bill_names_the_accelerator():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    assert UnderWay(MODEL, asking).cost.device.startswith("GPU")
