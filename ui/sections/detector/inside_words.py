"""What became of an anchor, in one sentence with the numbers that decided, and in two words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.boxes.nms_settings import Method, NmsSettings
from core.detection.detecting_settings import FindSettings
from ui.sections.detector.inside_grid import Grids, Place
from ui.sections.nms.why import near

if TYPE_CHECKING:
    from core.experiments.detecting import Detected, Fate


def sentence(fate: Fate, grids: Grids, place: Place, detected: Detected) -> str:
    """What became of the anchor at `place`; numbers as many digits as it takes to see which side of a threshold they are on."""
    from core.experiments.detecting import Outcome

    settings = detected.settings
    who = f"Anchor {place.anchor + 1} of row {place.row}, column {place.column} ({fate.label})"
    match fate.outcome:
        case Outcome.KEPT:
            return f"{who} is kept as number {_number(fate)}: {_kept(fate, settings)}"
        case Outcome.SUPPRESSED:
            return f"{who} was removed{_by(fate, grids, detected)} {_removed(fate, settings.race)}"
        case Outcome.OTHER_CLASS:
            return f"{who} is of a class that is not looked for, so it never raced."
        case Outcome.BEYOND:
            return f"{who} scores {fate.score:.3f}, but there are so many surer ones that it has no place in the list."
        case Outcome.OUTSIDE:
            return f"{who} scores {fate.score:.3f}, but nothing of its box lies on the photo."
    least = settings.confidence if fate.threshold is None else fate.threshold
    return f"{who} never raced: its score {near(fate.score, least, 3)} is below the confidence {least:.2f}."


def short(fate: Fate) -> str:
    """The same for a row of a list."""
    from core.experiments.detecting import Outcome

    match fate.outcome:
        case Outcome.KEPT:
            return f"kept, number {_number(fate)}"
        case Outcome.SUPPRESSED:
            return "removed" if fate.place is None else f"removed by number {fate.place + 1}"
        case Outcome.OTHER_CLASS:
            return "another class"
        case Outcome.BEYOND:
            return "too many"
        case Outcome.OUTSIDE:
            return "beside the photo"
    return "too unsure" if fate.threshold is None else f"below {fate.threshold:.2f}"


def _kept(fate: Fate, settings: FindSettings) -> str:
    score = f"its score {near(fate.score, settings.confidence, 3)} is not below the confidence {settings.confidence:.2f}, and "
    if settings.nms.method.decays:
        return f"{score}after the better boxes around it {fate.after or 0:.3f} of it is left."
    measure = "DIoU" if settings.nms.method is Method.DIOU else "IoU"
    mates = f"no better {fate.label}" if settings.nms.per_class else "no better box of any class"
    return f"{score}{mates} that is kept overlaps it by more than {measure} {settings.nms.iou_threshold:.2f}."


def _by(fate: Fate, grids: Grids, detected: Detected) -> str:
    """Who removed it: the number where it is among the things, and its cell."""
    if fate.by is None:
        return ""
    other = grids.of(fate.by[1])
    cell = f"row {other.row}, column {other.column}" + (f" of grid {other.head + 1}" if len(grids.starts) > 1 else "")
    if fate.place is None:
        return f" by an anchor of {cell}."
    thing = detected.things[fate.place]
    return f" by number {fate.place + 1}, the {thing.label} of {cell}, which scores {thing.score:.3f}."


def _removed(fate: Fate, race: NmsSettings) -> str:
    overlap = fate.overlap or 0.0
    if fate.threshold is None or race.method.decays:
        left = near(fate.after or 0.0, race.score_threshold, 3)
        least = f"{race.score_threshold:.2f}"
        return f"They overlap by IoU {overlap:.3f}, which leaves {left} of its score {fate.score:.3f}, below {least}."
    measure = "DIoU" if race.method is Method.DIOU else "IoU"
    return (
        f"They overlap by {measure} {near(overlap, fate.threshold, 3)}, above the threshold {fate.threshold:.2f}, so its own "
        f"score {fate.score:.3f} does not help it."
    )


def _number(fate: Fate) -> int:
    return (fate.place or 0) + 1
