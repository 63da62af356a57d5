"""The questions of the view: each sets a photo, the way, the glass and the two answers that are compared."""

from __future__ import annotations

from core.segmentation.settings import Upsampling
from ui.controls import Preset
from ui.sections.segmenter.resolution_controls import CLASS, LARGEST, LEFT, LEFT_WAY, RIGHT, RIGHT_WAY, SCALE, WAY
from ui.sections.segmenter.resolution_stage import OF, POINT

KEY = "res"
FIRST = "This photo"
_PLAIN = {
    WAY: Upsampling.NEAREST.title,
    LEFT: "8s",
    LEFT_WAY: Upsampling.BILINEAR.title,
    RIGHT: "8s",
    RIGHT_WAY: Upsampling.LEARNED.title,
    CLASS: LARGEST,
    SCALE: False,
    OF: None,
}


def presets() -> dict[str, Preset]:
    """A row for the pills: the photo as it is, and three cases."""
    return {
        FIRST: Preset(
            question="Move the glass along an edge. How wide are its steps at 32s, 16s and 8s?",
            answer="As wide as a cell of the scores: 32, 16 and 8 pixels of the network's 224. With the way Nearest that is all "
            "there is. The other ways draw smoother borders through the same cells; where a border truly lies, only finer scores "
            "can say.",
            settings=_PLAIN,
            clears=(POINT,),
        ),
        "Where does the head end?": Preset(
            question="One cell at 32s is 73 pixels of this photo wide. At which depth do hair and face get a shape of their own?",
            answer="At 32s the head is a column two cells wide, from the top of the photo to the collar. At 16s it has corners, "
            "and at 8s steps of 18 pixels that follow the hair. The F-score of the contour says the same: 0.076, 0.172, 0.269. "
            "The IoU does not, since the coarse cells of the arm happen to be right: 0.479, 0.350, 0.435.",
            settings={**_PLAIN, LEFT: "32s", LEFT_WAY: Upsampling.NEAREST.title, POINT: "300,80"},
            photo="astronaut",
        ),
        "Does finer win?": Preset(
            question="On 174 photos the mean IoU rises with every depth. On this cat too: is the IoU at 8s higher than at 32s?",
            answer="No: 0.857 at 32s, 0.859 at 16s and 0.850 at 8s. One photo need not follow the mean. What finer scores bring "
            "is the edge, and its F-score rises: 0.126, 0.192, 0.206. An edge is few pixels, so the IoU hardly sees it.",
            settings={**_PLAIN, WAY: Upsampling.LEARNED.title, LEFT: "32s", LEFT_WAY: Upsampling.LEARNED.title},
            photo="cat",
            clears=(POINT,),
            predict=True,
        ),
        "Learned or bilinear?": Preset(
            question="The same 14 × 14 scores, enlarged in two ways. Which of them finds more of the person, and how can it?",
            answer="The learned one: an IoU of 0.499 against 0.352. Bilinear interpolation leaves every class to itself, and so "
            "did the kernels before training: 0.349. In those that training made, 32 % and 45 % of the weights lead from one class "
            "to another: they do not only smooth the scores, they judge them once more.",
            settings={**_PLAIN, WAY: Upsampling.LEARNED.title, LEFT: "16s", RIGHT: "16s"},
            photo="astronaut",
            clears=(POINT,),
        ),
    }
