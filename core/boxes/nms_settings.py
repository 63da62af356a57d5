"""What a visitor chooses of non-maximum suppression: the method and its thresholds. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from core.boxes.decay import Decay, DecaySettings
from core.errors import SettingError
from core.options import Option

MOST_BOXES = 2_000
"""The most that race at once."""

LEAST_SCORE = 0.05
"""Below it an anchor of a detector is nobody's candidate."""


class Method(Option):
    """The family, by the year in which each was published."""

    GREEDY = (
        "greedy",
        "Greedy",
        "The best box wins and removes every box that it overlaps by more than the threshold.",
    )
    LINEAR = (
        "linear",
        "Soft, linear",
        "Nobody is removed at once: who overlaps the winner by the threshold or more keeps 1 − IoU of its score.",
    )
    GAUSSIAN = ("gaussian", "Soft, Gaussian", "Every overlap costs a little: a box keeps exp(−IoU² / σ) of its score.")
    DIOU = ("diou", "DIoU", "Greedy, but boxes with centres apart may overlap more before one removes the other.")
    MATRIX = ("matrix", "Matrix", "All scores fall at once, without a queue: the worst rival of each box decides.")

    @property
    def has_threshold(self) -> bool:
        """Whether an IoU threshold decides; else a sigma does."""
        return self in (Method.GREEDY, Method.DIOU, Method.LINEAR)

    @property
    def decays(self) -> bool:
        """Whether scores fall, so that a threshold of the score decides who is removed."""
        return self not in (Method.GREEDY, Method.DIOU)


@dataclass(frozen=True, slots=True, kw_only=True)
class NmsSettings:
    """One way to suppress. With `per_class` only boxes of one class race against each other.

    `sigma` belongs to Gaussian decay, `score_threshold` to the methods that decay.

    Raises:
        SettingError: a number is outside its range.
    """

    method: Method = Method.GREEDY
    per_class: bool = True
    iou_threshold: float = 0.5
    sigma: float = 0.5
    score_threshold: float = 0.05

    def __post_init__(self) -> None:
        if not 0 <= self.iou_threshold <= 1:
            raise SettingError(f"iou_threshold must lie in [0, 1], got {self.iou_threshold}.")
        self.decay_settings()

    def decay_settings(self) -> DecaySettings:
        """The same for the methods that decay."""
        return DecaySettings(
            decay=Decay.LINEAR if self.method is Method.LINEAR else Decay.GAUSSIAN,
            sigma=self.sigma,
            iou_threshold=self.iou_threshold,
            score_threshold=self.score_threshold,
        )
