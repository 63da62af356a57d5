"""What the tiles came to in numbers, and in a sentence: better or worse than one pass, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.segmentation.seams import Jumps, borders, jumps
from core.segmentation.settings import MOST_BYTES, Plan
from core.segmentation.truths import BACKGROUND
from ui import messages, parts
from ui.cached import mask_grades
from ui.sections.segmenter.tiles_case import Case

if TYPE_CHECKING:
    from core.experiments.segmented import Segmented

ALIKE = 0.01
"""Two IoUs that differ by less are told as alike."""


@dataclass(frozen=True, slots=True)
class Overlaps:
    """The IoU of `label` by one pass and by tiles, in [0, 1]."""

    label: str
    whole: float
    tiles: float


def told(case: Case) -> str:
    """The plan in a line: tiles, passes, and how long they will take."""
    tiles, passes, seconds = len(case.plan.tiles), case.plan.passes, case.seconds
    long = (
        "under a second"
        if seconds < 1
        else f"about {seconds:,.0f} s"
        if seconds < 90
        else f"about {seconds / 60:,.0f} min"
    )
    return (
        f"**The plan** · {case.across} × {case.down} = {tiles:,} tile{'s' if tiles != 1 else ''}, "
        f"{passes:,} pass{'es' if passes != 1 else ''}, {long} by the passes so far · {memory(case.plan, len(case.whole.names))}"
    )


def memory(plan: Plan, classes: int) -> str:
    """What the sums of the scores take, and what gives way where that would be too much."""
    taken = 4 * classes * plan.rows * plan.columns / 2**20
    if plan.factor == 1:
        return f"the sums of {classes} scores for each pixel take {taken:,.0f} MB"
    full = 4 * classes * plan.height * plan.width / 2**20
    return (
        f"sums of {classes} scores for each pixel would take {full:,.0f} MB; at most {MOST_BYTES // 2**20} MB are taken, so "
        f"{plan.factor} × {plan.factor} px share one: {taken:,.0f} MB"
    )


def figures(case: Case, found: Segmented) -> None:
    """Passes, what the tiles changed, what jumps at their borders, and the IoU where the truth is known."""
    cells = parts.four(150)
    at, overlaps = seams(case, found), against_truth(case, found)
    cells[0].metric(
        "Passes",
        f"{found.cost.forward:,}",
        delta=f"{found.cost.milliseconds / 1000:,.1f} s",
        delta_color="gray",
        delta_arrow="off",
    )
    cells[1].metric(
        "Changed by tiles",
        parts.percent(apart(case, found)),
        delta="of the photo, against one pass",
        delta_color="gray",
        delta_arrow="off",
    )
    cells[2].metric(
        "Jumps at borders",
        "none" if at.share is None else parts.percent(at.share),
        delta=f"elsewhere {parts.percent(at.elsewhere or 0.0)}" if at.share is not None else "one tile has no border",
        delta_color="gray",
        delta_arrow="off",
        help="Of all pairs of neighbouring pixels across the border of a tile, those that have different classes.",
    )
    if overlaps is None:
        cells[3].metric(
            "A closer look",
            f"× {case.closer:.2f}",
            delta="as large as in one pass",
            delta_color="gray",
            delta_arrow="off",
            help="How much larger a thing is shown to the network in a tile than in one pass of the photo, along a side.",
        )
    else:
        cells[3].metric(
            f"IoU of {overlaps.label}",
            f"{overlaps.tiles:.3f}",
            delta=f"one pass {overlaps.whole:.3f}",
            delta_color="orange" if overlaps.tiles < overlaps.whole - ALIKE else "green",
            delta_arrow="off",
        )


def sentence(case: Case, found: Segmented) -> str:
    """Whether the tiles paid, and why: with the numbers where the truth is known."""
    look = (
        f"In a tile a thing is shown to the network {case.closer:.2f} times as large as in one pass, "
        f"and with {parts.percent(_part(case), 0)} of the photo around it instead of all."
    )
    overlaps = against_truth(case, found)
    if overlaps is None:
        return (
            f"{look} Where the truth is not marked, no number says which of the two is right: look at what is small, and at "
            "what a tile cuts."
        )
    label, change = messages.escape(overlaps.label), overlaps.tiles - overlaps.whole
    numbers = f"the {label} has an IoU of {overlaps.tiles:.3f} in tiles and {overlaps.whole:.3f} in one pass"
    if change < -ALIKE:
        return (
            f"**Tiles are worse here:** {numbers}. {look} A piece of a large thing looks like many things: the network loses "
            "the context that told it what this is. Tiles pay on large photos with small things."
        )
    if change > ALIKE:
        return f"**Tiles are better here:** {numbers}. {look} The closer look is worth more than what it leaves out."
    return f"**Tiles change little here:** {numbers}. {look}"


def seams(case: Case, found: Segmented) -> Jumps:
    """The changes of class across the borders of these tiles, and elsewhere."""
    return jumps(found.classes, borders(case.plan))


def apart(case: Case, found: Segmented) -> float:
    """The part of the photo to which the tiles give another class than one pass, in [0, 1]."""
    return float((found.classes != as_large(case.whole.classes, found.classes.shape)).mean())


def as_large(classes: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """A class map on a grid of another size, cell by cell the nearest."""
    if classes.shape == shape:
        return classes
    return np.asarray(Image.fromarray(classes).resize((shape[1], shape[0]), Image.Resampling.NEAREST))


def against_truth(case: Case, found: Segmented) -> Overlaps | None:
    """The IoU of the largest class that is marked on this photo and known to the network; None where there is none."""
    truth = mask_grades.known_truth(case.photo)
    if truth is None:
        return None
    whole, tiles = (mask_grades.judged(one, case.photo, truth) for one in (case.whole, found))
    for row in whole.rows:
        if row.label != BACKGROUND and row.label in found.names and row.pixels.true:
            return Overlaps(row.label, row.pixels.iou or 0.0, tiles.iou(row.label) or 0.0)
    return None


def _part(case: Case) -> float:
    """What part of the photo a tile is."""
    x1, y1, x2, y2 = case.boxes[0]
    return (x2 - x1) * (y2 - y1) / (case.photo.width * case.photo.height)
