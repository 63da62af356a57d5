"""The questions of the view Look, as pills."""

from __future__ import annotations

from core.attribution.methods import Method
from ui.controls import Preset
from ui.sections.saliency.look_controls import FILL, MEASURED, REACH, SHARE, SLOPE, STEP, STRENGTH

KEY = "gaze"
FIRST = "This photo"
_PLAIN: dict[str, object] = {
    "class": "First guess",
    SLOPE: Method.GRADIENT.title,
    MEASURED: "Score",
    STRENGTH: "Largest",
    SHARE: "5 %",
    FILL: "Grey",
    REACH: "0.5",
}


def presets() -> dict[str, Preset]:
    """A row for the pills."""
    return {
        FIRST: Preset(
            question="Which pixels would move the score most, and does the answer hang on them?",
            answer="The map says where a tiny change of a pixel moves the score. Cover these pixels and the same number of random "
            "ones: only if the first takes clearly more from the probability has the map found what matters.",
            settings=_PLAIN,
            clears=(STEP,),
        ),
        "Smoother, and better?": Preset(
            question="SmoothGrad averages the gradients of 20 noisy copies. Its map is calmer. Do its top pixels carry more, too?",
            answer="Compare what covering takes with both methods, at the same share, and against random pixels. A map that "
            "pleases the eye has proved nothing yet; on some photos SmoothGrad's pixels take more, on others they do not.",
            settings={**_PLAIN, SLOPE: Method.SMOOTH_GRAD.title},
            clears=(STEP,),
            predict=True,
        ),
        "How far is it true?": Preset(
            question="The slope promises a rise for every step. How long may the step be before it is wrong by a tenth: longer or "
            "shorter than one level of 8 bits at every value?",
            answer="On most photos far shorter: see “They part by 10 % at”. A gradient tells what this tiny change does. That such "
            "steps still change the answer is what the part Fool lives on.",
            settings={**_PLAIN, REACH: "2"},
            clears=(STEP,),
            predict=True,
        ),
        "A loss that is flat": Preset(
            question="Explain the cross-entropy instead of the score. The network is nearly certain: how long is the gradient now?",
            answer="Where the probability is close to 1 the loss is close to 0 and flat, so the slope is tiny, and the tangent "
            "promises nearly nothing. Further out the loss climbs all the same. The score has no such plateau.",
            settings={**_PLAIN, MEASURED: "Cross-entropy"},
            clears=(STEP,),
        ),
    }
