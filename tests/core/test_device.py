"""Which device, what to say about it, and seeds."""

import weakref
from types import SimpleNamespace

import psutil
import pytest
import torch

from core import device
from core.errors import MemoryShortError, StartError


def test_the_environment_decides(monkeypatch):
    monkeypatch.setenv(device.OVERRIDE, "cpu")
    assert device.best_device() == torch.device("cpu")


def test_without_an_override_the_best_device_of_the_machine_is_taken(monkeypatch):
    monkeypatch.delenv(device.OVERRIDE, raising=False)
    has_gpu = torch.cuda.is_available() or torch.backends.mps.is_available()
    assert (device.best_device().type != "cpu") == has_gpu


@pytest.mark.parametrize(
    ("cuda", "mps", "devices"), [(True, True, ("cuda", "cpu")), (False, True, ("mps", "cpu")), (False, False, ("cpu",))]
)
def test_a_gpu_comes_before_the_processor_which_may_hold_networks_too(monkeypatch, cuda, mps, devices):
    monkeypatch.delenv(device.OVERRIDE, raising=False)
    monkeypatch.setattr(torch.cuda, "is_available", lambda: cuda)
    monkeypatch.setattr(torch.backends.mps, "is_available", lambda: mps)
    assert device.best_device().type == devices[0]
    assert tuple(one.type for one in device.devices()) == devices


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


def test_gpus_are_described_with_the_memory_that_is_theirs_alone(monkeypatch):
    card = SimpleNamespace(name="Test 40", total_memory=40 * 2**30)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda where: card)
    nvidia, apple = (device.describe(torch.device(name)) for name in ("cuda", "mps"))
    assert (nvidia.title, nvidia.detail, nvidia.memory) == ("GPU · Test 40", "40 GB of its own memory", 40 * 2**30)
    assert (apple.title, apple.memory) == ("GPU · Apple", None)


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


# Memory ------------------------------------------------------------------------------------------------------------

CPU, META = torch.device("cpu"), torch.device("meta")
SHORTAGES = (
    MemoryError(),
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 20.00 MiB"),
    RuntimeError("[enforce fail at alloc_cpu.cpp:118] . DefaultCPUAllocator: can't allocate memory: you tried to"),
    RuntimeError("MPS backend out of memory (MPS allocated: 1 GB)"),
    RuntimeError("cuDNN error: CUDNN_STATUS_ALLOC_FAILED"),
)


class Hungry:
    """Work that fits only where `fits(device, chunk)` says so, and remembers what was tried."""

    def __init__(self, fits, shortage: BaseException = SHORTAGES[0]) -> None:
        self.fits, self.shortage = fits, shortage
        self.tried: list[tuple[str, int]] = []

    def __call__(self, device: torch.device, chunk: int) -> str:
        self.tried.append((device.type, chunk))
        if not self.fits(device, chunk):
            raise self.shortage
        return "done"


@pytest.fixture
def emptied(monkeypatch) -> list[int]:
    """Grows by one whenever the caches are emptied; those of the process are left alone."""
    times: list[int] = []
    monkeypatch.setattr(device, "_caches", [lambda: times.append(1)])
    return times


def test_work_that_fits_is_done_once_and_empties_nothing(emptied):
    work = Hungry(lambda where, chunk: True)
    fitted = device.within_memory(work, META, chunk=8)
    assert (fitted.value, fitted.device, fitted.chunk, fitted.notice) == ("done", META, 8, "")
    assert work.tried == [("meta", 8)]
    assert emptied == []


@pytest.mark.parametrize("shortage", SHORTAGES, ids=lambda error: type(error).__name__)
def test_a_shortage_is_answered_with_room_then_smaller_chunks_then_the_cpu(emptied, shortage):
    work = Hungry(lambda where, chunk: False, shortage)
    with pytest.raises(MemoryShortError, match="more memory than the server has") as caught:
        device.within_memory(work, META, chunk=5)
    assert caught.value.__cause__ is shortage
    gpu = [("meta", chunk) for chunk in (5, 5, 2, 1)]
    assert work.tried == [*gpu, *(("cpu", chunk) for chunk in (5, 2, 1))]
    assert len(emptied) == len(work.tried)


def test_with_emptied_caches_the_same_may_fit_and_nobody_need_know(emptied):
    fitted = device.within_memory(Hungry(lambda where, chunk: bool(emptied)), META, chunk=4)
    assert (fitted.device, fitted.chunk, fitted.notice) == (META, 4, "")


def test_smaller_chunks_are_told(emptied):
    fitted = device.within_memory(Hungry(lambda where, chunk: chunk <= 3), CPU, chunk=16)
    assert fitted.chunk == 2
    assert fitted.notice == "Memory was short, so this was computed 2 at a time instead of 16. The answer is the same."


def test_the_cpu_helps_out_and_that_is_told(emptied, monkeypatch):
    gpu = torch.device("cuda")
    monkeypatch.setattr(device, "describe", lambda where: device.DeviceInfo("cuda", "GPU · Test", "", None))
    monkeypatch.setattr(device, "release", lambda where: None)
    fitted = device.within_memory(Hungry(lambda where, chunk: where.type == "cpu"), gpu, chunk=2)
    assert (fitted.device, fitted.chunk) == (CPU, 2)
    assert fitted.notice == "The memory of GPU · Test did not suffice, so this was computed on the CPU."


