"""A photo painted in the style of other pictures, watched step by step, with its bill; and what it will take."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from torch import Tensor

from core.device import best_device, memory, shortage_in_words
from core.errors import MemoryShortError, SettingError
from core.experiments.bill import Bill, billed_steps, held
from core.experiments.cost import Cost
from core.experiments.effort import Effort
from core.experiments.frames import small
from core.experiments.style_layers import style_layers
from core.images.growth import least_side
from core.images.normalise import to_tensor
from core.images.octaves import fitted
from core.images.photo import Photo
from core.networks.chain import Chain
from core.steps import Run
from core.style.features import Features, features_of
from core.style.memory import Need, check, need
from core.style.settings import StyleSettings, check_side
from core.style.steps import Standing, StyleStep
from core.style.steps import kept as kept_step
from core.style.transfer import transfer
from core.zoo.cache import load
from core.zoo.network import Network

StepT = TypeVar("StepT", bound=StyleStep)

TRIAL = 96
"""Pixels of the longest side of the smaller of two pictures that foretell the time of an update; the other has twice that."""

TRIALS = 3

WHOLE = 24 * 2**20
"""Bytes of the pictures of full size in a history, at most."""

GLIMPSED = 16
"""Steps of a glimpse that are kept, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is painted: `photo`, in the style of `styles`, as the network `model` sees them."""

    model: str
    photo: Photo
    styles: tuple[Photo, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PaintedStep(StyleStep):
    """A step of a run to be watched. `cost` is the bill of the run so far."""

    cost: Cost


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a run will take: seconds of all its updates, and megabytes (2^20 bytes) of which so many are free.

    `longest` is the longest side in pixels that fits now, and `short` says why the wanted one does not, None where it does.
    `width` and `height` are those of the painting.
    """

    width: int
    height: int
    seconds: float
    megabytes: float
    free: float
    longest: int
    short: MemoryShortError | None

    @property
    def fits(self) -> bool:
        """Whether the painting would begin."""
        return self.short is None


def paint(subject: Subject, settings: StyleSettings, *, after: StyleStep | None = None) -> Run[PaintedStep]:
    """The run, on the best device: step 0 is the picture it begins with, the last has the number `settings.steps`.

    Nothing is loaded before the first step, and settings may be sent in at every step. With `after`, a step of a run of the
    same subject, it goes on from there, and so does its bill.

    Raises:
        SettingError: there is no style, `mix` is of another number, or the photo is too long a strip for its size; at the first
            step, as the others. In the run, settings that change what must stay.
        ModelError: there is no such network or layer, its file is damaged, or the loss is not a number any more.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: the size needs more memory than is free; the advice names the largest that fits.
    """
    with shortage_in_words():
        network = load(subject.model, best_device())
        photo, styles = _pictures(subject, settings, network)
        features = features_seen(network)
        height, width = photo.shape[2:]
        check(_need(features, settings, network), memory(network.device).free, height, width, settings.optimiser)
        bill = Bill(network.device)
        if isinstance(after, PaintedStep):
            bill.cost = after.cost
        run = transfer(bill.counted(features), photo, styles, settings, after=after, gradient=bill.gradient)
        yield from billed_steps(run, bill, lambda step, cost: PaintedStep(**held(step), cost=cost))


def forecast(subject: Subject, settings: StyleSettings) -> Forecast:
    """What `paint` would take, from a few updates of small pictures; nothing is refused for its memory.

    An update is taken to cost the same at every size, and as much more for each pixel.

    Raises:
        SettingError: there is no style, `mix` is of another number, or the photo is too long a strip for its size.
        ModelError: there is no such network or layer, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: the device has no room even for that.
    """
    with shortage_in_words():
        network = load(subject.model, best_device())
        photo, _ = _pictures(subject, settings, network)
        height, width = photo.shape[2:]
        features = features_seen(network)
        needs = _need(features, settings, network)
        wanted, free = needs.bytes(height, width, settings.optimiser), memory(network.device).free
        longest = needs.longest(free, (height, width), settings.optimiser)
        any_size, each = _pace(subject, settings, network, features)
        shares = [settings.octave_scale ** (-2 * step) for step in range(settings.octaves)]
        updates = settings.steps * math.fsum(shares) / len(shares)
        return Forecast(
            width=width,
            height=height,
            seconds=settings.steps * any_size + each * height * width * updates,
            megabytes=wanted / 2**20,
            free=free / 2**20,
            longest=longest,
            short=_shortage(needs, free, height, width, settings),
        )


