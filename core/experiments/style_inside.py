"""Inside style transfer: Gram matrices to look at, two maps that are active together, and pictures rebuilt from a part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from core.device import CPU, best_device, shortage_in_words
from core.errors import ModelError
from core.experiments.bill import Bill, billed_steps, held
from core.experiments.cost import Cost, Meter, billed
from core.experiments.effort import Effort
from core.experiments.style_alone import COMPARED, middle
from core.experiments.styling import PaintedStep, features_seen
from core.images.normalise import to_pixels, to_tensor
from core.images.octaves import fitted
from core.images.photo import Photo
from core.steps import Run
from core.style.losses import energy, gram, style_loss
from core.style.settings import StyleSettings
from core.style.transfer import transfer
from core.zoo.cache import load

MOST = 48
"""Maps that a shown matrix has, at most."""


@dataclass(frozen=True, slots=True, eq=False)
class Grams:
    """The Gram matrices of a layer, for the style and for what is compared with it: the photo, or a painting of it.

    `channels` are the maps with the largest entries on the style's diagonal, largest first; `style` and `ours` are the
    matrices of these alone, in that order. `count` is how many maps there are in all, and the numbers are of all of them:
    `loss` is the style loss of the layer, `distance` the mean squared difference of the matrices, `energies` the mean square
    of the style's matrix and of the photo's.
    """

    layer: str
    channels: tuple[int, ...]
    count: int
    style: Float[np.ndarray, "n n"]
    ours: Float[np.ndarray, "n n"]
    loss: float
    distance: float
    energies: tuple[float, float]
    cost: Cost


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """Two maps (2, h, w) of a layer on one picture, and the picture as the network was given it."""

    picture: UInt8[np.ndarray, "_ _ 3"]
    maps: Float[np.ndarray, "2 h w"]

    @property
    def product(self) -> Float[np.ndarray, "h w"]:
        """Where both are active at once."""
        return self.maps[0] * self.maps[1]


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two maps of a layer of `count` maps, on the style's picture and on what is compared with it."""

    count: int
    style: Together
    ours: Together
    cost: Cost

    def entries(self) -> tuple[float, float]:
        """The entries of both Gram matrices for these maps: the mean of the product, divided by the number of maps."""
        style, ours = (float(one.product.mean(dtype=np.float64)) / self.count for one in (self.style, self.ours))
        return style, ours


@dataclass(frozen=True, slots=True, eq=False)
class Rebuilt:
    """A finished picture `canvas`, in [0, 1], after so many `updates`; the loss it began with and that it ended with.

    `far` is the mean absolute difference of its values from those of the picture that it was rebuilt from.
    """

    canvas: Float[np.ndarray, "3 h w"]
    updates: int
    began: float
    ended: float
    far: float
    cost: Cost

    @property
    def left(self) -> float:
        """The share of the loss that is left."""
        return self.ended / self.began if self.began else 0.0


def grams(model: str, layer: str, style: Photo, photo: Photo, painting: Photo | None = None) -> Grams:
    """The Gram matrices of the style and of the photo, or of a `painting` of that, at one layer.

    Raises:
        ModelError: there is no such network or layer, style is not measured with it, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _grams(model, layer, style, photo, painting, device))


def pair(model: str, layer: str, channels: tuple[int, int], style: Photo, ours: Photo) -> Pair:
    """The two maps `channels` of a layer on both pictures.

    Raises:
        ModelError: there is no such network, layer or map, style is not measured with it, or its file is damaged.
        WeightsMissingError: its weights are not on this machine yet.
        MemoryShortError: no device has room for it.
    """
    return billed(lambda device: _pair(model, layer, channels, style, ours, device))


def rebuilding(model: str, picture: Photo, settings: StyleSettings) -> Effort[Rebuilt]:
    """`picture` rebuilt from its content or from its style alone, a little at a time. Errors come when it is advanced.

    `settings` weigh one of both and not the other (`core.experiments.style_alone`). The loss is that of the one they weigh.
    """

    def conclude(steps: Sequence[PaintedStep]) -> Rebuilt:
        first, last = steps[0], steps[-1]
        far = (last.canvas - _laid(picture, settings.side, CPU)[0]).abs().mean().item()
        return Rebuilt(last.canvas.numpy(), last.index, _loss(first), _loss(last), far, last.cost)

    return Effort(lambda: _rebuilding(model, picture, settings), conclude)


def _grams(model: str, layer: str, style: Photo, photo: Photo, painting: Photo | None, device: torch.device) -> Grams:
    features = features_seen(load(model, device))
    with torch.no_grad(), Meter(device) as meter:
        seen = meter.counted(features)
        wanted, own = (gram(seen(_laid(one, COMPARED, device), (layer,))[layer]) for one in (style, photo))
        ours = own if painting is None else gram(seen(_laid(painting, COMPARED, device), (layer,))[layer])
        best = wanted[0].diagonal().topk(min(MOST, wanted.shape[1])).indices
        energies = energy(wanted).item(), energy(own).item()
        distance, loss = (ours - wanted).square().mean().item(), style_loss(ours, wanted, energy(own)).item()
        theirs, mine = (one[0][best][:, best].cpu().numpy() for one in (wanted, ours))
    return Grams(layer, tuple(best.tolist()), wanted.shape[1], theirs, mine, loss, distance, energies, meter.cost)


def _pair(model: str, layer: str, channels: tuple[int, int], style: Photo, ours: Photo, device: torch.device) -> Pair:
    features = features_seen(load(model, device))
    with torch.no_grad(), Meter(device) as meter:
        pictures = [_laid(one, COMPARED, device) for one in (style, ours)]
        maps = [meter.counted(features)(one, (layer,))[layer][0] for one in pictures]
        count = len(maps[0])
        if not all(0 <= one < count for one in channels):
            raise ModelError(f"{layer} has the maps 0 to {count - 1}, not {channels}.", "Choose others.")
        first, second = (
            Together(to_pixels(one), found[[*channels]].cpu().numpy())
            for one, found in zip(pictures, maps, strict=True)
        )
    return Pair(count, first, second, meter.cost)


def _rebuilding(model: str, picture: Photo, settings: StyleSettings) -> Run[PaintedStep]:
    """The run. A texture has the size of the style's picture, which then counts as its own content."""
    with shortage_in_words():
        network = load(model, best_device())
        bill = Bill(network.device)
        given = _laid(picture, settings.side, network.device)
        styles = [given] if settings.style_layers else []
        run = transfer(bill.counted(features_seen(network)), given, styles, settings, gradient=bill.gradient)
        yield from billed_steps(run, bill, lambda step, cost: PaintedStep(**held(step), cost=cost))


def _loss(step: PaintedStep) -> float:
    """The loss that a picture is rebuilt by: of its content, or where that has no layer of its style."""
    return step.losses.content if step.losses.content_layers else step.losses.style


def _laid(photo: Photo, side: int, device: torch.device) -> Float[Tensor, "1 3 _ _"]:
    """A photo in [0, 1] with `side` pixels on its longest side; of a long strip the middle."""
    return fitted(to_tensor(middle(photo.pixels), device), side)
