"""The closing row of the view: the lesson as a picture, the terms of every anchor that learns, the link, the lines."""

from __future__ import annotations

from ui import controls, export
from ui.sections.detector import learning_case, learning_presets, learning_snippet, learning_stage, overfit_controls
from ui.sections.detector import learning_truths as taught
from ui.sections.detector.learning_case import Case
from ui.sections.detector.learning_focal import GAMMA
from ui.sections.detector.learning_table import OFFSETS

LINK = ("part", learning_presets.KEY, learning_case.HEAD, taught.KEY, taught.CHOSEN, GAMMA, *overfit_controls.KEYS)


def take_away(case: Case) -> None:
    """The row."""
    sums = case.sums
    export.take_away(
        "detector-learning",
        picture=lambda: learning_stage.drawn(case),
        rows=lambda: rows(case),
        settings=lambda: {
            "photo": case.photo.name,
            "network": case.card.key,
            "objects": [{"label": one.label, "box": list(one.box)} for one in case.objects],
            "focus": case.answer.focus,
            "loss": {
                "confidence_objects": sums.positives,
                "confidence_nothing": sums.negatives,
                "offsets": list(sums.offsets),
                "class": sums.classes,
                "total": sums.total(),
            },
        },
        link=lambda: controls.link(*LINK),
        snippet=lambda: learning_snippet.lesson(case.photo, case.card, case.objects, case.answer.focus),
        missing="A run that was started begins anew.",
    )


def rows(case: Case) -> list[dict[str, str | float | int]]:
    """A row for each anchor that learns an object: what it says, what it should say, what that costs."""
    return [
        {
            "object": case.objects[one.truth].label,
            "anchor": one.anchor,
            "shape": one.shape,
            "row": one.cell[0],
            "column": one.cell[1],
            "overlap": one.overlap,
            "confidence": one.said.confidence,
            "confidence_wanted": one.wanted.confidence,
            "confidence_loss": one.terms.confidence,
            **dict(zip(OFFSETS, one.said.offsets, strict=True)),
            **dict(zip((f"{name}_wanted" for name in OFFSETS), one.wanted.offsets, strict=True)),
            **dict(zip((f"{name}_loss" for name in OFFSETS), one.terms.offsets, strict=True)),
            "class_probability": one.said.probabilities[one.wanted.label] if case.known(one.truth) else "",
            "class_loss": one.terms.classes if case.known(one.truth) else "",
        }
        for one in case.answer.lessons
    ]