def glimpse(subject: Subject, settings: StyleSettings) -> Effort[tuple[PaintedStep, ...]]:
    """A short run, made a little at a time: its steps as a history holds them, the last with its best picture in full.

    Its errors, those of `paint`, come when it is advanced.
    """

    def conclude(steps: Sequence[PaintedStep]) -> tuple[PaintedStep, ...]:
        last = steps[-1]
        whole = replace(last, canvas=last.best.canvas, losses=last.best.losses, standing=None)
        return (*(replace(kept(step), standing=None) for step in steps[:-1]), whole)

    return Effort(lambda: paint(subject, settings), conclude, capacity=GLIMPSED)


def kept(step: StepT) -> StepT:
    """What the history of a run holds of a step: the same with a small picture in half precision.

    A run can go on from as many of them as hold their picture at full size in at most `WHOLE` bytes together.
    """
    standing = step.standing
    if not isinstance(standing, Standing):
        return step
    whole = step.index % spacing(standing.settings.steps, step.canvas.numel()) == 0
    return kept_step(step, small(step.canvas), whole=whole)


def spacing(steps: int, size: int) -> int:
    """From how many steps to how many a history keeps pictures of `size` bytes: a power of two, as it is thinned by."""
    return next(two for two in (2**power for power in range(32)) if (steps // two + 1) * size <= WHOLE or two > steps)


def features_seen(network: Network) -> Features:
    """What the network sees; of those that measure style all run layer by layer.

    Raises:
        ModelError: style is not measured with it.
    """
    style_layers(network.card.key)
    assert isinstance(network.module, Chain)
    return features_of(network.module)


def _pictures(subject: Subject, settings: StyleSettings, network: Network) -> tuple[Tensor, list[Tensor]]:
    """The photo at its full size, and the styles, on the device of the network."""
    if not subject.styles:
        raise SettingError("There is no style to paint in.", "Choose a picture for the style.")
    settings.shares(len(subject.styles))
    check_side(settings.side, subject.photo.width, subject.photo.height)
    photo = fitted(to_tensor(subject.photo.pixels, network.device), settings.side)
    return photo, [to_tensor(style.pixels, network.device) for style in subject.styles]


def _need(features: Features, settings: StyleSettings, network: Network) -> Need:
    return need(features, settings.layers, network.device)


def _shortage(needs: Need, free: int, height: int, width: int, settings: StyleSettings) -> MemoryShortError | None:
    """Why a picture of this size would be refused, None where it would not."""
    try:
        check(needs, free, height, width, settings.optimiser)
    except MemoryShortError as error:
        return error.with_traceback(None)  # kept for long, and frames would hold pictures
    return None


def _pace(subject: Subject, settings: StyleSettings, network: Network, features: Features) -> tuple[float, float]:
    """Seconds of an update: of any, and more for each pixel. Measured on two small pictures."""
    least = max(TRIAL, least_side(subject.photo.width, subject.photo.height))
    (few, quick), (many, slow) = (_trial(subject, settings, network, features, side) for side in (least, 2 * least))
    each = max(0.0, slow - quick) / (many - few)
    return max(0.0, quick - each * few), each


def _trial(
    subject: Subject, settings: StyleSettings, network: Network, features: Features, side: int
) -> tuple[int, float]:
    """How many pixels a picture has, and the seconds of the fastest update.

    The first warms up, and after the last no slope is asked, so neither counts. On the CPU the seconds are those of this thread:
    other work on the machine counts little.
    """
    trial = replace(settings, side=side, octaves=1, steps=TRIALS + 2)
    photo, styles = _pictures(subject, trial, network)
    clock = time.thread_time if network.device.type == "cpu" else time.perf_counter
    times, began = [], clock()
    for _ in transfer(features, photo, styles, trial):
        times.append(clock() - began)
        began = clock()
    height, width = photo.shape[2:]
    return height * width, min(times[2:-1])
