"""The questions of the NMS page: each sets boxes and method, and asks what comes of it."""

from __future__ import annotations

from dataclasses import replace

from ui.controls import Preset
from ui.sections.nms import method

KEY = "race"
STEP, PICKED = "decision", "box"
"""Where the race stands, and the box that is asked about: of another race, so no question keeps them."""

FIRST = "This photo"
_GREEDY = {
    "method": "Greedy",
    "iou": 0.5,
    "sigma": 0.5,
    "least": 0.05,
    "from_score": 0.3,
    "races": method.RACES[0],
    "beside": method.NOTHING,
}
_TABLE = {**_GREEDY, "boxes": "Table"}

TWO_NAMES = "dog 0.9 20, 12, 396, 298; cat 0.82 8, 4, 410, 300; cat 0.44 60, 30, 330, 260; dog 0.38 120, 60, 440, 300"
NESTED = "cup 0.93 76, 70, 480, 390; cup 0.78 190, 110, 330, 250; cup 0.55 172, 90, 409, 308"
REVIVAL = "box 0.9 150, 180, 350, 380; box 0.8 150, 80, 350, 280; box 0.7 150, 80, 260, 280; box 0.6 240, 80, 350, 280"
CHAIN = "box 0.9 150, 120, 330, 320; box 0.8 215, 120, 395, 320; box 0.7 280, 120, 460, 320"


def presets() -> dict[str, Preset]:
    """A row for the pills: the photo as it is, and six cases of their own. Each begins its race anew."""
    return {name: replace(row, clears=(STEP, PICKED)) for name, row in _rows().items()}


def _rows() -> dict[str, Preset]:
    return {
        FIRST: Preset(
            question="Each object is found many times. Which box of each is kept, and why do the others go?",
            answer="The one with the highest score, whatever it shows best. Each of the others overlaps a winner of its own "
            "class by more than the threshold: click one, and it says which.",
            settings={**_GREEDY, "boxes": "Detector"},
        ),
        "Two in each other's way": Preset(
            question="Two circles overlap by 0.57, and the threshold is 0.5. How many circles are kept?",
            answer="Greedy keeps one: the other circle is a real object, but each of its boxes overlaps the winner by more than "
            "0.5. Soft-NMS only lowers scores, so it is still there with 0.51, and so are two doubles with less. Raise the "
            "threshold to 0.6, and greedy keeps both circles; at 0.9 it keeps one of them twice.",
            settings={
                **_GREEDY,
                "boxes": "Crowd",
                "count": 12,
                "jitter": 0.02,
                "noise": 0.02,
                "confusion": 0.0,
                "seed": 1,
                "beside": "Soft, Gaussian",
            },
            photo="overlap",
            predict=True,
        ),
        "One thing, two names": Preset(
            question="The animal is found as a dog with 0.90 and as a cat with 0.82, in nearly the same place. Which are kept?",
            answer="Per class, both: a dog races against dogs alone, so one animal leaves with two names. All together "
            "(class-agnostic), only the dog is left. `torchvision.ops.nms` is all together, `batched_nms` is per class.",
            settings={**_TABLE, "rows": TWO_NAMES, "beside": method.RACES[1]},
            photo="cat",
        ),
        "One inside the other": Preset(
            question="The small box lies wholly inside the large one. Does the large one remove it?",
            answer="No: IoU is the small area over the large one here, 0.15, far below 0.5. Nested boxes survive, which is "
            "why a part of an object is often found beside the whole.",
            settings={**_TABLE, "rows": NESTED},
            photo="coffee",
        ),
        "A chain": Preset(
            question="Box 0 overlaps box 1, and 1 overlaps 2, by 0.47 each, but 0 and 2 by 0.16. At a threshold of 0.4, who is "
            "kept?",
            answer="0 and 2. Box 0 removes 1 before 1 can remove 2. Give box 1 the highest score in the table, and it alone is "
            "left: the order of the scores decides, not the boxes.",
            settings={**_TABLE, "rows": CHAIN, "iou": 0.4},
            photo="overlap",
        ),
        "More keeps less": Preset(
            question="Four boxes. At a threshold of 0.25 three of them are kept. How many at 0.40?",
            answer="Two. At 0.40 box 1 is no longer removed by box 0, and being better than boxes 2 and 3 it removes both. A "
            "higher threshold suppresses less in each decision, and yet may keep less in the end. At 0.60 all four are kept.",
            settings={**_TABLE, "rows": REVIVAL, "iou": 0.25},
            photo="overlap",
            predict=True,
        ),
        "500 by chance": Preset(
            question="500 boxes of one class lie anywhere. Does a higher threshold always keep more of them?",
            answer="Mostly, and the curve rises. But it may also fall: a box that survives at a higher threshold can remove "
            "two others that were kept before. Nothing in the algorithm promises a rising curve.",
            settings={**_GREEDY, "boxes": "Chance", "boxes_count": 500, "seed": 0},
        ),
    }
