"""Does a fooled answer survive? After everyday handling, on other networks, in a file, and where they look.

Every door takes pictures of 8 bits as `core.experiments.adversarial` gives them, of the size of the network's input.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from PIL import Image

from core.adversarial.survival import treated
from core.adversarial.survival_settings import Handling, Strength, Treatment, sweep
from core.attribution.methods import Method
from core.errors import ModelError, WeightsDamagedError, WeightsMissingError
from core.experiments.attribution import Explanation, explain
from core.experiments.cost import Cost, Meter, billed, billed_in_chunks
from core.experiments.opened import UNBILLED, open_photo
from core.experiments.overview import Guess
from core.images.decode import decode
from core.images.normalise import normalise, to_pixels
from core.images.photo import Photo, from_pixels
from core.zoo.cache import load
from core.zoo.catalog import card
from core.zoo.model_card import Task
from core.zoo.network import Network
from core.zoo.weights import damaged

CHUNK = 8
"""Pictures that pass a network at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Survived:
    """A picture after a treatment, and what the network says to it: all `probabilities`, in the order of the classes."""

    pixels: UInt8[np.ndarray, "h w 3"]
    guess: Guess
    probabilities: Float[np.ndarray, " classes"]
    cost: Cost

    def of(self, index: int) -> float:
        """How probable class `index` is."""
        return float(self.probabilities[index])


@dataclass(frozen=True, slots=True, eq=False)
class Swept:
    """A picture handled in one way, stronger and stronger: row i of `probabilities` is for `strengths[i]`."""

    kind: Handling
    strengths: tuple[Strength, ...]
    guesses: tuple[Guess, ...]
    probabilities: Float[np.ndarray, "n classes"]
    cost: Cost

    def of(self, index: int) -> Float[np.ndarray, " n"]:
        """How probable class `index` is at each strength."""
        return self.probabilities[:, index]


@dataclass(frozen=True, slots=True)
class Transfer:
    """What another network says to the clean and to the changed picture; both None where it could not answer.

    It is given the pictures as photos. `problem` says in words why it could not, with what to do; empty where it did.
    `megabytes` is the size of its weights in words.
    """

    model: str
    title: str
    before: Guess | None
    after: Guess | None
    problem: str
    megabytes: str
    cost: Cost

    @property
    def changed(self) -> bool:
        """Whether it names something else now."""
        return self.before is not None and self.after is not None and self.before.index != self.after.index


@dataclass(frozen=True, slots=True, eq=False)
class BeforeAfter:
    """Grad-CAM of the clean and of the changed picture, each for its own most probable class."""

    before: Explanation
    after: Explanation
    cost: Cost


@dataclass(frozen=True, slots=True)
class Verified:
    """What the network says to the picture in a file, opened again as a visitor's photo.

    `same` says whether the network is given exactly the pixels that were saved.
    """

    guess: Guess
    same: bool
    cost: Cost


def survived(pixels: UInt8[np.ndarray, "h w 3"], model: str, treatment: Treatment) -> Survived:
    """The picture after everything `treatment` does, and what a classifier says to it: one pass.

    Raises:
        ModelError: there is no such classifier, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    after = treated(pixels, treatment)
    asked = _asked([after], model)
    return Survived(after, asked.guesses[0], asked.probabilities[0], asked.cost)


def swept(pixels: UInt8[np.ndarray, "h w 3"], model: str, kind: Handling, *, seed: int = 0) -> Swept:
    """The picture at all strengths of `core.adversarial.survival_settings.sweep`. Errors are those of `survived`.

    The cost counts a batch that passes at once as one pass.
    """
    strengths = sweep(kind)
    asked = _asked([treated(pixels, Treatment.only(kind, strength, seed=seed)) for strength in strengths], model)
    return Swept(kind, strengths, asked.guesses, asked.probabilities, asked.cost)


def transferred(before: UInt8[np.ndarray, "h w 3"], after: UInt8[np.ndarray, "h w 3"], model: str) -> Transfer:
    """What another classifier says to the clean and the changed picture. Missing or damaged weights are told, not raised.

    Raises:
        ModelError: there is no such network, or it names nothing.
        MemoryShortError: no device has room for it.
    """
    row = card(model)
    try:
        asked = _asked([before, after], model)
    except (WeightsMissingError, WeightsDamagedError) as error:
        return Transfer(model, row.title, None, None, str(error), row.megabytes, UNBILLED)
    return Transfer(model, row.title, *asked.guesses, problem="", megabytes=row.megabytes, cost=asked.cost)


def before_after(before: UInt8[np.ndarray, "h w 3"], after: UInt8[np.ndarray, "h w 3"], model: str) -> BeforeAfter:
    """Where a classifier looks on the clean and on the changed picture. Errors are those of `survived`."""
    opened = [open_photo(from_pixels(pixels, "picture"), model) for pixels in (before, after)]
    first, second = (explain(one, Method.GRAD_CAM, one.guesses[0].index) for one in opened)
    return BeforeAfter(first, second, opened[0].cost + opened[1].cost + first.cost + second.cost)


def png(pixels: UInt8[np.ndarray, "h w 3"]) -> bytes:
    """The picture as a PNG file: nothing is lost."""
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "PNG")
    return file.getvalue()


def verified(data: bytes, model: str) -> Verified:
    """A file opened again as a visitor's photo and classified in the ordinary way, as after an upload.

    Raises:
        PhotoError: it is no photo.
        ModelError: there is no such classifier, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    photo = decode(data, "verified.png")
    opened = open_photo(photo, model)
    given = to_pixels(opened.image)
    return Verified(opened.guesses[0], bool(np.array_equal(given, photo.pixels)), opened.cost)


@dataclass(frozen=True, slots=True, eq=False)
class _Asked:
    """What a network says to several pictures."""

    guesses: tuple[Guess, ...]
    probabilities: Float[np.ndarray, "n classes"]
    cost: Cost


def _asked(pictures: Sequence[np.ndarray], model: str) -> _Asked:
    """A classifier's answers to pictures of one size, each prepared as a photo is."""
    photos = [from_pixels(pixels, "picture") for pixels in pictures]
    if len(photos) == 1:
        return billed(lambda device: _answered(photos, model, device, 1))
    return billed_in_chunks(lambda device, chunk: _answered(photos, model, device, chunk), CHUNK)


def _answered(photos: Sequence[Photo], model: str, device: torch.device, chunk: int) -> _Asked:
    network = load(model, device)
    if network.card.task is not Task.CLASSIFY:
        raise ModelError(f"{network.card.title} names nothing.", "Choose a network that classifies.")
    with Meter(device) as meter:
        module, parts = meter.counted(network.module), []
        for start in range(0, len(photos), chunk):
            batch = torch.cat([network.place(photo).image for photo in photos[start : start + chunk]])
            with torch.no_grad():
                parts.append(module(normalise(batch)).softmax(dim=1).cpu())
        probabilities = torch.cat(parts)
        if not bool(probabilities.isfinite().all()):
            raise damaged(network.card)
    return _Asked(_guesses(probabilities.numpy(), network), probabilities.numpy(), meter.cost)


def _guesses(probabilities: Float[np.ndarray, "n classes"], network: Network) -> tuple[Guess, ...]:
    names, best = network.card.classes, probabilities.argmax(axis=1).tolist()
    return tuple(Guess(names[index], index, float(row[index])) for row, index in zip(probabilities, best, strict=True))
