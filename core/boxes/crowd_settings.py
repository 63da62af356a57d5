"""How a crowd of candidates is made up. Torch-free, since the shell of the app shows the sliders before torch is loaded."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import SettingError

MOST_CANDIDATES = 500
"""Of one truth."""

MOST_SEEDS = 2**32


@dataclass(frozen=True, slots=True, kw_only=True)
class CrowdSettings:
    """How many candidates each truth gets, how far they stray, and how little their scores and names can be trusted.

    `jitter` is the standard deviation of a candidate's centre, as a share of the truth's sides, and of the logarithm of
    its sides; `noise` that of its score. `confusion` is the share of a truth's candidates that bear a wrong name, the
    same one for all of them.

    Raises:
        SettingError: a number is outside its range.
    """

    count: int = 20
    jitter: float = 0.1
    noise: float = 0.05
    confusion: float = 0.0
    seed: int = 0

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST_CANDIDATES:
            raise SettingError(f"count must be from 1 to {MOST_CANDIDATES}, got {self.count}.")
        for name in ("jitter", "noise", "confusion"):
            if not 0 <= getattr(self, name) <= 1:
                raise SettingError(f"{name} must be from 0 to 1, got {getattr(self, name)}.")
        if not 0 <= self.seed < MOST_SEEDS:
            raise SettingError(f"seed must be from 0 to {MOST_SEEDS - 1:,}, got {self.seed}.")