@pytest.mark.parametrize("error", [RuntimeError("shapes differ"), ValueError("out of memory"), KeyError("x")])
def test_another_error_is_raised_at_once(emptied, error):
    work = Hungry(lambda where, chunk: False, error)
    with pytest.raises(type(error)):
        device.within_memory(work, META, chunk=4)
    assert len(work.tried) == 1
    assert emptied == []


def test_what_did_not_fit_is_let_go_before_the_next_attempt(emptied):
    alive = []

    def work(where: torch.device, chunk: int) -> int:
        alive.append(sum(reference() is not None for reference in references))
        tensor = torch.ones(10)
        references.append(weakref.ref(tensor))
        if chunk > 1:
            raise MemoryError
        return chunk

    references: list[weakref.ref] = []
    device.within_memory(work, CPU, chunk=8)
    assert alive == [0] * len(alive)


def test_a_real_want_of_memory_is_known_as_one(emptied):
    fitted = device.within_memory(lambda where, chunk: len(bytearray(8 if chunk < 4 else 1 << 62)), CPU, chunk=4)
    assert fitted.chunk == 2
    with pytest.raises(RuntimeError) as caught:
        torch.empty(1 << 50)
    assert device.is_shortage(caught.value)


def test_less_than_one_item_at_a_time_makes_no_sense():
    with pytest.raises(ValueError, match="chunk must be at least 1, got 0"):
        device.within_memory(lambda where, chunk: 0, CPU, chunk=0)


def test_the_memory_of_the_cpu_is_that_of_the_process_and_of_the_machine():
    found = device.memory(CPU)
    assert 50 * 2**20 < found.used < 64 * 2**30, "torch alone takes more than 50 MB"
    assert 0 < found.free <= psutil.virtual_memory().total


@pytest.mark.parametrize(
    ("files", "room"),
    [
        ({"memory.max": "1000\n", "memory.current": "400\n"}, 600),
        ({"memory/memory.limit_in_bytes": "1000", "memory/memory.usage_in_bytes": "1200"}, 0),
        ({"memory.max": "1000", "memory.current": "400", "memory.stat": "anon 7\ninactive_file 90\nslab 5\n"}, 690),
        ({"memory.max": "max\n", "memory.current": "400\n"}, None),
        ({}, None),
    ],
    ids=["version 2", "version 1, above its limit", "with files in memory", "no limit", "no container"],
)
def test_a_container_may_take_no_more_than_its_limit(tmp_path, monkeypatch, files, room):
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setattr(device, "CGROUPS", tmp_path)
    free = device.memory(CPU).free
    assert free == room if room is not None else free > 2**20


def test_of_a_gpu_the_memory_counts_that_this_process_holds_and_may_take(monkeypatch):
    monkeypatch.setattr(torch.cuda, "memory_allocated", lambda where: 300)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda where: (500, 1000))
    assert device.memory(torch.device("cuda")) == device.Memory(used=300, free=500)


@pytest.mark.parametrize(("used", "free"), [(300, 700), (1000, 0), (1200, 0)])
def test_apples_memory_is_shared_and_never_less_than_nothing_is_free(monkeypatch, used, free):
    monkeypatch.setattr(torch.mps, "driver_allocated_memory", lambda: used)
    monkeypatch.setattr(torch.mps, "recommended_max_memory", lambda: 1000)
    assert device.memory(torch.device("mps")) == device.Memory(used=used, free=free)


@pytest.mark.parametrize(("name", "freed"), [("cuda", ["cuda"]), ("mps", ["mps"]), ("cpu", [])])
def test_room_is_made_on_the_device_that_is_short_of_it(monkeypatch, emptied, name, freed):
    given_back: list[str] = []
    for owner in (torch.cuda, torch.mps):
        monkeypatch.setattr(owner, "empty_cache", lambda owner=owner: given_back.append(owner.__name__.split(".")[1]))
    device.make_room(torch.device(name))
    assert given_back == freed
    assert emptied == [1]


@pytest.mark.gpu
def test_a_gpu_tells_its_memory_and_gets_back_what_is_released():
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")
    gpu = torch.device("cuda")
    before = device.memory(gpu)
    tensor = torch.empty(256 * 2**20, dtype=torch.uint8, device=gpu)
    assert device.memory(gpu).used >= before.used + tensor.nbytes
    del tensor
    device.release(gpu)
    assert device.memory(gpu).used <= before.used


@pytest.mark.gpu
def test_a_gpu_that_is_too_small_hands_over_to_the_cpu(emptied):
    if not torch.cuda.is_available():
        pytest.skip("no CUDA device on this machine")

    def work(where: torch.device, chunk: int) -> str:
        return torch.empty(chunk << (44 if where.type == "cuda" else 4), device=where).device.type

    assert device.within_memory(work, torch.device("cuda"), chunk=4).value == "cpu"


def test_a_want_of_memory_is_told_in_words_and_other_errors_stay_what_they_are():
    with pytest.raises(MemoryShortError), device.shortage_in_words():
        raise torch.OutOfMemoryError("CUDA out of memory.")
    with pytest.raises(RuntimeError, match="shape"), device.shortage_in_words():
        raise RuntimeError("shape mismatch")
