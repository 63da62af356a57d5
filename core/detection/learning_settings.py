"""What a visitor chooses of a detector's learning: how its loss weighs, and how a head is taught one photo. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass, field

from core.errors import SettingError
from core.options import Option

MOST_STEPS = 1000


class Start(Option):
    """What a head knows before it learns."""

    RANDOM = ("random", "New random weights", "It begins by finding nothing: every confidence is 1 %.")
    TRAINED = ("trained", "The trained head", "It begins with what it learned from thousands of photos.")


@dataclass(frozen=True, slots=True, kw_only=True)
class LossSettings:
    """How the parts of the loss weigh; confidence counts once.

    `focus` is the power of |target - confidence| that each anchor's cross-entropy is multiplied by; with 0 all anchors
    count the same. `offsets` and `classes` are factors; a part with 0 is not learned.

    Raises:
        SettingError: a number is outside its range.
    """

    focus: float = 2.0
    offsets: float = 1.0
    classes: float = 1.0

    def __post_init__(self) -> None:
        if not 0 <= self.focus <= 5:
            raise SettingError(f"focus must lie in [0, 5], got {self.focus}.")
        for name in ("offsets", "classes"):
            if not 0 <= getattr(self, name) <= 10:
                raise SettingError(f"{name} must lie in [0, 10], got {getattr(self, name)}.")


@dataclass(frozen=True, slots=True, kw_only=True)
class OverfitSettings:
    """How a head is taught one photo. `start`, `steps` and `seed` stay the same during a run; the others may change.

    `learning_rate` is Adam's. With 0 nothing is learned, which is legal.

    Raises:
        SettingError: a number is outside its range.
    """

    learning_rate: float = 2e-3
    loss: LossSettings = field(default_factory=LossSettings)
    start: Start = Start.RANDOM
    steps: int = 200
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.learning_rate <= 0.1:
            raise SettingError(f"learning_rate must lie in [0, 0.1], got {self.learning_rate}.")
        if not 1 <= self.steps <= MOST_STEPS:
            raise SettingError(f"steps must be from 1 to {MOST_STEPS}, got {self.steps}.")
        if not 0 <= self.seed < 2**32:
            raise SettingError(f"seed must be from 0 to 2^32 - 1, got {self.seed}.")
