"""How much of its score a box loses to a better one that it overlaps: the settings of soft and of matrix suppression."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from core.errors import SettingError


class Decay(Enum):
    """The share of its score that a box keeps at an overlap."""

    LINEAR = "linear"  # 1 - overlap
    GAUSSIAN = "Gaussian"  # exp(-overlap² / sigma)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecaySettings:
    """Who decays and how fast, with the values of Bodla et al. (2017), section 5.

    A smaller `sigma` is harder, and only Gaussian decay has it. Below `iou_threshold` nobody decays, and only the linear
    decay of soft suppression has it. A box whose score is below `score_threshold` is removed.
    """

    decay: Decay = Decay.GAUSSIAN
    sigma: float = 0.5
    iou_threshold: float = 0.3
    score_threshold: float = 0.001

    def __post_init__(self) -> None:
        if not 0 < self.sigma < math.inf:
            raise SettingError(f"sigma must be a number above 0, got {self.sigma}.")
        if not 0 <= self.iou_threshold <= 1:
            raise SettingError(f"iou_threshold must lie in [0, 1], got {self.iou_threshold}.")
        if not 0 <= self.score_threshold < math.inf:
            raise SettingError(f"score_threshold must be a number of at least 0, got {self.score_threshold}.")
