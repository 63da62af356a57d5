import gc
import threading
import time
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
import torch
import torchvision
from torch import nn

from core import device as devices
from core.errors import MemoryShortError, ModelError, StartError, WeightsDamagedError, WeightsMissingError
from core.zoo import cache, weights
from core.zoo.cache import NetworkCache
from core.zoo.catalog import card
from core.zoo.network import Network, ready
from tests.core.zoo import darknet_files

CPU = torch.device("cpu")
META = torch.device("meta")
ONE = 400  # bytes of a network that `Shelf` loads
CARD = card("squeezenet1_1")


def bounded(most: int, load) -> NetworkCache:
    """A cache that keeps `most` bytes on every device."""
    return NetworkCache(load, lambda device: most)


class Shelf:
    """Loads a network of 100 float32 weights for any key, and remembers what was asked of it."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.loaded = []
        self.seconds = seconds

    def __call__(self, key: str, device: torch.device) -> Network:
        time.sleep(self.seconds)
        self.loaded.append((key, device.type))
        return ready(nn.Linear(100, 1, bias=False), CARD, device)


def test_a_network_is_loaded_once_for_each_key_and_device():
    shelf = Shelf()
    models = bounded(10 * ONE, shelf)
    assert models.get("a", CPU) is models.get("a", CPU)
    assert models.get("a", META) is not models.get("a", CPU)
    assert models.get("b", CPU) is not models.get("a", CPU)
    assert shelf.loaded == [("a", "cpu"), ("a", "meta"), ("b", "cpu")]


def test_the_least_recently_used_network_leaves_first():
    shelf = Shelf()
    models = bounded(2 * ONE, shelf)
    for key in "abacab":
        models.get(key, CPU)
    assert [key for key, _ in shelf.loaded] == ["a", "b", "c", "b"]
    assert models.held(CPU) == 2 * ONE


def test_a_network_larger_than_the_cache_is_handed_out_and_pushes_nobody_out():
    def load(key: str, device: torch.device) -> Network:
        return ready(nn.Linear(1000 if key == "large" else 10, 1, bias=False), CARD, device)

    models = bounded(ONE, load)
    small = models.get("small", CPU)
    assert models.get("large", CPU).size == 4000
    assert models.get("small", CPU) is small
    assert models.held(CPU) == 40


def test_buffers_count_towards_the_bytes():
    models = bounded(1000, lambda key, device: ready(nn.BatchNorm1d(10), CARD, device))
    models.get("a", CPU)
    assert models.held(CPU) == 4 * 10 * 4 + 8


def test_sixteen_threads_load_once():
    shelf = Shelf(seconds=0.1)
    models = bounded(ONE, shelf)
    with ThreadPoolExecutor(16) as pool:
        networks = list(pool.map(lambda _: models.get("a", CPU), range(16)))
    assert len(set(map(id, networks))) == 1
    assert shelf.loaded == [("a", "cpu")]


def test_who_asks_for_a_newer_file_does_not_get_the_network_of_the_older_one():
    begun, replaced = threading.Event(), threading.Event()
    files = iter(("old", "new"))
    loaded = {}

    def load(key: str, device: torch.device) -> Network:
        name = next(files)
        if name == "old":
            begun.set()
            assert replaced.wait(5)
        network = ready(nn.Identity(), CARD, device)
        loaded[name] = network
        return network

    models = bounded(ONE, load)
    with ThreadPoolExecutor(2) as pool:
        older = pool.submit(models.get, "a", CPU, "stamp of the old file")
        assert begun.wait(5)
        newer = pool.submit(models.get, "a", CPU, "stamp of the new file")
        with pytest.raises(TimeoutError):
            newer.result(0.2)  # it waits for the other one
        replaced.set()
        assert older.result(5) is loaded["old"]
        assert newer.result(5) is loaded["new"]
    assert models.get("a", CPU, "stamp of the new file") is loaded["new"]


def test_two_networks_load_side_by_side():
    both = threading.Barrier(2, timeout=5)

    def load(key: str, device: torch.device) -> Network:
        both.wait()
        return ready(nn.Identity(), CARD, device)

    models = bounded(ONE, load)
    with ThreadPoolExecutor(2) as pool:
        assert len(list(pool.map(lambda key: models.get(key, CPU), "ab"))) == 2


def test_a_failure_reaches_all_sixteen_threads_and_is_not_kept():
    calls = []
    begin = threading.Barrier(16, timeout=5)

    def load(key: str, device: torch.device) -> Network:
        calls.append(key)
        time.sleep(0.2)
        if len(calls) == 1:
            raise ModelError("It broke.", "Try again.")
        return ready(nn.Identity(), CARD, device)

    models = bounded(ONE, load)

    def ask(_: int) -> str:
        begin.wait()
        with pytest.raises(ModelError) as caught:
            models.get("a", CPU)
        return caught.value.problem

    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(ask, range(16))) == ["It broke."] * 16
    assert calls == ["a"]
    assert isinstance(models.get("a", CPU).module, nn.Identity)


def test_sixteen_threads_over_many_keys_stay_within_the_bound():
    models = bounded(3 * ONE, Shelf())
    sizes = []

    def ask(seed: int) -> None:
        draw = torch.Generator().manual_seed(seed)
        for key in torch.randint(8, (100,), generator=draw).tolist():
            assert models.get(str(key), CPU).size == ONE
            sizes.append(models.held(CPU))

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(ask, range(16)))
    assert max(sizes) <= 3 * ONE


def test_a_cleared_cache_loads_again():
    shelf = Shelf()
    models = bounded(ONE, shelf)
    models.get("a", CPU)
    models.clear()
    assert models.held(CPU) == 0
    models.get("a", CPU)
    assert len(shelf.loaded) == 2


def test_a_device_has_a_budget_of_its_own():
    models = NetworkCache(Shelf(), lambda device: ONE if device == CPU else 3 * ONE)
    for key in "abc":
        models.get(key, CPU)
        models.get(key, META)
    assert (models.held(CPU), models.held(META)) == (ONE, 3 * ONE)
    assert [network.device.type for network in models.kept()] == ["meta", "meta", "cpu", "meta"]


def test_a_budget_is_settled_once():
    asked = []
    models = NetworkCache(Shelf(), lambda device: asked.append(device) or 10 * ONE)
    for key in "abc":
        models.get(key, CPU)
    assert (asked, models.budget(CPU)) == ([CPU], 10 * ONE)


def test_by_default_a_quarter_of_the_free_memory_may_be_kept(monkeypatch):
    monkeypatch.delenv(cache.OVERRIDE, raising=False)
    monkeypatch.setattr(cache, "memory", lambda device: devices.Memory(used=7, free=4000))
    assert NetworkCache(Shelf()).budget(CPU) == 1000


@pytest.mark.parametrize(("words", "budget"), [("300", 300 * 2**20), ("0", 0), ("", 1000)])
def test_whoever_runs_the_server_may_say_how_much(monkeypatch, words, budget):
    monkeypatch.setattr(cache, "memory", lambda device: devices.Memory(used=7, free=4000))
    monkeypatch.setenv("VISION_LAB_MODEL_MEMORY", words)
    assert cache.default_budget(CPU) == budget


@pytest.mark.parametrize("words", ["a lot", "-5", "1.5", "2 GB"])
def test_a_budget_that_is_no_number_of_megabytes_is_explained(monkeypatch, words):
    monkeypatch.setenv("VISION_LAB_MODEL_MEMORY", words)
    with pytest.raises(StartError, match=f"set to '{words}'"):
        cache.default_budget(CPU)


def test_a_network_of_another_stamp_is_loaded_anew_and_the_old_one_goes():
    shelf = Shelf()
    models = bounded(10 * ONE, shelf)
    old = models.get("a", CPU, 1)
    assert models.get("a", CPU, 1) is old
    new = models.get("a", CPU, 2)
    assert new is not old
    assert models.kept() == (new,)
    assert len(shelf.loaded) == 2


def test_an_old_network_is_not_kept_for_a_new_one_that_is_too_large():
    sizes = iter([10, 1000])
    models = bounded(ONE, lambda key, device: ready(nn.Linear(next(sizes), 1, bias=False), CARD, device))
    models.get("a", CPU, 1)
    assert models.get("a", CPU, 2).size == 4000
    assert models.kept() == ()


@pytest.mark.parametrize(
    "empty", [lambda models: models.drop("a"), lambda models: models.clear()], ids=["drop", "clear"]
)
def test_what_is_dropped_while_it_loads_is_not_kept(empty):
    begun, go_on = threading.Event(), threading.Event()

    def load(key: str, device: torch.device) -> Network:
        begun.set()
        assert go_on.wait(5)
        return ready(nn.Linear(100, 1, bias=False), CARD, device)

    models = bounded(10 * ONE, load)
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(models.get, "a", CPU)
        assert begun.wait(5)
        empty(models)
        go_on.set()
        assert asked.result(5).size == ONE, "whoever asked gets it all the same"
    assert models.kept() == ()
    assert models.get("a", CPU) in models.kept()


def test_each_thread_gets_an_error_of_its_own():
    begin = threading.Barrier(4, timeout=5)

    def load(key: str, device: torch.device) -> Network:
        time.sleep(0.2)
        raise ModelError("It broke.", "Try again.")

    models = bounded(ONE, load)

    def ask(_: int) -> ModelError:
        begin.wait()
        with pytest.raises(ModelError) as caught:
            models.get("a", CPU)
        return caught.value

    with ThreadPoolExecutor(4) as pool:
        errors = list(pool.map(ask, range(4)))
    assert len(set(map(id, errors))) == 4


def test_an_evicted_network_leaves_the_memory_at_once(monkeypatch):
    freed = []
    monkeypatch.setattr(cache, "release", freed.append)
    models = bounded(ONE, Shelf())
    gone = weakref.ref(models.get("a", CPU).module)
    gc.disable()  # nobody has to search for it
    try:
        models.get("b", CPU)
        assert gone() is None
    finally:
        gc.enable()
    assert freed == [CPU]


def test_a_network_in_use_lives_on_when_it_is_evicted():
    models = bounded(ONE, Shelf())
    used = models.get("a", CPU)
    models.get("b", CPU)
    assert used.module(torch.ones(1, 100)).shape == (1, 1)


def test_a_network_can_be_dropped_from_one_device_or_from_all(monkeypatch):
    freed = []
    monkeypatch.setattr(cache, "release", freed.append)
    models = bounded(10 * ONE, Shelf())
    for key in "ab":
        for device in (CPU, META):
            models.get(key, device)
    models.drop("a", META)
    assert (models.held(CPU), models.held(META)) == (2 * ONE, ONE)
    models.drop("b")
    assert (models.held(CPU), models.held(META)) == (ONE, 0)
    models.drop("nobody")
    assert freed == [META, CPU, META]


def test_a_want_of_memory_empties_the_cache_of_the_process(monkeypatch):
    monkeypatch.setattr(cache, "CACHE", bounded(ONE, Shelf()))
    cache.CACHE.get("a", CPU)
    devices.make_room(CPU)
    assert cache.CACHE.kept() == ()


@pytest.fixture
def home(tmp_path, monkeypatch):
    """An empty TORCH_HOME and an empty cache of the process, before and after."""
    monkeypatch.setenv("TORCH_HOME", str(tmp_path))
    monkeypatch.setattr(cache, "CACHE", NetworkCache(cache._load))
    target = weights.path(card("squeezenet1_1"))
    target.parent.mkdir(parents=True)
    return target


def test_the_catalogues_network_computes_what_torchvisions_does(home, device):
    theirs = torchvision.models.squeezenet1_1().eval().to(device)
    torch.save(theirs.state_dict(), home)
    x = torch.randn(1, 3, 64, 64, device=device)
    with torch.no_grad():
        assert torch.equal(cache.load("squeezenet1_1", device).module(x), theirs(x))


def test_missing_weights_are_found_once_they_are_there(home):
    with pytest.raises(WeightsMissingError):
        cache.load("squeezenet1_1", CPU)
    torch.save(torchvision.models.squeezenet1_1().state_dict(), home)
    network = cache.load("squeezenet1_1", CPU)
    assert cache.load("squeezenet1_1", CPU) is network


def test_the_weights_of_another_network_are_called_damaged(home):
    torch.save(torchvision.models.squeezenet1_0().state_dict(), home)
    with pytest.raises(ModelError, match="damaged"):
        cache.load("squeezenet1_1", CPU)


@pytest.mark.parametrize("broken", [0, 1], ids=["weights", "config"])
def test_a_network_of_two_files_is_damaged_where_one_of_them_is(home, broken):
    row = card("yolo_fastest")
    darknet_files.put(row)
    assert cache.load(row.key, CPU).module.heads
    weights.path(row).with_name(row.files[broken]).write_bytes(b"[net]\nwidth=320\n")
    problem = r"One of the files of Yolo-Fastest 1\.1 is damaged\. Download both again \(1\.3 MB\) from raw\.githubusercontent"
    with pytest.raises(WeightsDamagedError, match=problem):
        cache.load(row.key, CPU)


def test_an_unknown_network_lists_the_choices():
    with pytest.raises(ModelError, match="squeezenet1_1"):
        cache.load("nonsense", CPU)


def test_without_a_device_the_best_one_is_taken(home, monkeypatch):
    monkeypatch.setenv("VISION_LAB_DEVICE", "cpu")
    torch.save(torchvision.models.squeezenet1_1().state_dict(), home)
    assert cache.load("squeezenet1_1").device == CPU


def test_a_want_of_memory_while_loading_is_not_called_damage(home, monkeypatch):
    def short(state: object) -> nn.Module:
        raise RuntimeError("[enforce fail] DefaultCPUAllocator: can't allocate memory")

    torch.save(torchvision.models.squeezenet1_1().state_dict(), home)
    monkeypatch.setattr("core.networks.squeezenet.squeezenet_1_1", short)
    with pytest.raises(RuntimeError, match="allocate"):
        cache.load("squeezenet1_1", CPU)


def test_a_file_that_is_replaced_or_removed_is_noticed(home):
    torch.save(torchvision.models.squeezenet1_1().state_dict(), home)
    old = cache.load("squeezenet1_1", CPU)
    torch.save(torchvision.models.squeezenet1_1().state_dict(), home)
    assert cache.load("squeezenet1_1", CPU) is not old
    home.unlink()
    with pytest.raises(WeightsMissingError):
        cache.load("squeezenet1_1", CPU)


def test_a_want_of_memory_while_reading_is_not_called_damage(home, monkeypatch):
    def short(*_: object) -> None:
        raise MemoryError

    torch.save(torchvision.models.squeezenet1_1().state_dict(), home)
    monkeypatch.setattr(weights, "_read", short)
    with pytest.raises(MemoryShortError):
        devices.within_memory(lambda device, _: cache.load("squeezenet1_1", device), CPU)


def test_a_file_too_large_for_the_memory_is_not_read(home, monkeypatch):
    emptied = []
    torch.save(torchvision.models.squeezenet1_1().state_dict(), home)
    monkeypatch.setattr(cache, "memory", lambda device: devices.Memory(used=0, free=CARD.size - 1))
    monkeypatch.setattr(cache, "make_room", emptied.append)
    monkeypatch.setattr(weights, "_read", None)
    with pytest.raises(MemoryShortError):
        cache.load("squeezenet1_1", CPU)
    assert emptied == [CPU]


@pytest.mark.gpu
def test_cuda_and_its_number_are_one_place():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    models = bounded(10 * ONE, Shelf())
    assert models.get("a", torch.device("cuda")) is models.get("a", torch.device("cuda:0"))


@pytest.mark.gpu
def test_eviction_frees_the_memory_of_a_gpu():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    gpu = torch.device("cuda:0")
    size = 64 * 2**20
    models = bounded(size, lambda key, device: ready(nn.Linear(2**24, 1, bias=False), CARD, device))
    before = devices.memory(gpu).used
    for key in "abc":
        models.get(key, gpu)
        assert devices.memory(gpu).used - before <= size + 2**20
    models.clear()
    assert devices.memory(gpu).used <= before
