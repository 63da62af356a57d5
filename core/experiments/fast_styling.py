"""A photo painted in a single pass by a network that has learned one style."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float

from core.device import CPU, memory
from core.errors import ModelError, SettingError
from core.experiments.cost import Cost, Meter, billed
from core.images.normalise import to_tensor
from core.images.photo import Photo
from core.style.fast import painted as painted_by
from core.style.memory import check_pixels
from core.style.settings import LEAST_SIDE, MOST_SIDE, Colours
from core.zoo.cache import load
from core.zoo.catalog import card
from core.zoo.model_card import ModelCard, Task
from core.zoo.weights import damaged

BYTES = 600.0
"""What a pass takes for each pixel of the picture, measured on the CPU: maps of its full size, before and after a layer."""


@dataclass(frozen=True, slots=True, eq=False)
class FastPainting:
    """A painted photo: `canvas` (3, h, w) in [0, 1]."""

    canvas: Float[np.ndarray, "3 h w"]
    cost: Cost


def painted(photo: Photo, model: str, side: int, colours: Colours = Colours.STYLE) -> FastPainting:
    """The photo with `side` pixels on its longest side, painted by the network `model` in one pass forward.

    Raises:
        SettingError: `side` is out of its range.
        ModelError: there is no such network, it does not paint, or its file is damaged.
        WeightsMissingError: its weights are not on this machine.
        MemoryShortError: the size needs more memory than is free; the advice names the largest that fits.
    """
    if not LEAST_SIDE <= side <= MOST_SIDE:
        raise SettingError(f"The longest side must be from {LEAST_SIDE} to {MOST_SIDE} pixels, got {side}.")
    row = _painter(model)
    return billed(lambda device: _painted(photo, row, side, colours, device))


def side_seen(photo: Photo, model: str) -> int:
    """Pixels of the photo's longest side where its shorter one is as long as on the card of the network.

    Raises:
        ModelError: there is no such network, or it does not paint.
    """
    row = _painter(model)
    long, short = max(photo.height, photo.width), min(photo.height, photo.width)
    return min(row.longest, round(row.resize * long / short))


def _painter(model: str) -> ModelCard:
    row = card(model)
    if row.task is not Task.PAINT:
        raise ModelError(f"{row.title} does not paint.", "Choose a network that paints.")
    return row


def _painted(photo: Photo, row: ModelCard, side: int, colours: Colours, device: torch.device) -> FastPainting:
    network = load(row.key, device)
    if device == CPU:  # a GPU says so itself when it is full, where a process in a small container would end
        factor = side / max(photo.height, photo.width)
        check_pixels(BYTES, memory(device).free, round(photo.height * factor), round(photo.width * factor))
    with Meter(device) as meter:
        image = to_tensor(photo.pixels, device)
        found = painted_by(meter.counted(network.module), image, side=side, colours=colours)[0]
        canvas = found.float().cpu().numpy()
    if not np.isfinite(canvas).all():
        raise damaged(row)
    return FastPainting(canvas, meter.cost)
