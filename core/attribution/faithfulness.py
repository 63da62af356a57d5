"""Whether a map names the pixels a score depends on: deletion, insertion, and the pointing game.

Deletion and insertion: Petsiuk et al., RISE: Randomized Input Sampling for Explanation of Black-box Models, BMVC 2018,
section 4. If a map is right, the score falls early when its first pixels are deleted, and rises early when they are
put into a picture that shows nothing. Both ask the network alone; the pointing game asks a person's boxes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum

import torch
from jaxtyping import Float, Int
from torch import Tensor

from core.attribution.grad_cam import upsample
from core.device import seeded
from core.errors import SettingError
from core.steps import Run, Step

Score = Callable[[Tensor], Tensor]
"""Pictures of shape (n, c, h, w) in, one number for each out, typically a probability."""

TOLERANCE = 15.0
"""How far from a box, in pixels, the pointing game still counts a hit; the margin of the paper."""


class Kind(Enum):
    """Whether the most important pixels leave the picture or enter the reference."""

    DELETION = "deletion"
    INSERTION = "insertion"


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Faithfulness(Step):
    """The score while pixels are replaced: `scores[k]` belongs to `shares[k]` and to `picture(k)`.

    `order` holds the pixels of the picture from the most to the least important, counted row by row. While a run is
    under way, `scores` has the beginning of the curve; when it is done, `steps + 1` values.
    """

    kind: Kind
    steps: int
    scores: Float[Tensor, " points"]
    order: Int[Tensor, " pixels"]
    image: Float[Tensor, "c h w"]
    reference: Float[Tensor, "c h w"]

    @property
    def shares(self) -> Float[Tensor, " points"]:
        """The share of pixels that were replaced for each score, from 0 to 1: `k / steps` to the nearest pixel."""
        return _counts(len(self.order), self.steps)[: len(self.scores)].double() / len(self.order)

    @property
    def auc(self) -> float:
        """The area under the curve as far as it goes, by trapezoids: low is good in deletion, high in insertion."""
        return float(torch.trapezoid(self.scores.double(), self.shares))

    def picture(self, k: int) -> Float[Tensor, "c h w"]:
        """The picture whose score is `scores[k]`.

        Raises:
            SettingError: there is no step `k`.
        """
        if not 0 <= k <= self.steps:
            raise SettingError(f"k must lie in [0, {self.steps}], got {k}.")
        start, other = _ends(self.kind, self.image, self.reference)
        return _pictures(start, other, _places(self.order, start), _counts(len(self.order), self.steps)[k : k + 1])[0]


def order(map: Float[Tensor, "rows columns"], height: int, width: int) -> Int[Tensor, " pixels"]:
    """The pixels of a picture of `height` x `width` from the most to the least important, counted row by row.

    The map is enlarged bilinearly (`align_corners=False`). Of equal values the pixel with the lower number comes first.
    """
    return _enlarged(map, height, width).flatten().argsort(descending=True, stable=True)


def random_order(height: int, width: int, seed: int) -> Int[Tensor, " pixels"]:
    """The pixels in an order drawn from `seed`: what a map has to beat."""
    return torch.randperm(height * width, generator=seeded(seed, torch.device("cpu")))


def centre_order(height: int, width: int) -> Int[Tensor, " pixels"]:
    """The pixels from the centre outwards: what a map has to beat where photographers put things in the middle."""
    down = 2 * torch.arange(height) - (height - 1)
    right = 2 * torch.arange(width) - (width - 1)
    return (down[:, None] ** 2 + right**2).flatten().argsort(stable=True)


def curve(
    score: Score,
    image: Float[Tensor, "c h w"],
    order: Int[Tensor, " pixels"],
    reference: Float[Tensor, "c h w"],
    *,
    kind: Kind,
    steps: int,
    chunk: int,
) -> Faithfulness:
    """The whole curve of `draw_curve`, which says what the arguments mean and what is raised."""
    *_, whole = draw_curve(score, image, order, reference, kind=kind, steps=steps, chunk=chunk)
    return whole


def draw_curve(
    score: Score,
    image: Float[Tensor, "c h w"],
    order: Int[Tensor, " pixels"],
    reference: Float[Tensor, "c h w"],
    *,
    kind: Kind,
    steps: int,
    chunk: int,
) -> Run[Faithfulness]:
    """The score at `steps + 1` shares from 0 to 1, `chunk` pictures at a time; yields the curve so far after each chunk.

    Deletion replaces the first pixels of `order` in `image` by those of `reference`; insertion puts them into
    `reference`. The pictures do not depend on `chunk`, so the answer doesn't either if `score` treats each picture by
    itself, up to a network's rounding in batches of another size. It runs forward only, without a graph.

    RISE, section 4: there the reference is black for deletion and the blurred picture for insertion.

    Raises:
        SettingError: `steps` or `chunk` is less than 1.
    """
    for name, value in (("steps", steps), ("chunk", chunk)):
        if value < 1:
            raise SettingError(f"{name} must be at least 1, got {value}.")
    return _draw(score, image.detach().clone(), order, reference.detach().clone(), kind, steps, chunk)


@dataclass(frozen=True, slots=True)
class Pointing:
    """Where a map points. `x` and `y` are the pixel of its maximum, `distance` how far that is from the nearest box.

    `distance` is in pixels, from the centre of the pixel: 0 inside a box, infinite where there is no box. `hit` says
    whether it is within the tolerance. `inside` is the share of the map's positive values that lies in the boxes.
    """

    x: int
    y: int
    distance: float
    hit: bool
    inside: float


def pointing(
    map: Float[Tensor, "rows columns"],
    boxes: Float[Tensor, "n 4"],
    height: int,
    width: int,
    *,
    tolerance: float = TOLERANCE,
) -> Pointing:
    """The pointing game: whether the maximum of the map, enlarged to `height` x `width`, lies in one of `boxes`.

    Boxes are `(x1, y1, x2, y2)` in pixels of the picture, `x2` and `y2` exclusive; empty ones hold nothing and are left
    out. Of equal maxima the first counts, row by row. A pixel lies in a box if its centre does, border included; a map
    without positive values has a share of 0 `inside`.

    Zhang et al., Top-down Neural Attention by Excitation Backprop, 2016, section 4.1; for `inside` Wang et al.,
    Score-CAM, 2020, section 4.3, where positive values are all there are.

    Raises:
        SettingError: `tolerance` is negative.
    """
    if tolerance < 0:
        raise SettingError(f"tolerance must be at least 0, got {tolerance}.", "Choose 0 or more pixels.")
    large = _enlarged(map, height, width)
    distances = _distances(boxes.detach().cpu().double(), height, width)
    y, x = divmod(int(large.argmax()), width)
    distance = float(distances[y, x])
    mass = large.double().relu()
    inside = float(mass[distances == 0].sum() / mass.sum()) if mass.any() else 0.0
    return Pointing(x, y, distance, distance <= tolerance, inside)


def _draw(
    score: Score, image: Tensor, order: Tensor, reference: Tensor, kind: Kind, steps: int, chunk: int
) -> Run[Faithfulness]:
    start, other = _ends(kind, image, reference)
    places = _places(order.to(image.device), image)
    kept = {"order": order.to("cpu", torch.int32), "image": image.cpu(), "reference": reference.cpu()}
    newest = Faithfulness(index=0, kind=kind, steps=steps, scores=torch.empty(0), **kept)
    for index, counts in enumerate(_counts(len(order), steps).split(chunk)):
        with torch.no_grad():  # never around the yield: it would reach the caller
            found = score(_pictures(start, other, places, counts.to(image.device)))
        newest = replace(newest, index=index, scores=torch.cat((newest.scores, found.detach().cpu())))
        yield newest


def _ends(kind: Kind, image: Tensor, reference: Tensor) -> tuple[Tensor, Tensor]:
    """The picture the curve starts with, and the one it ends with."""
    return (image, reference) if kind is Kind.DELETION else (reference, image)


def _places(order: Tensor, image: Tensor) -> Int[Tensor, "h w"]:
    """For each pixel how many are replaced before it."""
    return order.argsort().reshape(image.shape[-2:])


def _counts(pixels: int, steps: int) -> Int[Tensor, " points"]:
    """How many pixels are replaced at each step. Rounded, so that the last pixels get as many steps as the first."""
    return torch.tensor([round(k * pixels / steps) for k in range(steps + 1)])


def _pictures(start: Tensor, other: Tensor, places: Tensor, counts: Tensor) -> Float[Tensor, "n c h w"]:
    """For each count the picture `start` with that many pixels from `other`."""
    return torch.where(places < counts[:, None, None, None], other, start)


def _enlarged(map: Tensor, height: int, width: int) -> Float[Tensor, "height width"]:
    """The map at the size of the picture, in float32 on the CPU.

    Interpolated in float64: in float32 equal values would come out with other last bits, and ties be broken by those.
    """
    return upsample(map.detach().cpu().double(), height, width).float()


def _distances(boxes: Tensor, height: int, width: int) -> Float[Tensor, "height width"]:
    """From the centre of each pixel to the nearest box that is not empty; 0 inside, infinite where there is none."""
    nearest = torch.full((height, width), torch.inf, dtype=torch.float64)
    x, y = torch.arange(width).double() + 0.5, torch.arange(height).double()[:, None] + 0.5
    for x1, y1, x2, y2 in boxes.tolist():
        if x2 > x1 and y2 > y1:
            aside, above = (x - x.clamp(x1, x2)).abs(), (y - y.clamp(y1, y2)).abs()
            nearest = nearest.minimum(torch.hypot(aside, above))
    return nearest
