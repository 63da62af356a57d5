"""The questions of the view that compares, as pills."""

from __future__ import annotations

from core.attribution.methods import Method
from ui.controls import Preset
from ui.sections.attribution.compare import STANDARD
from ui.sections.attribution.display import Sign

KEY = "ask"
FIRST = "This photo"
_PLAIN: dict[str, object] = {
    "class": "First guess",
    "against": "Second guess",
    "methods": [method.title for method in STANDARD],
    "sign": Sign.BOTH.value,
    "scale": False,
    "difference": False,
}


def presets() -> dict[str, Preset]:
    """A row for the pills of the view that compares."""
    return {
        FIRST: Preset(
            question="Which pixels does the answer come from, and do the methods agree?",
            answer="Where they agree, the evidence is strong. Grad-CAM says where, in cells; the others say which edges. Wipe the "
            "photo, and ask what a map leaves out.",
            settings=_PLAIN,
        ),
        "One class against another": Preset(
            question="Guided backpropagation and Grad-CAM are asked for two classes. Which of them changes its map?",
            answer="Grad-CAM does; guided backpropagation shows nearly the same edges for both, because its rule lets pass what "
            "is bright in every class. Sharp is not the same as right.",
            settings={**_PLAIN, "methods": [Method.GUIDED.title, Method.GRAD_CAM.title], "difference": True},
            photo="cat",
            predict=True,
        ),
        "Is it the same map?": Preset(
            question="CAM needs no gradient, Grad-CAM one. On a network that ends in a mean over positions, do they differ?",
            answer="Only below 0: Grad-CAM is CAM times a factor, with the ReLU on top. CAM keeps what speaks against the class, "
            "in blue here. Grad-CAM's gain is that it works for other networks too.",
            settings={**_PLAIN, "methods": [Method.CAM.title, Method.GRAD_CAM.title]},
            photo="cat",
        ),
        "What speaks against": Preset(
            question="Integrated gradients have a sign. What on the photo speaks against the class?",
            answer="Blue pixels: with them as they are, and not black, the score is lower. Look for what belongs to the other "
            "class, and for edges whose other side is red: they often cancel.",
            settings={**_PLAIN, "methods": [Method.INTEGRATED_GRADIENTS.title, Method.GRADIENT_X_INPUT.title]},
            photo="cat",
        ),
    }
