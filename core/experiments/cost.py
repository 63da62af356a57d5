"""What an answer cost: passes are counted where they happen, never claimed; time and memory are measured."""

from __future__ import annotations

import importlib
import re
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from types import TracebackType
from typing import Any, ClassVar, ParamSpec, Protocol, TypeVar, runtime_checkable

import torch
from torch import Tensor

from core import awaited
from core.device import best_device, describe, within_memory

P = ParamSpec("P")
R = TypeVar("R")

STATUS = Path("/proc/self/status")
CLEAR = Path("/proc/self/clear_refs")


@dataclass(frozen=True, slots=True)
class Cost:
    """The bill of one answer. `device` is the title of the device it was computed on.

    `forward` and `backward` count passes of the network. `megabytes` (2^20 bytes) is how far memory rose above what
    was held before: tensors of this process on a GPU, the process as a whole (its resident memory) on the CPU. It is 0
    where memory that had been taken earlier was enough, and always on Windows. `notice` says what had to give way where
    memory was short; else it is empty.
    """

    device: str
    forward: int
    backward: int
    milliseconds: float
    megabytes: float
    notice: str = ""

    def __add__(self, later: Cost) -> Cost:
        """One bill for both, on the device of this one: passes and time add up, memory is the larger, a notice the first."""
        return replace(
            self,
            forward=self.forward + later.forward,
            backward=self.backward + later.backward,
            milliseconds=self.milliseconds + later.milliseconds,
            megabytes=max(self.megabytes, later.megabytes),
            notice=self.notice or later.notice,
        )


@runtime_checkable
class Answer(Protocol):
    """What an experiment gives: a frozen dataclass with its bill."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def cost(self) -> Cost:
        """The bill."""
        ...


AnswerT = TypeVar("AnswerT", bound=Answer)


def billed(work: Callable[[torch.device], AnswerT]) -> AnswerT:
    """The answer of `work` on the best device, within its memory; its bill says what gave way.

    Raises:
        MemoryShortError: no device has room for it.
    """
    return billed_in_chunks(lambda device, _: work(device), 1)


def billed_in_chunks(work: Callable[[torch.device, int], AnswerT], chunk: int) -> AnswerT:
    """The same for work that takes `chunk` items at a time, or fewer where memory is short.

    Raises:
        MemoryShortError: no device has room for one of them.
    """
    fitted = within_memory(work, best_device(), chunk=chunk)
    return replace(fitted.value, cost=replace(fitted.value.cost, notice=fitted.notice))


class Meter:
    """Measures the block it is opened for: `with Meter(device) as meter: ...`, then `meter.cost`.

    Before each pass that it counts it asks whether somebody still waits for the answer: see `core.awaited`.

    Peaks belong to the whole process: what other threads take meanwhile is in them, and a meter opened while another
    runs makes that one forget its earlier peak.
    """

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._forward = 0
        self._backward = 0
        self._started = 0.0
        self._held = 0
        self._cost: Cost | None = None

    def __enter__(self) -> Meter:
        _wait(self._device)
        self._held = _restart_peak(self._device)
        self._started = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        _wait(self._device)
        seconds = time.perf_counter() - self._started
        risen = max(_peak(self._device) - self._held, 0)
        title = describe(self._device).title
        self._cost = Cost(title, self._forward, self._backward, seconds * 1e3, risen / 2**20)

    @property
    def cost(self) -> Cost:
        """The bill, once the block has ended.

        Raises:
            RuntimeError: the block has not ended.
        """
        if self._cost is None:
            raise RuntimeError("the cost is known when the block has ended")
        return self._cost

    def counted(self, function: Callable[P, R]) -> Callable[P, R]:
        """`function`, and each call of it is one forward pass. Of a network cut in two, wrap the trunk."""

        def call(*inputs: P.args, **options: P.kwargs) -> R:
            awaited.still()
            self._forward += 1
            return function(*inputs, **options)

        return call

    def gradient(
        self, outputs: Tensor, inputs: Tensor | Sequence[Tensor], *, retain_graph: bool = False
    ) -> tuple[Tensor, ...]:
        """`torch.autograd.grad`, and each call of it is one backward pass."""
        awaited.still()
        self._backward += 1
        return torch.autograd.grad(outputs, inputs, retain_graph=retain_graph)


def _wait(device: torch.device) -> None:
    """Let the device finish what it was given, so that the clock tells of work done."""
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    elif device.type == "mps":
        torch.mps.synchronize()


def _restart_peak(device: torch.device) -> int:
    """Bytes held now, from which the peak is counted anew where the system allows that."""
    if device.type == "cuda":
        torch.cuda.reset_peak_memory_stats(device)
        return torch.cuda.memory_allocated(device)
    with suppress(OSError):  # elsewhere than on Linux the peak goes on from the start of the process
        CLEAR.write_text("5")
    return _peak(device)


def _peak(device: torch.device) -> int:
    """The most bytes held since the peak was restarted: resident memory where the device shares the machine's."""
    if device.type == "cuda":
        return torch.cuda.max_memory_allocated(device)
    if STATUS.exists() and (match := re.search(r"VmHWM:\s+(\d+) kB", STATUS.read_text())):
        return int(match[1]) * 1024
    if sys.platform == "win32":
        return 0  # the standard library can't tell
    resource = importlib.import_module("resource")
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
