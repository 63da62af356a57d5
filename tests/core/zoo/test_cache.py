import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
import torchvision
from torch import nn

from core.errors import ModelError, WeightsMissingError
from core.zoo import cache, weights
from core.zoo.cache import ModelCache
from core.zoo.catalog import card

CPU = torch.device("cpu")
META = torch.device("meta")
ONE = 400  # bytes of a network that `Shelf` loads


class Shelf:
    """Loads a network of 100 float32 weights for any key, and remembers what was asked of it."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.loaded = []
        self.seconds = seconds

    def __call__(self, key: str, device: torch.device) -> nn.Module:
        time.sleep(self.seconds)
        self.loaded.append((key, device.type))
        return nn.Linear(100, 1, bias=False, device=device)


def test_a_network_is_loaded_once_for_each_key_and_device():
    shelf = Shelf()
    models = ModelCache(10 * ONE, shelf)
    assert models.get("a", CPU) is models.get("a", CPU)
    assert models.get("a", META) is not models.get("a", CPU)
    assert models.get("b", CPU) is not models.get("a", CPU)
    assert shelf.loaded == [("a", "cpu"), ("a", "meta"), ("b", "cpu")]


def test_a_network_comes_out_in_eval_mode_and_asks_for_no_gradient():
    network = ModelCache(ONE, Shelf()).get("a", CPU)
    assert not network.training
    assert not any(parameter.requires_grad for parameter in network.parameters())


def test_the_least_recently_used_network_leaves_first():
    shelf = Shelf()
    models = ModelCache(2 * ONE, shelf)
    for key in "abacab":
        models.get(key, CPU)
    assert [key for key, _ in shelf.loaded] == ["a", "b", "c", "b"]
    assert models.size == 2 * ONE


def test_a_network_larger_than_the_cache_is_handed_out_and_pushes_nobody_out():
    def load(key: str, device: torch.device) -> nn.Module:
        return nn.Linear(1000 if key == "large" else 10, 1, bias=False)

    models = ModelCache(ONE, load)
    small = models.get("small", CPU)
    assert models.get("large", CPU).in_features == 1000
    assert models.get("small", CPU) is small
    assert models.size == 40


def test_buffers_count_towards_the_bytes():
    models = ModelCache(1000, lambda key, device: nn.BatchNorm1d(10))
    models.get("a", CPU)
    assert models.size == 4 * 10 * 4 + 8


def test_sixteen_threads_load_once():
    shelf = Shelf(seconds=0.1)
    models = ModelCache(ONE, shelf)
    with ThreadPoolExecutor(16) as pool:
        networks = list(pool.map(lambda _: models.get("a", CPU), range(16)))
    assert len(set(map(id, networks))) == 1
    assert shelf.loaded == [("a", "cpu")]


def test_two_networks_load_side_by_side():
    both = threading.Barrier(2, timeout=5)

    def load(key: str, device: torch.device) -> nn.Module:
        both.wait()
        return nn.Identity()

    models = ModelCache(ONE, load)
    with ThreadPoolExecutor(2) as pool:
        assert len(list(pool.map(lambda key: models.get(key, CPU), "ab"))) == 2


def test_a_failure_reaches_all_sixteen_threads_and_is_not_kept():
    calls = []
    begin = threading.Barrier(16, timeout=5)

    def load(key: str, device: torch.device) -> nn.Module:
        calls.append(key)
        time.sleep(0.2)
        if len(calls) == 1:
            raise ModelError("It broke.", "Try again.")
        return nn.Identity()

    models = ModelCache(ONE, load)

    def ask(_: int) -> str:
        begin.wait()
        with pytest.raises(ModelError) as caught:
            models.get("a", CPU)
        return caught.value.problem

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(16))) == ["It broke."] * 16
    assert calls == ["a"]
    assert isinstance(models.get("a", CPU), nn.Identity)


def test_sixteen_threads_over_many_keys_stay_within_the_bound():
    models = ModelCache(3 * ONE, Shelf())
    sizes = []

    def ask(seed: int) -> None:
        draw = torch.Generator().manual_seed(seed)
        for key in torch.randint(8, (100,), generator=draw).tolist():
            assert models.get(str(key), CPU).in_features == 100
            sizes.append(models.size)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(ask, range(16)))
    assert max(sizes) <= 3 * ONE


def test_a_cleared_cache_loads_again():
    shelf = Shelf()
    models = ModelCache(ONE, shelf)
    models.get("a", CPU)
    models.clear()
    assert models.size == 0
    models.get("a", CPU)
    assert len(shelf.loaded) == 2


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty TORCH_HOME and an empty cache of the process, before and after."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "CACHE", ModelCache(cache.CAPACITY, cache._load))
    target = weights.path(card("squeezenet1_1"))
    target.parent.mkdir(parents=True)
    return target


def test_the_catalogues_network_computes_what_torchvisions_does(home, device):
    theirs = torchvision.models.squeezenet1_1().eval().to(device)
    torch.save(theirs.state_dict(), home)
    x = torch.randn(1, 3, 64, 64, device=device)
    with torch.no_grad():
        assert torch.equal(cache.network("squeezenet1_1", device)(x), theirs(x))


def test_missing_weights_are_found_once_they_are_there(home):
    with pytest.raises(WeightsMissingError):
        cache.network("squeezenet1_1", CPU)
    torch.save(torchvision.models.squeezenet1_1().state_dict(), home)
    network = cache.network("squeezenet1_1", CPU)
    assert cache.network("squeezenet1_1", CPU) is network


def test_the_weights_of_another_network_are_called_damaged(home):
    torch.save(torchvision.models.squeezenet1_0().state_dict(), home)
    with pytest.raises(ModelError, match="damaged"):
        cache.network("squeezenet1_1", CPU)


def test_an_unknown_network_lists_the_choices():
    with pytest.raises(ModelError, match="squeezenet1_1"):
        cache.network("nonsense", CPU)


@pytest.mark.gpu
def test_cuda_and_its_number_are_one_place():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    models = ModelCache(10 * ONE, Shelf())
    assert models.get("a", torch.device("cuda")) is models.get("a", torch.device("cuda:0"))
