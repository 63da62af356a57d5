"""How far a gradient is true: the line it promises, beside what the network says of pictures along it.

The control is a step as long in a random direction.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from core.attribution.methods import AttributionSettings
from core.attribution.scores import Score, batches, slopes
from core.device import CPU, seeded
from core.errors import SettingError
from core.experiments.attribution import CHUNK, Question, ask
from core.experiments.cost import Cost, Meter, billed_in_chunks
from core.experiments.opened import Opened
from core.images.normalise import to_pixels
from core.zoo.cache import load

FRAMES = 17
"""Points of a walk, both ends among them."""

LONGEST = 64.0
"""The longest step that is walked, as the L2 norm over all values of the picture in [0, 1]."""

APART = 0.1
"""Predicted and real change have parted when they differ by this share of the predicted one."""

NOISE = 1e-4
"""Changes of a score that float32 may make up: below, nothing is compared."""

_COARSE = tuple(2.0**power for power in range(-12, 7, 2))
_FINE = 8


@dataclass(frozen=True, slots=True, eq=False)
class Tangent:
    """The number that is explained, along its gradient: what the slope promises, and what the network then says.

    `lengths` begin at 0 and are L2 norms over all values of the picture in [0, 1]. At each, `real` is the number after a
    step that long along the gradient, `predicted` what the tangent says, and `random` the number after a step that long in
    a random direction. Nothing is clamped, or the step would be another one; `pictures` are, to be shown. `value` is
    the number at the photo and `slope` the length of the gradient. `parting` is the shortest step at which predicted and
    real change differ by `APART`, to a few per cent; None where they don't within `LONGEST`, or no change can be told
    from rounding.
    """

    label: str
    lengths: tuple[float, ...]
    real: tuple[float, ...]
    predicted: tuple[float, ...]
    random: tuple[float, ...]
    value: float
    slope: float
    random_slope: float
    parting: float | None
    pictures: UInt8[np.ndarray, "n h w 3"]
    direction: Float[np.ndarray, "3 h w"]
    cost: Cost

    def levels(self, length: float) -> float:
        """How far such a step changes a value in the root mean square, in levels of 8 bits."""
        return 255 * length / math.sqrt(self.direction.size)


def tangent(opened: Opened, target: int, settings: AttributionSettings, longest: float) -> Tangent:
    """Walk up to the length `longest` along the gradient of what the settings measure of class `target`.

    Raises:
        SettingError: there is no such class, or `longest` is not above 0 and at most `LONGEST`.
        MemoryShortError: no device has room for it.
    """
    if not 0 < longest <= LONGEST:
        raise SettingError(f"longest must be above 0 and at most {LONGEST:g}, got {longest}.")
    question = ask(opened, target, settings)
    return billed_in_chunks(lambda device, chunk: _walked(question, longest, device, chunk), CHUNK)


def _walked(question: Question, longest: float, device: torch.device, chunk: int) -> Tangent:
    opened = question.opened
    network = load(opened.model, device)
    with Meter(device) as meter:
        image, score = question.image(network), question.score(network, meter)
        found = slopes(score, image[None], gradient=meter.gradient)
        value, slope = found.scores.item(), torch.linalg.vector_norm(found.slopes).item()
        along, by_chance = _unit(found.slopes[0]), _unit(_drawn(image))
        lengths = [longest * place / (FRAMES - 1) for place in range(FRAMES)]
        real, random = (_line(score, image, one, lengths[1:], chunk) for one in (along, by_chance))
        parting = _parting(lambda some: _line(score, image, along, some, chunk), value, slope)
        pictures = np.stack([to_pixels(image + length * along) for length in lengths])
        random_slope = float((found.slopes[0] * by_chance).sum())
    return Tangent(
        label=opened.classes[question.target],
        lengths=tuple(lengths),
        real=(value, *real),
        predicted=tuple(value + length * slope for length in lengths),
        random=(value, *random),
        value=value,
        slope=slope,
        random_slope=random_slope,
        parting=parting,
        pictures=pictures,
        direction=along.cpu().numpy(),
        cost=meter.cost,
    )


def _line(score: Score, image: Tensor, direction: Tensor, lengths: list[float], chunk: int) -> list[float]:
    """The number after steps of these lengths."""
    found: list[float] = []
    for part in batches(len(lengths), chunk):
        steps = torch.tensor(lengths[part], device=image.device)[:, None, None, None] * direction
        with torch.no_grad():
            found += score(image + steps).tolist()
    return found


def _parting(walk: Callable[[list[float]], list[float]], value: float, slope: float) -> float | None:
    """The shortest step at which real and predicted change differ by `APART`: looked for in coarse steps, then in finer ones."""
    first = _parted(walk, list(_COARSE), value, slope)
    if first is None:
        return None
    before = first / (_COARSE[1] / _COARSE[0])
    finer = [before * (first / before) ** (place / _FINE) for place in range(1, _FINE)]
    return _parted(walk, finer, value, slope) or first


def _parted(
    walk: Callable[[list[float]], list[float]], lengths: list[float], value: float, slope: float
) -> float | None:
    for length, real in zip(lengths, walk(lengths), strict=True):
        predicted, change = length * slope, real - value
        if max(predicted, abs(change)) >= NOISE and abs(change - predicted) > APART * predicted:
            return length
    return None


def _drawn(image: Float[Tensor, "3 h w"]) -> Float[Tensor, "3 h w"]:
    """Noise, drawn on the CPU, so that it is the same on every device."""
    return torch.randn(image.shape, generator=seeded(0, CPU)).to(image)


def _unit(vector: Tensor) -> Tensor:
    """At length 1; zeros stay zeros. Over its largest value first: squares of less than 1e-23 would underflow."""
    peak = vector.abs().max()
    if not 0 < peak < math.inf:
        return torch.zeros_like(vector)
    scaled = vector / peak
    return scaled / torch.linalg.vector_norm(scaled)
