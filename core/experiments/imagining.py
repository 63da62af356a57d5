"""Pictures that a network would like to see, of a class or on a photo: a small one at once, and a long run to be watched."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from core.adversarial.class_visualisation import Gradient, VisualisationStep, dream, feature_strength, visualise
from core.adversarial.visualisation_settings import Raised, VisualisationSettings
from core.device import best_device, shortage_in_words
from core.errors import ModelError
from core.experiments.bill import Bill, billed_steps, held
from core.experiments.cost import Cost, Meter, billed
from core.experiments.effort import Effort
from core.experiments.frames import enlarged, small
from core.experiments.overview import Guess
from core.images.normalise import normalise, to_tensor
from core.images.octaves import fitted
from core.images.photo import Photo
from core.steps import Run
from core.zoo.cache import load
from core.zoo.model_card import Task
from core.zoo.network import Network

StepT = TypeVar("StepT", bound=VisualisationStep)
_Counted = Callable[[Callable[[Tensor], Tensor]], Callable[[Tensor], Tensor]]

FRAMES = 40
"""Pictures of a finished run that are kept, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is drawn: a class from nothing on a canvas of `side` x `side` pixels, or what `layer` sees in `photo`.

    A photo is shrunk until its longest side has `side` pixels.
    """

    model: str
    side: int
    photo: Photo | None = None
    layer: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Frames:
    """Some steps of a run, the first of all numbered 1: their `pictures`, all of one size, at `indices`.

    `values` is what was raised, and `scores` and `probabilities` those of the class; both are empty where no class is
    drawn. They were measured before the update on the picture as it was shifted then. Only the last ones are those of
    the finished picture, as it is.
    """

    indices: tuple[int, ...]
    pictures: UInt8[np.ndarray, "n h w 3"]
    values: tuple[float, ...]
    scores: tuple[float, ...]
    probabilities: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class DrawnStep(VisualisationStep):
    """A step of a run to be watched. `cost` is the bill of the run so far."""

    cost: Cost


@dataclass(frozen=True, slots=True, eq=False)
class Closing:
    """What the network says of a drawn picture as it is, unshifted and after its last update.

    `value` is what is raised; `score` and `probability` of the class, and `first`, the network's own answer, are None
    where no class is drawn.
    """

    value: float
    score: float | None
    probability: float | None
    first: Guess | None
    cost: Cost


@dataclass(frozen=True, slots=True, eq=False)
class Imagined:
    """A finished run. `canvas` is its last picture, in [0, 1], and `closing` what the network says of it.

    `stuck` says that no gradient ever showed a way, so that nothing was drawn. `cost` is the bill of all of it.
    """

    frames: Frames
    canvas: Float[np.ndarray, "3 h w"]
    closing: Closing
    stuck: bool
    cost: Cost

    @property
    def score(self) -> float | None:
        """The score of the class for the finished picture."""
        return self.closing.score

    @property
    def probability(self) -> float | None:
        """The probability of the class for the finished picture."""
        return self.closing.probability

    @property
    def first(self) -> Guess | None:
        """The network's own answer to the finished picture."""
        return self.closing.first


def imagine(subject: Subject, settings: VisualisationSettings) -> Run[DrawnStep]:
    """The run, on the best device; its steps count from 1, so the last has the number `settings.steps`.

    Nothing is loaded before the first step, and settings may be sent in at every step.

    Raises:
        SettingError: the network has no class `settings.target`; at the first step, as the others.
        ModelError: there is no such network or layer, it names nothing, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: the device has no room for it.
    """
    with shortage_in_words():
        network = load(subject.model, best_device())
        bill = Bill(network.device)
        run = _begun(subject, settings, network, bill.counted, bill.gradient)
        yield from billed_steps(run, bill, lambda step, cost: DrawnStep(**held(_numbered(step)), cost=cost))


def imagined(subject: Subject, settings: VisualisationSettings) -> Imagined:
    """The same run from its first step to its last.

    Raises:
        SettingError: the network has no class `settings.target`.
        ModelError: there is no such network or layer, it names nothing, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _imagined(subject, settings, device))


def imagining(subject: Subject, settings: VisualisationSettings) -> Effort[Imagined]:
    """The same, made a little at a time. Its errors come when it is advanced."""

    def conclude(steps: Sequence[DrawnStep]) -> Imagined:
        return _finished(steps, closing(subject, settings, steps[-1].canvas.numpy()), steps[-1].cost)

    return Effort(lambda: imagine(subject, settings), conclude, capacity=FRAMES)


def closing(subject: Subject, settings: VisualisationSettings, canvas: Float[np.ndarray, "3 h w"]) -> Closing:
    """Ask the network once more, about a picture in [0, 1] that was drawn with these settings.

    Raises:
        ModelError: there is no such network or layer, it names nothing, or its file is damaged.
        WeightsMissingError: its weights are not on this machine.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _closing(subject, settings, canvas, device))


