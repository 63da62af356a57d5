"""How the classifier is trained: every number of the recipe, and the learning rate at each step."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.errors import SettingError
from core.networks.lab_classifier import CLASSES

FLOOR = 0.01
"""The last learning rate in units of the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """What every training here has: new parts learn at `head_factor` times the rate of the trunk that has learned before.

    For `head_epochs` the new parts learn alone, so that their first random guesses do not spoil the trunk; then all
    weights learn. `rate` is AdamW's for the trunk, `decay` its weight decay, and `batch` pictures make a step. The result
    is the running average of the weights, of which each step keeps `averaging`. With `bfloat16` the passes run in that
    precision, weights and updates in float32.
    """

    seed: int = 0
    epochs: int = 16
    head_epochs: int = 1
    batch: int = 64
    rate: float = 1e-4
    head_factor: float = 10.0
    decay: float = 0.02
    averaging: float = 0.998
    bfloat16: bool = False

    def __post_init__(self) -> None:
        for name in ("epochs", "batch"):
            if getattr(self, name) < 1:
                raise SettingError(f"{name} must be at least 1, got {getattr(self, name)}.")
        if not 0 <= self.head_epochs <= self.epochs:
            raise SettingError(f"head_epochs must lie in [0, epochs], got {self.head_epochs}.")
        self.check_shares("averaging")

    def check_shares(self, *names: str) -> None:
        """Parts of a whole lie in [0, 1).

        Raises:
            SettingError: one does not.
        """
        for name in names:
            if not 0 <= getattr(self, name) < 1:
                raise SettingError(f"{name} must lie in [0, 1), got {getattr(self, name)}.")

    def trunk_rate(self, step: int, steps: int) -> float:
        """The trunk's learning rate at a step counted from the start; an epoch has `steps`.

        It is 0 while the new parts learn alone, rises for half an epoch and falls along a cosine to a hundredth.
        """
        begun = step - self.head_epochs * steps
        return 0.0 if begun < 0 else self.rate * self._shape(begun, steps)

    def head_rate(self, step: int, steps: int) -> float:
        """The new parts' learning rate at a step: `head_factor` times the trunk's, at its full height from the start."""
        begun = step - self.head_epochs * steps
        return self.head_factor * self.rate * (1.0 if begun < 0 else self._shape(begun, steps))

    def average_kept(self, step: int) -> float:
        """What a step keeps of the running average: less at the start, where the average is not worth keeping."""
        return min(self.averaging, (1 + step) / (10 + step))

    def _shape(self, begun: int, steps: int) -> float:
        total = max(1, (self.epochs - self.head_epochs) * steps)
        rise = min(1.0, (begun + 1) / max(1, steps // 2))
        return rise * (FLOOR + (1 - FLOOR) * (1 + math.cos(math.pi * begun / total)) / 2)


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe(Schedule):
    """How the classifier is trained. An epoch takes `per_class` pictures of each class, `side` pixels square.

    Of people it takes `people` times as many: they are on many photos of other classes, too. `smoothing` is the part of
    each label that is shared among all classes. `dropout` is the part of the feature maps that the head has to do without
    at each step, as the original head does (there of single values; a map as a whole is harder to guess from the others).
    For `least_area`, `hue`, `blur` and `pasted` see `training.pictures.Variation`. Crops of people are smaller than photos
    of things, and so less sharp, which must not give them away: hence the blur.
    """

    per_class: int = 900
    people: float = 1.5
    side: int = 192
    smoothing: float = 0.0
    dropout: float = 0.0
    hue: float = 0.0
    blur: float = 0.0
    pasted: float = 0.0
    least_area: float = 0.4

    def __post_init__(self) -> None:
        super(Recipe, self).__post_init__()
        for name in ("per_class", "side"):
            if getattr(self, name) < 1:
                raise SettingError(f"{name} must be at least 1, got {getattr(self, name)}.")
        self.check_shares("smoothing", "dropout", "hue", "blur", "pasted", "least_area")

    def pictures(self) -> tuple[int, ...]:
        """How many pictures of each of `CLASSES` an epoch takes."""
        return tuple(round(self.per_class * (self.people if name == "person" else 1)) for name in CLASSES)


REFINE = Recipe(
    epochs=4,
    head_epochs=0,
    per_class=700,
    people=2.0,
    side=224,
    rate=4e-5,
    hue=0.2,
    blur=0.3,
    pasted=0.5,
    least_area=0.6,
    averaging=0.995,
)
"""Going on from finished weights: as large as in use, with people in all colours and before other things."""
