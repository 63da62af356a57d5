"""A want of memory at the heart of every network: its convolutions."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
import torch
from torch import Tensor


class Shortage:
    """Convolutions that fail with `error`, all but the first `after`; `hits` counts the failures."""

    def __init__(self, error: type[BaseException], after: int) -> None:
        self._error, self._after = error, after
        self._left: list[weakref.ref[Tensor]] = []
        self.hits = 0
        self.calls = 0

    def strike(self) -> None:
        """One more convolution: it takes memory, and fails if its time has come."""
        taken = torch.empty(1)  # as long as anything holds this frame, this is there
        self.calls += 1
        if self.calls > self._after:
            self.hits += 1
            self._left.append(weakref.ref(taken))
            raise self._error("out of memory: tried to allocate 20.00 GiB")

    def held(self) -> int:
        """How many of the failed frames, and so the tensors in and above them, somebody still holds."""
        gc.collect()
        return sum(one() is not None for one in self._left)


@contextmanager
def shortage(error: type[BaseException] = torch.OutOfMemoryError, *, after: int = 0) -> Iterator[Shortage]:
    """While the block lasts, no convolution but the first `after` finds memory, in no thread."""
    strikes = Shortage(error, after)
    with pytest.MonkeyPatch.context() as patch:
        for layer in (torch.nn.Conv2d, torch.nn.ConvTranspose2d):
            patch.setattr(layer, "forward", _struck(layer.forward, strikes))
        yield strikes


def _struck(forward, strikes: Shortage):
    def call(*given, **options):
        strikes.strike()
        return forward(*given, **options)

    return call
