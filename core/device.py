"""Where networks run: the best device of this machine, what to say about it, seeds that repeat, and its memory.

One guard, `within_memory`, keeps work that needs too much memory alive.
"""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, TypeVar

import psutil
import torch

from core.errors import MemoryShortError, StartError

T = TypeVar("T")

OVERRIDE = "VISION_LAB_DEVICE"
CPU = torch.device("cpu")
CGROUPS = Path("/sys/fs/cgroup")
_LIMITS = (
    ("memory.max", "memory.current", "memory.stat"),
    ("memory/memory.limit_in_bytes", "memory/memory.usage_in_bytes", "memory/memory.stat"),
)  # of a container, in the two versions of Linux control groups
_SHORT = re.compile(r"out of memory|can't allocate memory|not enough memory|ALLOC_FAILED", re.IGNORECASE)

_caches: list[Callable[[], object]] = []


@dataclass(frozen=True, slots=True)
class DeviceInfo:
    """What to show about a device. `memory` is in bytes, or None where the device shares the machine's."""

    device: str
    title: str
    detail: str
    memory: int | None


def best_device() -> torch.device:
    """The device experiments run on: `VISION_LAB_DEVICE` if set, else cuda, else mps, else cpu.

    Raises:
        StartError: `VISION_LAB_DEVICE` names a device this machine does not have.
    """
    wanted = os.environ.get(OVERRIDE, "").strip()
    if wanted:
        return _checked(wanted)
    if torch.cuda.is_available():
        return torch.device("cuda")
    if torch.backends.mps.is_available():
        return torch.device("mps")
    return torch.device("cpu")


def devices() -> tuple[torch.device, ...]:
    """Every device that may hold networks: the one experiments run on, and the CPU."""
    best = best_device()
    return (best,) if best.type == "cpu" else (best, CPU)


def describe(device: torch.device) -> DeviceInfo:
    """A short title ("CPU · 2 threads") and one line of detail."""
    if device.type == "cuda":
        properties = torch.cuda.get_device_properties(device)
        gigabytes = properties.total_memory / 2**30
        return DeviceInfo(
            str(device), f"GPU · {properties.name}", f"{gigabytes:.0f} GB of its own memory", properties.total_memory
        )
    threads = torch.get_num_threads()
    if device.type == "mps":
        return DeviceInfo(str(device), "GPU · Apple", "Shares the memory of this machine", None)
    return DeviceInfo(
        str(device),
        f"CPU · {threads} thread{'s' if threads != 1 else ''}",
        "No GPU in use; everything in the lab also runs without one",
        None,
    )


def seeded(seed: int, device: torch.device) -> torch.Generator:
    """A random generator of its own: the same seed gives the same numbers, whatever other sessions draw."""
    return torch.Generator(device=device).manual_seed(seed)


@dataclass(frozen=True, slots=True)
class Memory:
    """Bytes of a device: `used` by this process, and `free` for it to take."""

    used: int
    free: int


def memory(device: torch.device) -> Memory:
    """What this process holds on `device` and what it may still take; of a container, within its limit."""
    if device.type == "cuda":
        return Memory(torch.cuda.memory_allocated(device), torch.cuda.mem_get_info(device)[0])
    if device.type == "mps":
        used = torch.mps.driver_allocated_memory()
        return Memory(used, max(0, torch.mps.recommended_max_memory() - used))
    free = min((psutil.virtual_memory().available, *_container_room()))
    return Memory(psutil.Process().memory_info().rss, free)


def release(device: torch.device) -> None:
    """Give back to `device` what torch holds for later use there."""
    if device.type == "cuda":
        torch.cuda.empty_cache()
    elif device.type == "mps":
        torch.mps.empty_cache()


def on_shortage(empty: Callable[[], object]) -> None:
    """Call `empty` whenever memory runs out: it lets go of what can be made again."""
    _caches.append(empty)


@dataclass(frozen=True, slots=True)
class Fitted(Generic[T]):
    """The `value` of work that may have had to make do with less.

    It was computed on `device`, `chunk` items at a time. `notice` tells people what gave way; it is empty where nothing
    had to.
    """

    value: T
    device: torch.device
    chunk: int
    notice: str


def within_memory(work: Callable[[torch.device, int], T], device: torch.device, *, chunk: int = 1) -> Fitted[T]:
    """`work(device, chunk)`; where memory runs out, the same with more room, with smaller chunks, then on the CPU.

    More room means that every cache is emptied. `chunk` is how many items `work` takes at a time; the answer must not
    depend on it. Errors other than a want of memory are raised at once.

    Raises:
        MemoryShortError: not even one item at a time fits on the CPU.
        ValueError: `chunk` is less than 1.
    """
    if chunk < 1:
        raise ValueError(f"chunk must be at least 1, got {chunk}")
    cause: BaseException | None = None
    for place, size in _attempts(device, chunk):
        try:
            value = work(place, size)
        except (MemoryError, RuntimeError) as error:
            if not is_shortage(error):
                raise
            cause = error.with_traceback(None)  # its frames hold the tensors that did not fit
        else:
            return Fitted(value, place, size, _notice(device, place, chunk, size))
        make_room(place)
    raise MemoryShortError from cause


def make_room(device: torch.device) -> None:
    """Empty every cache, and give the memory back to `device`."""
    for empty in _caches:
        empty()
    gc.collect()
    release(device)


def is_shortage(error: BaseException) -> bool:
    """Whether `error` says that memory ran out; torch has no one type for that on all devices."""
    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    return isinstance(error, RuntimeError) and _SHORT.search(str(error)) is not None


@contextmanager
def shortage_in_words() -> Iterator[None]:
    """A want of memory in the block is a MemoryShortError; other errors stay what they are."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not is_shortage(error):
            raise
        raise MemoryShortError from error


def _checked(wanted: str) -> torch.device:
    try:
        device = torch.device(wanted)
        torch.empty(1, device=device)
    except (RuntimeError, AssertionError, NotImplementedError) as error:
        raise StartError(
            f"{OVERRIDE} is set to '{wanted}', which this machine does not have.",
            f"Unset it, or set it to cpu. ({type(error).__name__})",
        ) from error
    return device


def _attempts(device: torch.device, chunk: int) -> Iterator[tuple[torch.device, int]]:
    yield device, chunk  # a second time below, with the caches emptied
    for place in (device,) if device.type == "cpu" else (device, CPU):
        size = chunk
        while size > 1:
            yield place, size
            size //= 2
        yield place, 1


def _notice(wanted: torch.device, place: torch.device, chunk: int, size: int) -> str:
    if place != wanted:
        return f"The memory of {describe(wanted).title} did not suffice, so this was computed on the CPU."
    if size != chunk:
        return f"Memory was short, so this was computed {size} at a time instead of {chunk}. The answer is the same."
    return ""


def _container_room() -> Iterator[int]:
    """What a container may still take, where its limit can be read. Files that Linux keeps in memory can go."""
    for limit, used, details in _LIMITS:
        most, held = _number(CGROUPS / limit, r"(\d+)\s*"), _number(CGROUPS / used, r"(\d+)\s*")
        if most is not None and held is not None:
            files = _number(CGROUPS / details, r"(?s).*^(?:total_)?inactive_file (\d+)$.*") or 0
            yield max(0, most - held + files)


def _number(file: Path, pattern: str) -> int | None:
    """The number in a file whose whole text has the `pattern`; a limit of "max" is none."""
    try:
        match = re.fullmatch(pattern, file.read_text(), re.MULTILINE)
    except OSError:
        return None  # no such limit on this system
    return int(match[1]) if match else None
