"""Sentences about a judgement, every one with the numbers of this moment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.experiments.mask_verdicts import Verdict
from core.segmentation.truths import BACKGROUND
from ui import parts
from ui.cached import mask_grades

if TYPE_CHECKING:
    from core.experiments.judging_masks import JudgedClass
    from core.experiments.mask_errors import NearEdge
    from ui.sections.segmenter.grading_case import Answer, Shown

FLAT = 0.15
"""Areas and contours that differ by more than this tell two stories."""


def legend(answer: Answer) -> str:
    """What the colours mean, with IoU as the number to remember."""
    mean = answer.judged.confusion.mean_iou
    return (
        "no pixel is known" if mean is None else f"mean IoU {mean:.3f} · click a word of the legend to hide its pixels"
    )


def told(shown: Shown, *, predicting: bool) -> list[str]:
    """What became of the class, why area and contour differ, where the errors lie, and what was never learned.

    While the visitor predicts, what the errors are and where they lie is left out.
    """
    row = shown.answer.row(shown.label)
    if row is None:
        return ["No pixel of the truth is known, so there is nothing to compare."]
    near = mask_grades.errors_near(shown.answer.found, shown.photo, shown.known.truth, shown.radius)
    edge = contour(row, shown.answer.judged.contours.tolerance)
    sentences = [edge] if predicting else [area(row), edge, where(near)]
    return [one for one in (*sentences, unlearned(shown.answer)) if one]


def area(row: JudgedClass) -> str:
    """Which kind of error takes the most of the IoU."""
    pixels = row.pixels
    missed, invented = pixels.true - pixels.both, pixels.predicted - pixels.both
    begin = f"{capital(row.label)}: {pixels.both:,} of its {pixels.true:,} px are found"
    if not pixels.true:
        return f"{capital(row.label)} is not there, and {pixels.predicted:,} px are called so: IoU 0.000."
    if not missed + invented:
        return f"{begin}, and no other is called so: IoU 1.000."
    lost = "missed" if missed >= invented else "called so by mistake"
    return (
        f"{begin}, and {invented:,} px more are called so: IoU {pixels.iou or 0.0:.3f}. Most of what it loses are the "
        f"{max(missed, invented):,} px {lost}."
    )


def contour(row: JudgedClass, tolerance: float) -> str:
    """The contour beside the area."""
    if row.boundary is None:
        return "There is no contour of this class in either mask, so there is no boundary F."
    if not (row.pixels.true and row.pixels.predicted):
        absent = "found" if row.pixels.true else "true"
        return f"No contour of this class is {absent}, so the contour scores {row.boundary:.3f}."
    told = f"The contour scores {row.boundary:.3f}: only pixels at the edge count, and {tolerance:.1f} px is all they may be off."
    gap = (row.pixels.iou or 0.0) - row.boundary
    if gap > FLAT:
        return f"{told} A large area forgives an edge that wobbles; the boundary F does not."
    return f"{told} Area and contour agree here." if gap >= -FLAT else f"{told} The edge is better than the area."


def where(near: NearEdge) -> str:
    """Inside or at the edge."""
    if near.share is None:
        return "No pixel is wrong."
    if not near.pixels_near:
        return f"The truth has no contour, so none of the {near.wrong:,} wrong pixels lies near one."
    share, band = parts.percent(near.share, 0), parts.percent(near.band or 0.0, 0)
    side = "at the edge" if near.share > 0.5 else "away from it"
    return (
        f"Of {near.wrong:,} wrong pixels {share} lie within {near.radius:.0f} px of a true contour, where {band} of all pixels "
        f"lie: most errors are {side}."
    )


def unlearned(answer: Answer) -> str:
    """Classes of the truth that the network cannot find."""
    strange = answer.judged.unknown
    if not strange:
        return ""
    listed = ", ".join(strange[:5]) + (" and more" if len(strange) > 5 else "")
    return f"{answer.title} never learned {listed}: it can't find them, and their IoU is 0."


def compared(shown: Shown) -> str:
    """Which of two answers is better at the class, and where."""
    second = shown.second
    if second is None:
        return ""
    ours, theirs = (one.row(shown.label) for one in shown.answers)
    if ours is None or theirs is None:
        return f"{shown.label} is not in both answers."
    first, other = ours.pixels.iou or 0.0, theirs.pixels.iou or 0.0
    better = shown.answer.title if first > other else second.title
    told = f"{capital(ours.label)}: IoU {first:.3f} by {shown.answer.title}, {other:.3f} by {second.title}."
    if f"{first:.3f}" == f"{other:.3f}":
        return f"{told} By area they are as good as each other."
    missed = [one.judged.share(Verdict.MISSED) or 0.0 for one in shown.answers]
    both = " and ".join(parts.percent(share) for share in missed)
    return f"{told} {better} is better by {abs(first - other):.3f}. Missed pixels: {both}."


def capital(label: str) -> str:
    """A class at the beginning of a sentence."""
    return "The background" if label == BACKGROUND else label[:1].upper() + label[1:]
