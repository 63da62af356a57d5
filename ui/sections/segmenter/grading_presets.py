"""The questions of the view: each sets the photo, its truth and the class, and asks what the numbers hide."""

from __future__ import annotations

from core.zoo.model_card import Task
from core.zoo.segmenters import LAB_FCN
from ui.controls import Preset

KEY = "judge"
CLASS, EDGE, SEEN = "judge_class", "judge_edge", "judge_seen"
FIRST = "This photo"
CONTOUR = "Good area, poor edge"
HALF = "Half a person"
WHERE = "Inside or at the edge"
SCENE = "Shapes it never saw"

_PLAIN = {"judge_truth": "Photo", "judge_beside": "Nothing", f"{Task.SEGMENT.value}-model": LAB_FCN.key, EDGE: 5}


def presets() -> dict[str, Preset]:
    """A row for the pills."""
    return {
        FIRST: Preset(
            question="Which pixels are wrong here, and of which kind?",
            answer="The colours say it: missed is something taken for background, invented is background taken for something, "
            "and confused is one thing taken for another. Hide the right ones by the legend and only the errors stay.",
            settings=dict(_PLAIN),
            clears=(SEEN,),
        ),
        CONTOUR: Preset(
            question="By area the cat scores 0.85, by contour 0.21. Which of the two is wrong?",
            answer="Neither. The cat is a large area, and most of it is far from any edge, so its middle carries the IoU. The "
            "boundary F looks at the edge alone, and this network draws it from scores on a grid that is coarse: nearly "
            "everywhere it is more than 4 px off.",
            settings={**_PLAIN, CLASS: "cat"},
            photo="cat",
            clears=(SEEN,),
        ),
        HALF: Preset(
            question="The person scores an IoU of 0.54. Is too much called person here, or too little?",
            answer="Too little: 90 % of what is called person is person, but 42 % of the person is missed, most of it the suit. "
            "The network learned people from everyday photos, where few wear one.",
            settings={**_PLAIN, CLASS: "person"},
            photo="astronaut",
            clears=(SEEN,),
            predict=True,
        ),
        WHERE: Preset(
            question="Where do you expect most of the wrong pixels: at the edge of the cat, or away from it?",
            answer="Away from it: 13 % of the wrong pixels lie within 5 px of the true contour, and even of those within 20 px "
            "there are only 37 %. Whole pieces are wrong here. But the edge is small: the band of 5 px has 4 % of all pixels, so "
            "there errors are three times as frequent as elsewhere.",
            settings={**_PLAIN, CLASS: "cat"},
            photo="cat",
            clears=(SEEN,),
            predict=True,
        ),
        SCENE: Preset(
            question="Two pixels of three are right, and not one shape is found. How?",
            answer="Most of this scene is background, and whoever calls everything background is right there. Pixels right: "
            "64.5 %; mean IoU: 0.108, since every class weighs the same in it, and the four shapes score 0. The network never "
            "learned them.",
            settings=dict(_PLAIN),
            photo="crowd",
            clears=(SEEN,),
        ),
    }
