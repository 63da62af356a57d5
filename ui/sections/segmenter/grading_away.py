"""The closing row of the view: the error map, both masks, a row for each class, the link, the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from core.experiments.mask_verdicts import VERDICTS, Verdict
from core.segmentation.truths import TruthMask
from ui import controls, export, formats
from ui.cached import mask_grades
from ui.sections.segmenter import grading_beside, grading_presets, grading_snippet, grading_stage, grading_truths
from ui.sections.segmenter.grading_case import FILE, PAINTED, Answer, Shown
from viz import images
from viz.error_maps import error_picture
from viz.mask_files import numbered, palette_image

if TYPE_CHECKING:
    from core.experiments.mask_errors import NearEdge


def take_away(shown: Shown) -> None:
    """Everything of this state."""
    seen = grading_stage.shown_verdicts()
    near = mask_grades.errors_near(shown.answer.found, shown.photo, shown.known.truth, shown.radius)
    export.take_away(
        "judge",
        picture=lambda: picture(shown, seen),
        rows=lambda: rows(shown),
        settings=lambda: settings(shown, near),
        link=link,
        missing=_missing(shown),
        snippet=lambda: snippet(shown),
        further=lambda: _masks(shown),
    )


def picture(shown: Shown, seen: tuple[Verdict, ...]) -> Image.Image:
    """The photo under the verdicts `seen`, of one network or of both."""
    return images.beside([error_picture(shown.photo.pixels, one.judged.verdicts, seen) for one in shown.answers])


def rows(shown: Shown) -> list[dict[str, str | float | int]]:
    """A row for each class of each answer."""
    return [row for answer in shown.answers for row in _rows(answer)]


def settings(shown: Shown, near: NearEdge) -> dict[str, object]:
    """What was judged by what, and the scores of the whole photo."""
    return {
        "photo": shown.photo.name,
        "truth": shown.known.source,
        "networks": [one.title for one in shown.answers],
        "how they looked": [formats.plain(one.found.settings) for one in shown.answers],
        "mean IoU": [one.judged.confusion.mean_iou for one in shown.answers],
        "pixels right": [one.judged.confusion.pixel_accuracy for one in shown.answers],
        "mean boundary F": [one.judged.contours.mean_f for one in shown.answers],
        "tolerance of contours, px": shown.answer.judged.contours.tolerance,
        "near a contour, px": near.radius,
        "wrong pixels near a contour": near.share,
        "verdicts": {one.value: shown.answer.judged.share(one) for one in VERDICTS},
    }


def link() -> dict[str, str | list[str]]:
    """The query of this state."""
    mine = (grading_presets.KEY, grading_presets.CLASS, grading_presets.EDGE)
    query = controls.link("part", "model", *mine, grading_truths.KEY, grading_beside.KEY)
    seen = st.query_params.get(grading_presets.SEEN)
    return {
        **query,
        **({} if seen is None else {grading_presets.SEEN: seen}),
    }


def snippet(shown: Shown) -> str:
    """The lines for the two masks of this row."""
    return grading_snippet.snippet(_numbered(shown.answer))


def _rows(answer: Answer) -> list[dict[str, str | float | int]]:
    told: list[dict[str, str | float | int]] = []
    for row in answer.judged.rows:
        pixels, edge = row.pixels, answer.judged.contours.rows[row.pixels.label]
        told.append(
            {
                "network": answer.title,
                "class": row.label,
                "IoU": pixels.iou or 0.0,
                "boundary F": "" if row.boundary is None else row.boundary,
                "TP": pixels.both,
                "FP": pixels.predicted - pixels.both,
                "FN": pixels.true - pixels.both,
                "contour pixels, true": edge.true,
                "contour pixels, found": edge.predicted,
                "never learned": int(row.label in answer.judged.unknown),
            }
        )
    return told


def _masks(shown: Shown) -> None:
    """Both masks as files that this view, and the lines, can read again."""
    judged = shown.answer.judged
    for title, name, mask in (
        ("Truth mask", grading_snippet.TRUTH, TruthMask(judged.truth, judged.names)),
        ("Answer mask", grading_snippet.ANSWER, TruthMask(judged.predicted, judged.names)),
    ):
        st.download_button(
            title,
            lambda mask=mask: images.png(palette_image(mask.numbers, mask.names, mask_grades.voc_names())),
            name,
            "image/png",
            icon=":material/format_paint:",
            on_click="ignore",
            key=name.removesuffix(".png"),
            help="A PNG with a palette and VOC's numbers; classes that VOC does not have count from 21.",
        )


def _numbered(answer: Answer) -> dict[int, str]:
    """The numbers of the classes that have a score."""
    used = {row.label for row in answer.judged.rows}
    every = numbered(answer.judged.names, mask_grades.voc_names())
    return {number: name for number, name in every.items() if name in used}


def _missing(shown: Shown) -> str:
    if shown.known.source == PAINTED:
        return "The mask that you painted is not part of it: take the truth mask along."
    return "Your file is not part of it." if shown.known.source == FILE else ""
