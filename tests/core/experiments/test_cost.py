import time

import pytest
import torch
from torch import nn

from core.device import describe
from core.experiments import cost
from core.experiments.cost import Meter

CPU = torch.device("cpu")


def test_counts_the_calls_of_what_is_counted(device):
    with Meter(device) as meter:
        square = meter.counted(torch.square)
        for _ in range(3):
            square(torch.ones(2, device=device))
    assert (meter.cost.forward, meter.cost.backward) == (3, 0)


def test_counts_gradients_and_returns_them(device):
    x = torch.tensor([3.0], device=device, requires_grad=True)
    with Meter(device) as meter:
        (once,) = meter.gradient(x**2, x)
        (twice,) = meter.gradient((x**2).sum(), x, retain_graph=True)
    assert once.item() == twice.item() == 6
    assert (meter.cost.forward, meter.cost.backward) == (0, 2)


def test_what_is_counted_takes_and_gives_what_it_did_before():
    with Meter(CPU) as meter:
        layer = nn.Linear(3, 2)
        x = torch.ones(4, 3)
        assert torch.equal(meter.counted(layer)(x), layer(x))
        assert meter.counted(sorted)([1, 3, 2], reverse=True) == [3, 2, 1]


def test_passes_that_are_not_wrapped_are_not_counted():
    with Meter(CPU) as meter:
        nn.Linear(3, 2)(torch.ones(4, 3))
    assert meter.cost.forward == 0


def test_a_call_that_fails_counts_as_it_was_made():
    with Meter(CPU) as meter, pytest.raises(RuntimeError, match="shapes"):
        meter.counted(nn.Linear(3, 2))(torch.ones(4, 4))
    assert meter.cost.forward == 1


def test_the_clock_runs_for_as_long_as_the_block():
    with Meter(CPU) as meter:
        time.sleep(0.05)
    assert 50 <= meter.cost.milliseconds < 500


def test_the_device_is_named_by_its_title(device):
    with Meter(device) as meter:
        torch.ones(1, device=device)
    assert meter.cost.device == describe(device).title


def test_memory_taken_and_given_back_in_the_block_is_seen(device):
    with Meter(device) as meter:
        torch.ones(25 << 20, device=device)  # 100 MB
    assert 95 < meter.cost.megabytes < 140


def test_an_earlier_peak_does_not_hide_a_later_one(device):
    torch.ones(100 << 20, device=device)
    with Meter(device) as meter:
        torch.ones(25 << 20, device=device)
    assert 95 < meter.cost.megabytes < 140


def test_a_block_that_takes_nothing_costs_no_memory(device):
    with Meter(device) as meter:
        pass
    assert 0 <= meter.cost.megabytes < 5


@pytest.mark.parametrize("missing", ["STATUS", "CLEAR"])
def test_memory_is_known_without_what_only_linux_has(monkeypatch, tmp_path, missing):
    monkeypatch.setattr(cost, missing, tmp_path / "gone" / "file")
    with Meter(CPU) as meter:
        torch.ones(25 << 20)
    assert meter.cost.megabytes >= 0


def test_there_is_no_bill_before_the_end():
    with Meter(CPU) as meter, pytest.raises(RuntimeError, match="when the block has ended"):
        _ = meter.cost


def test_an_error_in_the_block_comes_out_of_it():
    with pytest.raises(ValueError, match="mine"), Meter(CPU):
        raise ValueError("mine")
