"""The closing row of the view Detect: the photo with its boxes, numbers, files for other tools, the link, the lines."""

from __future__ import annotations

import json
from dataclasses import dataclass

import numpy as np
import streamlit as st
from PIL import Image

from core.boxes.files import BoxTable, coco_results
from core.boxes.truth_files import yolo_text
from core.images.photo import Photo
from ui import controls, export, formats, model_picker
from ui.sections.detector import detect_controls, detect_presets, detect_snippet, detect_stage, detect_thresholds
from ui.sections.detector.detect_case import Case, Looking
from viz import images
from viz.detections import Tagged, detection_picture

MOST_DRAWN = 60


@dataclass(slots=True)
class Latest:
    """The boxes of now, which the thresholds leave to the row: they do not draw it again. None before the first."""

    case: Case | None = None

    def now(self) -> Case:
        """The boxes of now, where there are some."""
        assert self.case is not None, "the row is drawn after the boxes"
        return self.case


def take_away(look: Looking, latest: Latest) -> None:
    """The row. Every file has the boxes as they stand; all are in pixels of the photo but YOLO's, which are shares of it."""
    export.take_away(
        detect_thresholds.NAME,
        picture=lambda: picture(latest.now()),
        rows=lambda: rows(latest.now()),
        settings=lambda: {
            "photo": look.photo.name,
            "network": look.title,
            "looked": formats.plain(look.settings),
            "found": formats.plain(latest.now().settings),
        },
        link=lambda: link(latest.now()),
        missing="" if look.row is not None else "Your files of the network are not part of it.",
        snippet=lambda: detect_snippet.snippet(latest.now()),
        further=lambda: _files(latest),
    )


def link(case: Case) -> dict[str, str | list[str]]:
    """The query of a link to this state, without the photo."""
    model = {} if case.look.row is None else {model_picker.NAME: case.look.row.key}
    return {**controls.link("part", detect_presets.KEY, *detect_controls.KEYS), **model, **detect_stage.link()}


def table(case: Case) -> BoxTable:
    """The things as a table of boxes."""
    boxes = np.array([one.box for one in case.things], np.float64).reshape(-1, 4)
    scores = np.array([one.score for one in case.things], np.float64)
    return BoxTable(boxes, scores, tuple(one.label for one in case.things))


def rows(case: Case) -> list[dict[str, str | float | int]]:
    """A row for each thing; the columns of its box are those that the NMS page and other tools read."""
    every = []
    for place, (one, removed) in enumerate(zip(case.things, case.removals(), strict=True)):
        x1, y1, x2, y2 = one.box
        sure, likely = case.factors(place)
        every.append(
            {
                "number": place + 1,
                "label": one.label,
                "x1": x1,
                "y1": y1,
                "x2": x2,
                "y2": y2,
                "score": one.score,
                "objectness": sure,
                "class probability": likely,
                "removed": removed,
            }
        )
    return every


def picture(case: Case) -> Image.Image:
    """The photo with the boxes, the best of them where there are very many."""
    small = images.fit(case.look.photo.pixels, 1200)
    factor = small.width / case.look.photo.width
    tagged = []
    for number, one in enumerate(case.things[:MOST_DRAWN], start=1):
        x1, y1, x2, y2 = (side * factor for side in one.box)
        tagged.append(Tagged((x1, y1, x2, y2), f"{number} {one.label} {one.score:.2f}", case.stroke(one.label).colour))
    return detection_picture(np.asarray(small), tagged)


def coco(case: Case) -> str:
    """The things as results of COCO, in JSON. The photo is number 1."""
    return json.dumps(coco_results(table(case), 1), indent=2)


def yolo(case: Case) -> str:
    """The things as lines of YOLO, with the score as the last number; classes count as the network counts them."""
    photo: Photo = case.look.photo
    made = yolo_text(table(case), width=photo.width, height=photo.height, names=case.look.seen.names, scores=True)
    return made.boxes


def _files(latest: Latest) -> None:
    st.download_button(
        "COCO",
        lambda: coco(latest.now()),
        f"{detect_thresholds.NAME}-coco.json",
        "application/json",
        icon=":material/data_array:",
        on_click="ignore",
        key=f"{detect_thresholds.NAME}-coco",
        help="A list of results: category, [x, y, width, height] in pixels, score.",
    )
    st.download_button(
        "YOLO",
        lambda: yolo(latest.now()),
        f"{detect_thresholds.NAME}-yolo.txt",
        "text/plain",
        icon=":material/notes:",
        on_click="ignore",
        key=f"{detect_thresholds.NAME}-yolo",
        help="One line for each box: class, centre, width and height as shares of the photo, score. Classes count from 0 in the "
        "order in which the network knows them.",
    )
