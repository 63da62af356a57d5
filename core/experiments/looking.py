"""Whether the pixels that a saliency map puts first carry the answer: cover them, and as many that were drawn by chance."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, UInt8
from torch import Tensor

from core.attribution.faithfulness import order, random_order
from core.attribution.saliency import over_channels
from core.attribution.scores import batches
from core.attribution.settings import BaselineSettings, Channels
from core.errors import SettingError
from core.experiments.attribution import CHUNK, Explanation, Question, ask, start
from core.experiments.cost import Cost, Meter, billed_in_chunks
from core.experiments.opened import Opened
from core.experiments.overview import Guess
from core.images.normalise import normalise, to_pixels
from core.zoo.cache import load

DRAWS = 5
"""How often as many pixels are drawn by chance."""


@dataclass(frozen=True, slots=True, eq=False)
class Covered:
    """What is left of an answer when the pixels that a map puts first are painted over, and when random ones are.

    `share` of all pixels are `count`; `hidden` says which. `picture` is the network's input with those covered, and
    `random_picture` with as many that were drawn by chance. `probability` is what is left of the class that was explained,
    `after` the new first guess; `random` and `random_after` are the same for the draws: a probability for each of them,
    and the guess of the first, which is the one in the picture.
    """

    share: float
    count: int
    hidden: Bool[np.ndarray, "h w"]
    picture: UInt8[np.ndarray, "h w 3"]
    random_picture: UInt8[np.ndarray, "h w 3"]
    before: float
    probability: float
    after: Guess
    random: tuple[float, ...]
    random_after: Guess
    cost: Cost

    @property
    def chance(self) -> float:
        """What random pixels leave of the probability, as the mean of the draws."""
        return sum(self.random) / len(self.random)


def magnitude(explanation: Explanation, channels: Channels) -> Float[np.ndarray, "h w"]:
    """How much each pixel matters by a map of pixels, whatever its sign.

    Raises:
        SettingError: `channels` would keep signs, or the map has the cells of a layer.
    """
    if channels is Channels.SUM or explanation.raw.ndim != 3:
        raise SettingError("A magnitude is the largest of the channels or their length, of a map of pixels.")
    return over_channels(torch.from_numpy(explanation.raw), channels).numpy()


def cover(opened: Opened, target: int, map: Float[np.ndarray, "h w"], share: float, fill: BaselineSettings) -> Covered:
    """Paint over the `share` of the pixels that `map` puts first, and as many random ones, and ask the network again.

    Raises:
        SettingError: there is no such class, or `share` is not above 0 and at most 1.
        MemoryShortError: no device has room for it.
    """
    if not 0 < share <= 1:
        raise SettingError(f"share must be above 0 and at most 1, got {share}.")
    question = ask(opened, target)
    return billed_in_chunks(lambda device, chunk: _covered(question, map, share, fill, device, chunk), CHUNK)


def _covered(
    question: Question,
    map: Float[np.ndarray, "h w"],
    share: float,
    fill: BaselineSettings,
    device: torch.device,
    chunk: int,
) -> Covered:
    opened = question.opened
    network = load(opened.model, device)
    with Meter(device) as meter:
        image = question.image(network)
        height, width = image.shape[1:]
        count = max(1, round(share * height * width))
        orders = [
            order(torch.from_numpy(map), height, width),
            *(random_order(height, width, seed) for seed in range(DRAWS)),
        ]
        hidden = torch.stack([_first(one, count, height, width) for one in orders]).to(image.device)
        pictures = torch.where(hidden[:, None], start(network, image, fill, None), image)
        module = meter.counted(network.module)
        probabilities = _asked(lambda some: module(normalise(some)).softmax(dim=1), pictures, chunk).cpu()
    kept = probabilities[:, question.target].tolist()
    return Covered(
        share=share,
        count=count,
        hidden=hidden[0].cpu().numpy(),
        picture=to_pixels(pictures[0]),
        random_picture=to_pixels(pictures[1]),
        before=float(opened.probabilities[question.target]),
        probability=kept[0],
        after=_guess(probabilities[0], opened.classes),
        random=tuple(kept[1:]),
        random_after=_guess(probabilities[1], opened.classes),
        cost=meter.cost,
    )


def _first(order: Tensor, count: int, height: int, width: int) -> Bool[Tensor, "{height} {width}"]:
    first = torch.zeros(height * width, dtype=torch.bool)
    first[order[:count]] = True
    return first.reshape(height, width)


def _guess(probabilities: Float[Tensor, " classes"], names: tuple[str, ...]) -> Guess:
    best = int(probabilities.argmax())
    return Guess(names[best], best, float(probabilities[best]))


def _asked(ask: Callable[[Tensor], Tensor], pictures: Float[Tensor, "n 3 h w"], chunk: int) -> Tensor:
    """What is said of each picture, `chunk` at a time, without a graph."""
    with torch.no_grad():
        return torch.cat([ask(pictures[part]) for part in batches(len(pictures), chunk)])
