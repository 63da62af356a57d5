"""The closing row of the view: the photo with its verdicts beside the curve, every verdict as a row, the link, the lines."""

from __future__ import annotations

import numpy as np
from PIL import Image

from core.images.photo import Photo
from ui import controls, export
from ui.sections.anchors import truths
from ui.sections.detector import grading_boxes, grading_presets, grading_snippet, grading_stage, grading_truths
from ui.sections.detector.grading_stage import Shown
from viz import images
from viz.pr_picture import pr_picture
from viz.verdicts import Fate, Judged, verdict_picture

MOST_DRAWN = 60


def take_away(shown: Shown, at: float) -> None:
    """Everything of this state. The picture holds the photo and the curve."""
    graded, boxes = shown.graded, shown.boxes
    keys = (
        "part",
        "model",
        grading_presets.KEY,
        grading_presets.CONFIDENCE,
        grading_presets.IOU,
        grading_presets.CLASS,
        grading_presets.AREA,
        grading_presets.PICKED,
        grading_truths.KEY,
        *grading_boxes.KEYS,
        *((truths.KEY,) if boxes.known.source == grading_truths.DRAWN else ()),
    )
    point = graded.at(at, shown.label)
    export.take_away(
        "grading",
        picture=lambda: picture(shown, at),
        rows=lambda: rows(shown, at),
        settings=lambda: {
            "photo": shown.photo.name,
            "detector": boxes.title,
            "ground truth": boxes.known.source,
            "IoU": graded.threshold,
            "confidence": at,
            "found": point.right,
            "false": point.wrong,
            "missed": point.missed,
            "mAP": graded.mean_ap,
            "mAP, eleven points": graded.mean_ap_11,
            "COCO AP": graded.coco_ap,
            "AP": {one.label or "": one.ap for one in graded.classes},
        },
        link=lambda: controls.link(*keys),
        missing="Your file is not part of it." if boxes.known.source == grading_truths.FILE else "",
        snippet=lambda: grading_snippet.snippet(graded),
    )


def picture(shown: Shown, at: float) -> Image.Image:
    """The photo with its verdicts, and beside it the curve where there is one."""
    drawn = judged_photo(shown.photo, shown, at)
    curve = shown.graded.curve(shown.label)
    if not curve.line.truths:
        return drawn
    point = shown.graded.at(at, shown.label)
    chart = pr_picture(grading_stage.points(curve), point.right + point.wrong, words=f"confidence {at:.2f}")
    return images.beside([drawn, chart])


def judged_photo(photo: Photo, shown: Shown, at: float) -> Image.Image:
    """The photo alone, at most 1200 pixels long."""
    small = images.fit(photo.pixels, 1200)
    factor = small.width / photo.width
    judged = []
    for row in grading_stage.rows(shown, at)[:MOST_DRAWN]:
        x1, y1, x2, y2 = (side * factor for side in row.box)
        judged.append(Judged((x1, y1, x2, y2), Fate(row.fate), f"{row.name} {row.score}".strip()))
    return verdict_picture(np.asarray(small), judged)


def rows(shown: Shown, at: float) -> list[dict[str, str | float | int]]:
    """A row for each box, whether it is shown or not, and one for each object that is found at no confidence."""
    graded = shown.graded
    told: list[dict[str, str | float | int]] = []
    for place, (one, ruling) in enumerate(zip(graded.found, graded.rulings, strict=True)):
        told.append(
            {
                "box": place + 1,
                "class": one.label,
                "score": one.score,
                **dict(zip(("x1", "y1", "x2", "y2"), one.box, strict=True)),
                "verdict": ruling.verdict.title,
                "IoU": ruling.iou,
                "object": "" if ruling.truth is None else ruling.truth + 1,
                "shown": int(one.score >= at),
            }
        )
    for place, (one, finder) in enumerate(zip(graded.truths, graded.finder, strict=True)):
        if graded.counts[place] and finder is None:
            sides = dict(zip(("x1", "y1", "x2", "y2"), one.box, strict=True))
            nothing = {"box": "", "class": one.label, "score": ""}
            told.append({**nothing, **sides, "verdict": "missed", "IoU": "", "object": place + 1, "shown": ""})
    return told
