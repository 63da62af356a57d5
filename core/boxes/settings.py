"""What a visitor chooses and names around boxes: measures, the descent, objects, and the rule that assigns anchors."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TypeAlias

from core.errors import SettingError

Box: TypeAlias = tuple[float, float, float, float]
"""One box `(x1, y1, x2, y2)` in photo pixels, `x2` and `y2` exclusive."""

MOST_STEPS = 1000
MOST_OBJECTS = 12
"""Objects on one photo that the page matches with anchors."""

LONGEST_LABEL = 24
"""Letters of an object's name."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """One object on a photo: what it is called, and its box in pixels."""

    label: str
    box: Box


def kind_of(label: str) -> str:
    """The class of an object: "circle 2" is a circle. A label of digits alone stays as it is."""
    return label.rstrip("0123456789 ") or label


class Measure(Enum):
    """The measures of overlap, from the oldest to the one that sees most."""

    IOU = "iou"
    GIOU = "giou"
    DIOU = "diou"
    CIOU = "ciou"

    @property
    def title(self) -> str:
        """How the papers write it."""
        return self.name.replace("IOU", "IoU")

    @property
    def lesson(self) -> str:
        """What a box learns from it, in one line."""
        return _LESSONS[self]


_LESSONS = {
    Measure.IOU: "Boxes that do not touch have no slope to follow: the box stays where it is.",
    Measure.GIOU: "Fills the box around both: the box first grows until it touches its target, then shrinks to fit it.",
    Measure.DIOU: "Pulls the two centres together: the box moves straight to its target.",
    Measure.CIOU: "Also compares width to height: the box takes the target's shape on its way.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DescentSettings:
    """How long and how fast a box descends towards its target.

    `learning_rate` is the length of a step for a gradient of length 1, in coordinates where the target has area 1. The
    defaults bring a box that starts two or three target sizes away home with DIoU and CIoU, whatever its shape. A
    target more than twice as wide as high, or as high as wide, asks for a smaller rate and more steps.
    """

    steps: int = 200
    learning_rate: float = 0.35

    def __post_init__(self) -> None:
        if not 1 <= self.steps <= MOST_STEPS:
            raise SettingError(f"steps must be from 1 to {MOST_STEPS}, got {self.steps}.")
        if not 0 < self.learning_rate <= 1:
            raise SettingError(f"learning_rate must be above 0 and at most 1, got {self.learning_rate}.")


class Rule(Enum):
    """Who decides which anchors learn from which object."""

    GREEDY = "textbook"  # every object its best free anchor, then every anchor above one threshold
    THRESHOLDS = "thresholds"  # above one threshold positive, below another background, ignored between: RPN
    CELL = "cell"  # one anchor for each object, in the cell nearest to its centre: the course's YOLO


class State(Enum):
    """What a rule made of an anchor."""

    POSITIVE = "positive"  # it learns an object
    IGNORED = "ignored"  # it is left out of the loss
    BACKGROUND = "background"  # it learns that there is nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class AssignmentSettings:
    """The rule, and its thresholds of IoU: an anchor is positive from `positive`; `negative` belongs to THRESHOLDS."""

    rule: Rule = Rule.CELL
    positive: float = 0.5
    negative: float = 0.3

    def __post_init__(self) -> None:
        if not 0 <= self.negative <= 1 or not 0 <= self.positive <= 1:
            raise SettingError(f"thresholds must lie in [0, 1], got {self.negative} and {self.positive}.")
        if self.rule is Rule.THRESHOLDS and self.negative > self.positive:
            raise SettingError(
                f"The background threshold {self.negative} must not be above the positive one {self.positive}.",
                "Move one of the two.",
            )
