"""The questions of the anchors and their assignment: each sets photo, anchors and rule, and asks what comes of it."""

from __future__ import annotations

from core.images.photo import Photo
from ui import cached, controls
from ui.controls import Preset
from ui.sections.anchors import generator, rule, truths

KEY = "case"
FIRST = "This photo"
GOLDEN, THIN, CROWD = "Golden example", "Tall and thin", "Crowd"
_COURSE = {
    "gen": "YOLO grid",
    "grid": 7,
    "size": 1.0,
    "shapes": list(generator.SHAPES),
    "threshold": 0.5,
}


def presets(photo: Photo) -> dict[str, Preset]:
    """A row for the pills: the photo as it is, and three cases with a photo of their own."""
    label = photo.truth.labels[0] if photo.truth and photo.truth.labels else "object"
    return {
        FIRST: Preset(
            question=f"Which anchor fits the {label} best, and does it reach 0.5?",
            answer="The list beside the photo marks it. If none does, change the sizes and ratios first: no rule and no "
            "training can make up for an anchor that is not there.",
        ),
        GOLDEN: Preset(
            question="The course's example: 500 × 333 px, box (156, 97, 351, 270). Which of the nine anchors of cell [3, 3] "
            "is activated?",
            answer="Anchor 2, of 3 × 3 cells: its IoU of 0.7454 is the largest of the nine. In the order (A, rows, cols) it is "
            "number 2 · 49 + 3 · 7 + 3 = 122.",
            settings={
                **_COURSE,
                "rule": rule.CELL,
                "look": "How YOLO decides",
                "at": "253.5, 183.5",
                **_as_drawn("triangle"),
            },
            photo="triangle",
        ),
        THIN: Preset(
            question="No anchor reaches 0.5 on the rocket. Which ratio does it need, and why is adding it not enough?",
            answer="The rocket is 23 × 281 px, about 1:12, so 1:10 (in Assignment it waits under More settings). But the "
            "textbook pairs every other ratio with the largest scale only, and 0.75 of the height is far too large. Let the "
            "scales end at 0.2: an anchor reaches 0.82.",
            settings={
                "gen": "Every pixel",
                "scales": (0.25, 0.75),
                "number": 3,
                "ratios": generator.FIRST_RATIOS,
                "width": next(iter(generator.CONVENTIONS)),
                "rule": rule.GREEDY,
                "threshold": 0.5,
                "at": "322.5, 266.5",
                **_as_drawn("rocket"),
            },
            photo="rocket",
        ),
        CROWD: Preset(
            question="Two objects want one anchor. Which grids give all four their own?",
            answer="With 5 × 5 cells the centres of each pair fall into one cell and want the same anchor, which can only learn "
            "one of them. 6, 7 and 8 cells part them, 9 bring both pairs together again: a finer grid helps, but promises "
            "nothing. Early YOLO lost flocks of birds this way.",
            settings={**_COURSE, "grid": 5, "rule": rule.CELL, "at": "210, 205", **_as_drawn("overlap")},
            photo="overlap",
        ),
    }


def _as_drawn(sample: str) -> dict[str, object]:
    """The objects of a sample where they belong, and no anchor picked."""
    return {truths.KEY: truths.written(truths.of(cached.sample(sample))), "anchor": None}


def choose(photo: Photo) -> str:
    """The pills, and below them their question."""
    return controls.presets(KEY, presets(photo), default=FIRST)