def kept(step: StepT) -> StepT:
    """What the history of a run holds of a step: the same with a small picture in half precision."""
    return replace(step, canvas=small(step.canvas))


def pictures(steps: Sequence[VisualisationStep]) -> UInt8[np.ndarray, "n h w 3"]:
    """The pictures of the steps, at the size of the last one, which is the largest: an early octave is smaller."""
    return enlarged([step.canvas for step in steps])


def _imagined(subject: Subject, settings: VisualisationSettings, device: torch.device) -> Imagined:
    network = load(subject.model, device)
    with Meter(device) as meter:
        steps = [_numbered(step) for step in _begun(subject, settings, network, meter.counted, meter.gradient)]
    said = _closing(subject, settings, steps[-1].canvas.numpy(), device)
    return _finished(steps, said, meter.cost)


def _finished(steps: Sequence[VisualisationStep], said: Closing, cost: Cost) -> Imagined:
    """What the steps came to; `cost` is the bill of the steps alone."""
    last = steps[-1]
    finished = replace(last, value=said.value, score=said.score, probability=said.probability)
    return Imagined(
        frames=_frames(_spread([*steps[:-1], finished])),
        canvas=last.canvas.numpy(),
        closing=said,
        stuck=all(step.stuck for step in steps),
        cost=cost + said.cost,
    )


def _closing(
    subject: Subject, settings: VisualisationSettings, canvas: Float[np.ndarray, "3 h w"], device: torch.device
) -> Closing:
    network = load(subject.model, device)
    with torch.no_grad(), Meter(device) as meter:
        given = normalise(torch.from_numpy(canvas)[None].to(device))
        made = meter.counted(_module(subject, network))(given).cpu()
    if subject.layer is not None:
        return Closing(feature_strength(made).item(), None, None, None, meter.cost)
    logits, target = made[0], settings.target
    shares = logits.softmax(dim=0)
    raised = logits if settings.raised is Raised.SCORE else logits.log_softmax(dim=0)
    guess = _guess(shares, network.card.classes)
    return Closing(float(raised[target]), float(logits[target]), float(shares[target]), guess, meter.cost)


def _numbered(step: VisualisationStep) -> VisualisationStep:
    """The step by its number as people count: the first one, which has made one update, is 1."""
    return replace(step, index=step.index + 1)


def _begun(
    subject: Subject, settings: VisualisationSettings, network: Network, counted: _Counted, gradient: Gradient
) -> Run[VisualisationStep]:
    """The run on a network that is there; `counted` and `gradient` put its passes on a bill."""
    module = counted(_module(subject, network))
    if subject.layer is None:
        return visualise(
            lambda pictures: module(normalise(pictures)), _ground(subject, network), settings, gradient=gradient
        )
    return dream(
        lambda pictures: feature_strength(module(normalise(pictures))),
        _ground(subject, network),
        settings,
        gradient=gradient,
    )


def _module(subject: Subject, network: Network) -> Callable[[Tensor], Tensor]:
    """The network, or what of it comes before the layer and the layer itself."""
    if network.card.task is not Task.CLASSIFY:
        raise ModelError(f"{network.card.title} names nothing.", "Choose a network that classifies.")
    return network.module if subject.layer is None else network.split(subject.layer).trunk


def _ground(subject: Subject, network: Network) -> Float[Tensor, "1 3 h w"]:
    """The photo at its size, or black of the size of the canvas, which is never seen."""
    if subject.photo is None:
        return torch.zeros(1, 3, subject.side, subject.side, device=network.device)
    return fitted(to_tensor(subject.photo.pixels, network.device), subject.side)


def _frames(steps: list[VisualisationStep]) -> Frames:
    return Frames(
        indices=tuple(step.index for step in steps),
        pictures=pictures(steps),
        values=tuple(step.value for step in steps),
        scores=tuple(step.score for step in steps if step.score is not None),
        probabilities=tuple(step.probability for step in steps if step.probability is not None),
    )


def _spread(steps: list[VisualisationStep]) -> list[VisualisationStep]:
    """At most `FRAMES` of the steps, evenly spread, the first and the last among them."""
    count = min(FRAMES, len(steps))
    if count < 2:
        return steps[-count:]
    return [steps[round(place * (len(steps) - 1) / (count - 1))] for place in range(count)]


def _guess(probabilities: Float[Tensor, " classes"], names: tuple[str, ...]) -> Guess:
    best = int(probabilities.argmax())
    return Guess(names[best], best, float(probabilities[best]))
