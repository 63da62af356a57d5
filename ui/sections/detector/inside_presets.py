"""The questions of the view: each sets the network, a photo, a cell and the thresholds."""

from __future__ import annotations

from core.zoo.model_card import Task
from ui.controls import Preset
from ui.sections.detector.detect_controls import SIZE, TRAINED
from ui.sections.detector.detect_thresholds import CONFIDENCE, OVERLAP
from ui.sections.detector.inside_controls import MAP, MAPS
from ui.sections.detector.inside_stage import CELL, OF

KEY = "grid"
FIRST = "This photo"
MODEL = f"{Task.DETECT.value}-model"
_PLAIN = {MAP: MAPS[0], SIZE: TRAINED, CONFIDENCE: 0.3, OVERLAP: 0.5, OF: None}


def presets() -> dict[str, Preset]:
    """A row for the pills: the photo as it is, and three cases."""
    return {
        FIRST: Preset(
            question="Which cell does the surest box come from, and how far did its anchor have to go?",
            answer="The cell in the yellow square. Its anchor is the dashed box: two of its numbers move the centre, along the "
            "short white line, and two stretch it to the solid box. Pick other cells, and see how most anchors stay silent.",
            settings=_PLAIN,
            clears=(CELL,),
        ),
        "Which cells answer?": Preset(
            question="One cat, and 196 cells with nine anchors each. How many anchors are sure of it by 0.30 or more: 1, some ten, "
            "or more than fifty?",
            answer="59, each in another cell, and all of them the largest anchor, number 5. When this network learned, every "
            "anchor that overlapped a thing by half or more was taught to answer for it. So non-maximum suppression has to remove "
            "58 boxes of one cat, and the best is kept, that of row 6, column 5.",
            settings={**_PLAIN, MODEL: "lab-yolo-14"},
            photo="cat",
            clears=(CELL,),
            predict=True,
        ),
        "Coarser cells": Preset(
            question="The same cat on 7 × 7 cells. Why does only one anchor pass, where 59 do on 14 × 14?",
            answer="Each thing was taught to one anchor of one cell here, so the neighbours learned to be silent. Little is left "
            "for the suppression to do, but there is no second chance either: lower the confidence to 0.20, and there are four.",
            settings={**_PLAIN, MODEL: "lab-yolo"},
            photo="cat",
            clears=(CELL,),
        ),
        "Anchors of one cell": Preset(
            question="Three anchors of this cell are sure of the same person. Why three, and which of them stays?",
            answer="Three of its shapes come near: 5 and 4 are large squares, and 8 is high. The four numbers stretch all of them "
            "to nearly the same box, so 5 has the best score, overlaps the two others by 0.82 and 0.78, and removes them. At an "
            "IoU threshold of 0.95 all three stay: one person, found three times by one cell.",
            settings={**_PLAIN, MODEL: "lab-yolo-14", CELL: "0,5,5,5"},
            photo="astronaut",
        ),
    }
