"""What the page is about at this moment: the photo, the pictures whose style is taken, the network, and the settings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.images.growth import SMALLEST, least_side
from core.images.photo import Photo, from_pixels
from core.style.settings import StyleSettings
from core.zoo.model_card import ModelCard
from ui import cached

if TYPE_CHECKING:
    from core.experiments.cost import Cost
    from core.style.objective import Losses
    from core.style.steps import StyleStep

CONTENT, STYLE, VARIATION, RATE = "style-content", "style-weight", "style-variation", "style-rate"
"""Keys of the sliders that act while a painting is made, and of the others."""

CONTENT_LAYER, START, OPTIMISER, STEPS = "style-content-layer", "style-start", "style-optimiser", "style-steps"
OCTAVES, SIDE, SEED, SCALE = "style-octaves", "style-side", "style-seed", "style-scale"
COLOURS, SECOND, SHARE = "style-colours", "style-second", "style-share"
LAYERS = tuple(f"style-layer-{depth}" for depth in range(5))
"""How much each style layer counts, the finest first; the lab's network has four."""

KEYS = (
    *(CONTENT, STYLE, VARIATION, RATE, *LAYERS, CONTENT_LAYER, START, OPTIMISER, STEPS),
    *(OCTAVES, SIDE, SEED, SCALE, COLOURS, SECOND, SHARE),
)


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What is painted, how, and as which network sees it. The first of `styles`, keys and pictures, is the main one.

    `cut` says which part of the visitor's photo this one is, left, top, right and bottom in its pixels; None for all of it.
    """

    photo: Photo
    keys: tuple[str, ...]
    styles: tuple[Photo, ...]
    card: ModelCard
    settings: StyleSettings
    cut: tuple[int, int, int, int] | None = None

    @property
    def name(self) -> str:
        """What a run can't change while it goes on, as a part of keys."""
        own = self.settings
        return (
            f"{about(self.card, self.photo, self.styles)} {own.side} {own.start.value} {own.seed} {own.style_scale:g} "
            f"{own.colours.value}"
        )


def paintable(photo: Photo, side: int) -> tuple[Photo, tuple[int, int, int, int] | None]:
    """The photo, and of one that is too long a strip to be painted with `side` pixels its middle, and where that is."""
    short = min(photo.width, photo.height)
    if side >= least_side(photo.width, photo.height):
        return photo, None
    most = short * side // SMALLEST
    left, top = max(0, (photo.width - most) // 2), max(0, (photo.height - most) // 2)
    cut = (left, top, min(photo.width, left + most), min(photo.height, top + most))
    return from_pixels(photo.pixels[cut[1] : cut[3], cut[0] : cut[2]], photo.name), cut


def about(card: ModelCard, photo: Photo, styles: Sequence[Photo]) -> str:
    """How the name of every case begins that is of this network, this photo and these styles, and of no other."""
    return f"{cached.version(card.key)} {photo.digest} {' '.join(style.digest for style in styles)} ·"


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What is seen. `canvas` (3, h, w) in [0, 1] is its picture, `history` the steps to it that are kept.

    `losses` are those of the picture, None for one that was painted in a single pass by the network `fast`. `over` says
    whether a run that was started has ended, or was stopped.
    """

    case: Case
    canvas: np.ndarray
    history: tuple[StyleStep, ...]
    losses: Losses | None
    over: bool
    cost: Cost
    fast: ModelCard | None
