"""What a visitor chooses of style transfer. Torch-free."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from types import MappingProxyType

from core.errors import SettingError
from core.images.growth import SMALLEST, least_side
from core.options import Option

MOST_WEIGHT = 1_000_000.0
MOST_STEPS = 5_000
MOST_SEEDS = 2**31
MOST_OCTAVES = 5
LEAST_SIDE, MOST_SIDE = 64, 1600
"""Pixels of the longest side of the picture."""


class Start(Option):
    """The picture that the painting begins with."""

    CONTENT = ("content", "The photo", "The photo is there from the start, and the style comes over it.")
    STYLE = ("style", "The style", "The style's own picture, in which the photo appears.")
    NOISE = ("noise", "Noise", "Nothing to see: all that appears comes from the losses.")


class Optimiser(Option):
    """How a gradient becomes an update."""

    ADAM = ("adam", "Adam", "Steady: each value moves by about the learning rate, however steep the loss is.")
    LBFGS = ("lbfgs", "L-BFGS", "Bold: it learns how the loss curves and needs fewer updates; the paper's choice.")


class Colours(Option):
    """Whose colours the painting has."""

    STYLE = ("style", "The style's", "As in the paper: colours are part of the style.")
    HISTOGRAM = (
        "histogram",
        "The photo's, matched",
        "The style's picture first gets the mean and spread of the photo's colours.",
    )
    LUMINANCE = ("luminance", "The photo's, kept", "Only brightness is painted; every hue stays that of the photo.")


Weights = Mapping[str, float]
"""How much each layer counts, by its name. A layer of weight 0 is measured and moves nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleSettings:
    """What counts how much, how fast, and on which way from small to large.

    `content`, `style` and `total_variation` weigh the three parts of the loss. Inside a part `content_layers` and
    `style_layers` say how much each layer counts, and `mix` each of several styles; only their ratios matter, and an empty
    `mix` counts all styles alike. `rate` is the learning rate of Adam, and the farthest that an update of L-BFGS may move
    the picture, as the root mean square of its values in [0, 1].

    The picture grows over `octaves` sizes, each `octave_scale` times the one before, with equal shares of the `steps`; the
    last has `side` pixels on its longest side. A style's picture has `style_scale` times that. All but `start`, `seed`,
    `side`, `style_scale` and `colours` may change while a run goes on.

    Raises:
        SettingError: a number is outside its range, or no layer has a weight.
    """

    content_layers: Weights
    style_layers: Weights
    content: float = 1.0
    style: float = 10.0
    total_variation: float = 1.0
    mix: tuple[float, ...] = ()
    optimiser: Optimiser = Optimiser.ADAM
    rate: float = 0.03
    start: Start = Start.CONTENT
    seed: int = 0
    steps: int = 300
    octaves: int = 2
    octave_scale: float = 2.0
    side: int = 384
    style_scale: float = 1.0
    colours: Colours = field(default=Colours.STYLE)

    def __post_init__(self) -> None:
        for part in ("content", "style", "total_variation"):
            self._check(part, 0, MOST_WEIGHT)
        for part in ("content_layers", "style_layers"):
            weights = dict(getattr(self, part))
            if not all(0 <= weight <= MOST_WEIGHT for weight in weights.values()):
                raise SettingError(f"The weights of {part} must be from 0 to {MOST_WEIGHT:,.0f}, got {weights}.")
            object.__setattr__(self, part, MappingProxyType(weights))
        if not self.content_layers and not self.style_layers:
            raise SettingError("There must be a layer to measure.", "Choose a content layer or a style layer.")
        if self.mix and not (all(0 <= share <= MOST_WEIGHT for share in self.mix) and sum(self.mix) > 0):
            raise SettingError(f"The weights of the styles must be 0 or more and not all 0, got {self.mix}.")
        self._check("rate", 0, 1)
        self._check("seed", 0, MOST_SEEDS - 1)
        self._check("steps", 1, MOST_STEPS)
        self._check("octaves", 1, MOST_OCTAVES)
        self._check("octave_scale", 1, 4)
        self._check("side", LEAST_SIDE, MOST_SIDE)
        self._check("style_scale", 0.25, 4)

    @property
    def layers(self) -> tuple[str, ...]:
        """Every layer that is measured."""
        return tuple(dict.fromkeys((*self.content_layers, *self.style_layers)))

    def shares(self, styles: int) -> tuple[float, ...]:
        """How much each of so many styles counts; the shares sum to 1.

        Raises:
            SettingError: `mix` is of another number of styles.
        """
        mix = self.mix or (1.0,) * styles
        if len(mix) != styles:
            raise SettingError(f"There are {styles} styles, and weights for {len(mix)}.", "Give each style one weight.")
        return tuple(share / math.fsum(mix) for share in mix)

    def steered(self, newer: StyleSettings | None) -> StyleSettings:
        """The `newer` settings of a run that has these, if there are any.

        Raises:
            SettingError: they change what must stay.
        """
        if newer is None:
            return self
        for name in ("start", "seed", "side", "style_scale", "colours"):
            if getattr(newer, name) != getattr(self, name):
                raise SettingError(f"{name} must stay the same during a run.", "Start again with the new settings.")
        return newer

    def same_loss(self, other: StyleSettings) -> bool:
        """Whether both give any picture the same loss: they differ in pace and size alone."""
        free = {"optimiser", "rate", "steps", "octaves", "octave_scale"}
        return all(getattr(self, one.name) == getattr(other, one.name) for one in fields(self) if one.name not in free)

    def _check(self, name: str, least: int | float, most: int | float) -> None:
        value = getattr(self, name)
        if not least <= value <= most:
            raise SettingError(f"{name} must be from {least:g} to {most:,.0f}, got {value}.")


def check_side(side: int, width: int, height: int) -> None:
    """Whether a photo of that shape may be painted with `side` pixels on its longest side.

    Raises:
        SettingError: its shorter side would be too small for a network.
    """
    least = least_side(width, height)
    if side < least:
        short = round(side * min(width, height) / max(width, height))
        raise SettingError(
            f"At {side} pixels the short side of this photo would have {short}, and the network needs {SMALLEST}.",
            f"Choose at least {least} pixels for the longest side."
            if least <= MOST_SIDE
            else "Cut a part out of the photo that is less of a strip, and upload that.",
        )
