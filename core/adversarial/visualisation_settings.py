"""What a visitor chooses of a picture that is drawn by gradient ascent. Torch-free."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.adversarial.settings import MOST_SEEDS, MOST_STEPS
from core.errors import SettingError
from core.options import Option

MOST_WEIGHT = 100_000.0
MOST_BLUR = 20.0
"""Standard deviation in pixels."""

MOST_JITTER = 128
"""Pixels."""

MOST_OCTAVES = 8


class Raised(Option):
    """The number of a class that is raised."""

    SCORE = ("score", "Score", "The logit of the class: it rises only where the network finds more of that class.")
    SOFTMAX = ("softmax", "Probability", "The softmax of the class: it also rises where all other classes fall.")


class Start(Option):
    """The picture that the ascent begins with."""

    EMPTY = ("empty", "Grey", "Nothing to see: whatever appears comes from the network.")
    NOISE = ("noise", "Noise", "Grey with a little noise: another seed leads to another picture.")
    PHOTO = ("photo", "Your photo", "Deep dream: what the network finds in the photo is made stronger.")


@dataclass(frozen=True, slots=True, kw_only=True)
class VisualisationSettings:
    """What is raised, how fast, and what keeps the picture calm.

    All but `start` and `seed` may change while a run goes on. `rate` is how far one step moves the picture, as the root
    mean square of the changes of its values in [0, 1]. What keeps it calm acts on what was drawn, the difference from
    the grey or the photo it is drawn on: `l2` and `total_variation` weigh its mean square, and its total variation over
    the number of values, against what is raised; every `blur_every` steps it goes through a Gaussian of standard
    deviation `blur` in pixels. The network sees the picture shifted by up to `jitter` pixels, each time by others. Of
    `octaves` sizes each is `octave_scale` times the one before, and gets an equal share of the `steps`.

    Raises:
        SettingError: a number is outside its range.
    """

    raised: Raised = Raised.SCORE
    target: int = 0
    start: Start = Start.EMPTY
    seed: int = 0
    steps: int = 160
    rate: float = 0.02
    l2: float = 50.0
    total_variation: float = 200.0
    blur: float = 0.5
    blur_every: int = 2
    jitter: int = 16
    octaves: int = 4
    octave_scale: float = 1.4

    def __post_init__(self) -> None:
        self._check("target", 0)
        self._check("seed", 0, MOST_SEEDS - 1)
        self._check("steps", 1, MOST_STEPS)
        self._check("rate", 0, 1)
        self._check("l2", 0, MOST_WEIGHT)
        self._check("total_variation", 0, MOST_WEIGHT)
        self._check("blur", 0, MOST_BLUR)
        self._check("blur_every", 1, MOST_STEPS)
        self._check("jitter", 0, MOST_JITTER)
        self._check("octaves", 1, MOST_OCTAVES)
        self._check("octave_scale", 1, 4)

    def _check(self, name: str, least: int, most: int | float = math.inf) -> None:
        value = getattr(self, name)
        if not least <= value <= most:
            limits = f"at least {least:g}" if most == math.inf else f"from {least:g} to {most:,.0f}"
            raise SettingError(f"{name} must be {limits}, got {value}.")


DREAM = VisualisationSettings(
    start=Start.PHOTO, steps=40, rate=0.015, l2=0.0, total_variation=0.0, blur=0.0, jitter=32, octaves=4
)
"""Deep dream: few steps, so that the photo stays, and nothing that keeps it calm."""
