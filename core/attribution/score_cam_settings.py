"""What a visitor chooses of Score-CAM: how maps are weighed and how many are scored. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import SettingError
from core.options import Option


class Increase(Option):
    """How the rise of the score that a map brings becomes its weight."""

    SOFTMAX = (
        "softmax",
        "Softmax",
        "exp(rise) over the sum of exp(rise) of all maps: no weight is below 0, their sum is 1.",
    )
    RAW = ("raw", "The rise itself", "A map through which the score falls below that of the baseline counts against.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ScoreCamSettings:
    """How to weigh maps, and how many.

    With `top`, only that many maps are scored, those of the largest mean activation; the others have a weight of 0.
    That is a departure from the paper, which scores all, as None does.

    Raises:
        SettingError: `top` is less than 1.
    """

    increase: Increase = Increase.SOFTMAX
    top: int | None = None

    def __post_init__(self) -> None:
        if self.top is not None and self.top < 1:
            raise SettingError(f"top must be at least 1, got {self.top}.", "Score at least one map, or all.")
