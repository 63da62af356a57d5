"""The questions of the view: each sets boxes, truths and confidence, and asks what comes of it."""

from __future__ import annotations

from core.boxes.nms_settings import LEAST_SCORE
from ui.controls import Preset
from ui.sections.detector import grading_boxes, grading_truths

KEY = "grade"
CONFIDENCE, IOU, CLASS, AREA = "sure", "match", "kind", "area"
PICKED = "judged"
FIRST = "This photo"
FALSE = "Many false boxes"
BEST = "The best confidence"
STRICT = "Half or three quarters"
NOTHING = "Nothing it knows"
ALL = "All classes"

_NETWORK = {
    grading_boxes.KEY: grading_boxes.NETWORK,
    grading_truths.KEY: grading_truths.PHOTO,
    "apart": 0.5,
    IOU: 0.5,
    CONFIDENCE: LEAST_SCORE,
    CLASS: ALL,
}
_MADE_UP = {**_NETWORK, grading_boxes.KEY: grading_boxes.MADE_UP}


def presets() -> dict[str, Preset]:
    """A row for the pills."""
    return {
        FIRST: Preset(
            question="Which boxes are right here, and what does a lower confidence cost?",
            answer="Right is a box that overlaps an object of its class by the IoU asked for, once for each object: click a "
            "box, and it says why. A lower confidence shows more boxes: each one that is right adds recall, and each one that is "
            "not takes precision. What the next step finds, and at what price, stands below the curve.",
            settings=_NETWORK,
            clears=(PICKED,),
        ),
        FALSE: Preset(
            question="Most of these boxes are false, and yet AP is 1. Why?",
            answer="AP asks for the order alone: the surest box is the right one, so precision is 1 when recall reaches 1, "
            "and what comes after adds no area. Raise the confidence until only the right box is left: AP stays.",
            settings=_NETWORK,
            photo="cat",
            clears=(PICKED,),
        ),
        BEST: Preset(
            question="A low confidence finds more and errs more. At which confidence is F1 best here?",
            answer="At 0.71, where it is 0.76: see its curve below. It rises while false boxes go, and falls once objects do. "
            "The best value belongs to this photo; on others it is another, so it is chosen on photos that are kept for that.",
            settings={**_MADE_UP, CONFIDENCE: 0.5, "stray": 0.2, "blur": 0.1, "mixed": 0.1, "drawn": 0},
            photo="crowd",
            clears=(PICKED,),
            predict=True,
        ),
        STRICT: Preset(
            question="AP at IoU 0.5 and at 0.75: which is higher, and by how much?",
            answer="At 0.5: the mean AP is 1.000 there and 0.675 at 0.75. Boxes that lie well enough for one half miss three "
            "quarters: a true positive becomes a false one, and its object is missed as well. The curve at the end shows AP at "
            "every IoU that COCO takes the mean of.",
            settings={**_MADE_UP, IOU: 0.5, CONFIDENCE: 0.6, "stray": 0.1, "blur": 0.1, "mixed": 0.0, "drawn": 1},
            photo="crowd",
            clears=(PICKED,),
            predict=True,
        ),
        NOTHING: Preset(
            question="The lab's network knows no motorcycle. What is its AP here?",
            answer="It has none. There is nothing to find, so recall has no meaning, and no area is there. Every box is "
            "false, yet this photo alone has no AP to tell so. Among many photos it does count: a false horse here stands in "
            "one line with the horses of all other photos, and lowers their AP.",
            settings=_NETWORK,
            photo="motorcycle",
            clears=(PICKED,),
        ),
    }
