"""Fooling a classifier: the clean answer, an attack on it step by step, and what is left after rounding to 8 bits.

Everything happens on the picture a classifier is given, on the grid of 8 bits from the start: what is offered as a file
is what was judged.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8

from core.adversarial.objectives import ClassObjective
from core.adversarial.settings import AttackSettings
from core.errors import ModelError, SettingError
from core.experiments.aims import Aim
from core.experiments.cost import Cost, Meter, billed
from core.experiments.fooling_run import Changed, FoolStep, changes, drained, last_of, watched
from core.experiments.overview import Guess, seen
from core.images.normalise import normalise, to_pixels, to_tensor
from core.images.photo import Photo
from core.images.resize import Placement
from core.steps import Run
from core.zoo.cache import load
from core.zoo.model_card import Task
from core.zoo.weights import damaged

GUESSES = 5


@dataclass(frozen=True, slots=True, eq=False)
class Clean:
    """The picture that the network `model` is given of a photo, and its answer before anything is changed.

    `pixels` is the network's input rounded to 8 bits, and every number here is of that. It covers the part `seen` of the
    photo, `(x1, y1, x2, y2)` in pixels of its working copy, and `placement` says how. `guesses` are the most probable
    classes, `probabilities` all, in the order of `classes`.
    """

    model: str
    pixels: UInt8[np.ndarray, "h w 3"]
    placement: Placement
    seen: tuple[float, float, float, float]
    guesses: tuple[Guess, ...]
    probabilities: Float[np.ndarray, " classes"]
    classes: tuple[str, ...]
    cost: Cost

    def guess(self, index: int) -> Guess:
        """Class `index` and how probable it is here."""
        return _guess(self.probabilities, self.classes, index)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Outcome(Changed):
    """An attack on a class. `before` is the answer to the clean picture and `after` that to the rounded result.

    `unrounded` is the answer to the result in real numbers: with it one sees what rounding undid. `probabilities` are all
    of the rounded result, in the order of `classes`.
    """

    model: str
    aim: Aim
    before: Guess
    after: Guess
    unrounded: Guess
    probabilities: Float[np.ndarray, " classes"]
    classes: tuple[str, ...]

    @property
    def of_aim(self) -> float:
        """How probable the class of the aim is on the rounded result."""
        return float(self.probabilities[self.aim.label])


def clean(photo: Photo, model: str) -> Clean:
    """One pass of the picture that a classifier is given of a photo, rounded to 8 bits.

    Raises:
        ModelError: there is no such classifier, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _clean(photo, model, device))


def begin(clean: Clean, aim: Aim, settings: AttackSettings) -> Run[FoolStep]:
    """The attack as a run: settings sent into it rule from its next update on. The first step loads the network.

    Raises:
        SettingError: there is no such class, or DeepFool has a target; in the run, settings of another attack.
        ModelError: in the run, the network's answer or its slope is not a number.
        WeightsMissingError: in the run, the network's weights are gone meanwhile.
        MemoryShortError: in the run, no device has room for it.
    """
    if not 0 <= aim.label < len(clean.classes):
        raise SettingError(f"label must be a class from 0 to {len(clean.classes) - 1}, got {aim.label}.")
    return watched(clean.model, clean.pixels, lambda network: ClassObjective(network, aim.goal, aim.label), settings)


def outcome(clean: Clean, aim: Aim, settings: AttackSettings, steps: Sequence[FoolStep]) -> Outcome:
    """What a run that was watched came to, by its kept steps, the last one among them.

    `settings` are those it ended with.

    Raises:
        ValueError: there is no step, or the last was not judged: the run has not ended by itself. To judge it, ask for
            `attacked` with as many steps.
    """
    last = last_of(steps)
    assert last.rounded_answer is not None
    return Outcome(
        **changes(clean.pixels, settings, steps),
        model=clean.model,
        aim=aim,
        before=clean.guesses[0],
        after=_guess(last.rounded_answer, clean.classes),
        unrounded=_guess(last.answer, clean.classes),
        probabilities=last.rounded_answer,
        classes=clean.classes,
    )


def attacked(clean: Clean, aim: Aim, settings: AttackSettings) -> Outcome:
    """The same attack to its end at once. Errors are those of `begin` and its run."""
    return outcome(clean, aim, settings, drained(begin(clean, aim, settings)))


def _clean(photo: Photo, model: str, device: torch.device) -> Clean:
    network = load(model, device)
    if network.card.task is not Task.CLASSIFY:
        raise ModelError(f"{network.card.title} names nothing.", "Choose a network that classifies.")
    with Meter(device) as meter:
        placed = network.place(photo)
        pixels = to_pixels(placed.image)
        with torch.no_grad():
            logits = meter.counted(network.module)(normalise(to_tensor(pixels, device)))
            if not bool(logits.isfinite().all()):
                raise damaged(network.card)
        probabilities = logits.softmax(dim=1)[0].cpu().numpy()
    best = np.argsort(-probabilities, kind="stable")[:GUESSES].tolist()
    return Clean(
        model=model,
        pixels=pixels,
        placement=placed.placement,
        seen=seen(placed.placement),
        guesses=tuple(_guess(probabilities, network.card.classes, index) for index in best),
        probabilities=probabilities,
        classes=network.card.classes,
        cost=meter.cost,
    )


def _guess(probabilities: Float[np.ndarray, " k"], names: tuple[str, ...], index: int | None = None) -> Guess:
    """Class `index`, or the most probable one."""
    place = int(probabilities.argmax()) if index is None else index
    return Guess(names[place], place, float(probabilities[place]))
