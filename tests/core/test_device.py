"""Which device, what to say about it, and seeds."""

import pytest
import torch

from core import device
from core.errors import StartError


def test_the_environment_decides(monkeypatch):
    monkeypatch.setenv(device.OVERRIDE, "cpu")
    assert device.best_device() == torch.device("cpu")


def test_without_an_override_the_best_device_of_the_machine_is_taken(monkeypatch):
    monkeypatch.delenv(device.OVERRIDE, raising=False)
    has_gpu = torch.cuda.is_available() or torch.backends.mps.is_available()
    assert (device.best_device().type != "cpu") == has_gpu


@pytest.mark.parametrize("wanted", ["cuda:99", "toaster", "cpu:cpu"])
def test_a_device_that_is_not_there_is_named_in_plain_words(monkeypatch, wanted):
    monkeypatch.setenv(device.OVERRIDE, wanted)
    with pytest.raises(StartError, match=wanted) as caught:
        device.best_device()
    assert "set it to cpu" in caught.value.advice


def test_the_processor_is_described_with_its_threads():
    info = device.describe(torch.device("cpu"))
    assert info.title.startswith(f"CPU · {torch.get_num_threads()} thread")
    assert info.memory is None


@pytest.mark.gpu
def test_a_gpu_is_described_with_its_memory():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    assert (device.describe(torch.device("cuda")).memory or 0) > 0


def test_a_seed_gives_the_same_numbers_whatever_others_draw(device: torch.device):
    from core.device import seeded

    first = torch.rand(5, generator=seeded(3, device), device=device)
    torch.rand(100, device=device)
    assert torch.equal(first, torch.rand(5, generator=seeded(3, device), device=device))
