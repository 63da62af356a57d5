import mmap
import time
from dataclasses import dataclass

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from core import awaited
from core.device import DeviceInfo, describe
from core.errors import MemoryShortError
from core.experiments import cost
from core.experiments.cost import Cost, Meter, billed, billed_in_chunks

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


def take(megabytes: int, device: torch.device) -> None:
    """Take fresh memory and give it back: on the CPU straight from the system, as torch may reuse what it had before."""
    if device.type == "cpu":
        with mmap.mmap(-1, megabytes << 20) as memory:
            for _ in range(megabytes):
                memory.write(b"1" * (1 << 20))
    else:
        torch.ones(megabytes << 18, device=device)


def test_memory_taken_and_given_back_in_the_block_is_seen(device):
    with Meter(device) as meter:
        take(100, device)
    assert 95 < meter.cost.megabytes < 140


def test_an_earlier_peak_does_not_hide_a_later_one(device):
    take(400, device)
    with Meter(device) as meter:
        take(100, device)
    assert 95 < meter.cost.megabytes < 140


def test_a_block_that_takes_nothing_costs_no_memory(device):
    with Meter(device) as meter:
        pass
    assert 0 <= meter.cost.megabytes < 5


def test_of_a_gpu_the_work_is_waited_for_and_its_own_peak_is_counted(monkeypatch):
    done: list[str] = []
    monkeypatch.setattr(cost, "describe", lambda where: DeviceInfo("cuda", "GPU · Test", "", None))
    monkeypatch.setattr(torch.cuda, "synchronize", lambda where: done.append("waited"))
    monkeypatch.setattr(torch.cuda, "reset_peak_memory_stats", lambda where: done.append("peak anew"))
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda where: 10 << 20)
    monkeypatch.setattr(torch.cuda, "max_memory_allocated", lambda where: 35 << 20)
    with Meter(torch.device("cuda")) as meter:
        done.append("worked")
    assert done == ["waited", "peak anew", "worked", "waited"]
    assert (meter.cost.device, meter.cost.megabytes) == ("GPU · Test", 25)


def test_apples_gpu_is_waited_for_too_and_shares_the_memory_of_the_machine(monkeypatch):
    waited: list[bool] = []
    monkeypatch.setattr(torch.mps, "synchronize", lambda: waited.append(True))
    with Meter(torch.device("mps")) as meter:
        assert waited == [True]
    assert waited == [True, True]
    assert meter.cost.megabytes >= 0


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


COUNTS, AMOUNTS = st.integers(0, 10**6), st.integers(0, 10**6).map(float)
BILLS = st.builds(
    Cost,
    device=st.sampled_from(("CPU", "GPU")),
    forward=COUNTS,
    backward=COUNTS,
    milliseconds=AMOUNTS,
    megabytes=AMOUNTS,
    notice=st.sampled_from(("", "On the CPU.", "One at a time.")),
)


@given(st.lists(BILLS, min_size=1, max_size=5))
def test_bills_add_up_to_one_with_the_most_memory_the_first_device_and_the_first_notice(bills):
    assert sum(bills[1:], start=bills[0]) == Cost(
        bills[0].device,
        sum(bill.forward for bill in bills),
        sum(bill.backward for bill in bills),
        sum(bill.milliseconds for bill in bills),
        max(bill.megabytes for bill in bills),
        next((bill.notice for bill in bills if bill.notice), ""),
    )


@given(BILLS, BILLS, BILLS)
def test_it_does_not_matter_which_bills_are_added_first(one, two, three):
    assert (one + two) + three == one + (two + three)


@given(BILLS)
def test_a_bill_of_nothing_changes_no_bill_of_its_device(bill):
    nothing = Cost(bill.device, 0, 0, 0.0, 0.0)
    assert bill + nothing == nothing + bill == bill


@dataclass(frozen=True, slots=True)
class Sum:
    """An answer as experiments give it."""

    value: int
    cost: Cost


def summed(device: torch.device, chunk: int, sizes: list[int], most: int) -> Sum:
    """The sum of 0 to 9, `chunk` numbers at a time, where no more than `most` fit."""
    sizes.append(chunk)
    with Meter(device) as meter:
        if chunk > most:
            raise torch.OutOfMemoryError("CUDA out of memory.")
        add = meter.counted(sum)
        value = sum(add(range(first, min(first + chunk, 10))) for first in range(0, 10, chunk))
    return Sum(value, meter.cost)


@pytest.fixture
def on_cpu(monkeypatch):
    monkeypatch.setattr(cost, "best_device", lambda: CPU)


@pytest.mark.parametrize(
    ("most", "sizes", "passes", "notice"),
    [
        (8, [8], 2, ""),
        (7, [8, 8, 4], 3, "4 at a time instead of 8"),
        (2, [8, 8, 4, 2], 5, "2 at a time instead of 8"),
        (1, [8, 8, 4, 2, 1], 10, "1 at a time instead of 8"),
    ],
)
def test_work_in_chunks_takes_fewer_at_a_time_where_memory_is_short_and_the_bill_says_so(
    on_cpu, most, sizes, passes, notice
):
    tried: list[int] = []
    answer = billed_in_chunks(lambda device, chunk: summed(device, chunk, tried, most), 8)
    assert answer.value == 45
    assert tried == sizes
    assert notice in answer.cost.notice
    assert bool(answer.cost.notice) == bool(notice)
    assert (answer.cost.forward, answer.cost.backward) == (passes, 0), "of the try that went well alone"


def test_where_not_one_item_fits_memory_is_said_to_be_short(on_cpu):
    with pytest.raises(MemoryShortError, match="more memory"):
        billed_in_chunks(lambda device, chunk: summed(device, chunk, [], 0), 4)


def test_work_that_takes_all_at_once_is_tried_again_when_the_caches_are_empty(on_cpu):
    room = iter([0, 1])
    tried: list[int] = []
    answer = billed(lambda device: summed(device, 1, tried, next(room)))
    assert (answer.value, tried, answer.cost.notice) == (45, [1, 1], "")


def test_a_device_that_is_too_small_even_for_one_hands_over_to_the_cpu(monkeypatch):
    meta = torch.device("meta")
    monkeypatch.setattr(cost, "best_device", lambda: meta)
    answer = billed_in_chunks(lambda device, chunk: summed(device, chunk, [], 0 if device == meta else 2), 2)
    assert answer.value == 45
    assert answer.cost.notice.endswith("so this was computed on the CPU.")
    assert answer.cost.device == describe(CPU).title


def test_errors_other_than_a_want_of_memory_come_out_at_once(on_cpu):
    tried: list[int] = []

    def wrong(_: torch.device, chunk: int) -> Sum:
        tried.append(chunk)
        raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        billed_in_chunks(wrong, 8)
    assert tried == [8]


class GoneError(BaseException):
    """Nobody waits, said as Streamlit says it: not by an Exception."""


def test_no_pass_is_made_for_somebody_who_has_gone():
    made, x = [], torch.tensor([3.0], requires_grad=True)

    def gone_after_two() -> None:
        if len(made) == 2:
            raise GoneError

    with Meter(CPU) as meter:
        forward = meter.counted(lambda: made.append("forward"))
        with awaited.by(gone_after_two):
            forward()
            forward()
            with pytest.raises(GoneError):
                forward()
        assert made == ["forward"] * 2
        with pytest.raises(GoneError), awaited.by(gone_after_two):
            meter.gradient((x**2).sum(), x)
        forward()
    assert (meter.cost.forward, meter.cost.backward) == (3, 0)
