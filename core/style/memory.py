"""How much memory a painting takes, known before it begins.

What a pass forward keeps for the pass back is counted on two small pictures; what grows with their area is feature maps, and
the rest is weights, which are there already. Nothing here knows the network.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.autograd.graph import saved_tensors_hooks

from core.errors import MemoryShortError
from core.style.features import Features
from core.style.optimisers import PAIRS
from core.style.settings import LEAST_SIDE, Optimiser

PROBES = (64, 128)
"""Sides of the small pictures, in pixels."""

STEP = 16
"""Sizes that are named are multiples of this."""

PICTURE = 3 * 4
"""Bytes of a pixel of a picture."""

CANVASES = {Optimiser.ADAM: 12, Optimiser.LBFGS: 12 + 2 * PAIRS}
"""Pictures held at once: the canvas, its slope, the photo at this size, copies for people, what the optimiser remembers."""

MAPS = 4
"""Copies of the largest map while a layer runs: before and after it, their slopes, or both in the order of the processor."""

LOOSE = 1.3
"""How much more the process takes, measured: what was freed is not always given back at once."""

SHARE = 0.8
"""How much of the free memory a run may plan with."""


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes for each pixel of the picture: `kept` from a pass forward to the pass back, `largest` of the largest map."""

    kept: float
    largest: float

    def bytes(self, height: int, width: int, optimiser: Optimiser) -> int:
        """What an update of a picture of this size takes."""
        return round(LOOSE * height * width * (self.kept + MAPS * self.largest + CANVASES[optimiser] * PICTURE))

    def longest(self, free: int, shape: tuple[int, int], optimiser: Optimiser) -> int:
        """The longest side in pixels, a multiple of 16, that fits into `free` bytes for a picture of a shape (h, w)."""
        height, width = shape
        return _longest(self.bytes(height, width, optimiser) / (height * width), free, shape)


def need(features: Features, layers: Collection[str], device: torch.device) -> Need:
    """What the network needs for each pixel, measured on two small pictures.

    Raises:
        ModelError: the network has no such layer.
    """
    few, many = (_kept(features, layers, side, device) for side in PROBES)
    grown = [(large - small) / (PROBES[1] ** 2 - PROBES[0] ** 2) for small, large in zip(few, many, strict=True)]
    return Need(kept=sum(grown), largest=max(grown, default=0.0))


def check(needs: Need, free: int, height: int, width: int, optimiser: Optimiser) -> None:
    """Whether a picture of this size may be painted with `free` bytes.

    Raises:
        MemoryShortError: it may not; the advice names the largest size that may.
    """
    check_pixels(needs.bytes(height, width, optimiser) / (height * width), free, height, width)


def check_pixels(each: float, free: int, height: int, width: int) -> None:
    """The same for a picture that takes `each` bytes a pixel.

    Raises:
        MemoryShortError: it may not be made; the advice names the largest size that may.
    """
    wanted = round(each * height * width)
    if wanted <= SHARE * free:
        return
    longest = _longest(each, free, (height, width))
    raise MemoryShortError(
        f"A picture of {width:,} × {height:,} pixels needs about {_megabytes(wanted)} MB here, and {_megabytes(free)} MB are free.",
        f"Choose at most {longest} pixels for the longest side."
        if longest >= LEAST_SIDE
        else "Choose a smaller network, or try again when fewer people use the lab.",
    )


def _longest(each: float, free: int, shape: tuple[int, int]) -> int:
    pixels = SHARE * free / each
    return int(math.sqrt(pixels * max(shape) / min(shape))) // STEP * STEP


def _kept(features: Features, layers: Collection[str], side: int, device: torch.device) -> list[int]:
    """Bytes of each storage that a pass over a picture of `side` x `side` keeps, in the order in which they come."""
    kept: dict[int, int] = {}
    held = []  # so that no address is used twice

    def pack(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        kept[storage.data_ptr()] = storage.nbytes()
        held.append(tensor)
        return tensor

    picture = torch.zeros(1, 3, side, side, device=device, requires_grad=True)
    with torch.enable_grad(), saved_tensors_hooks(pack, lambda tensor: tensor):
        features(picture, layers)
    return [*kept.values()]


def _megabytes(count: int) -> str:
    return f"{count / 2**20:,.0f}"
