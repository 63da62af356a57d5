"""The questions of the view Imagine, as pills."""

from __future__ import annotations

import streamlit as st

from core.adversarial.visualisation_settings import VisualisationSettings
from ui.controls import Preset
from ui.sections.saliency.imagine_controls import CLASS, DRAWN, DREAMT, RAISED

KEY = "wish"
FIRST = "This class"
DREAMING = "Deep dream"
_OWN = VisualisationSettings()
_PLAIN: dict[str, object] = {
    DRAWN: CLASS,
    RAISED: "Score",
    "class-rate": _OWN.rate,
    "class-l2": int(_OWN.l2),
    "class-variation": int(_OWN.total_variation),
    "class-blur": _OWN.blur,
    "class-jitter": _OWN.jitter,
    "class-octaves": _OWN.octaves,
}


def presets() -> dict[str, Preset]:
    """A row for the pills."""
    return {
        FIRST: Preset(
            question="Which picture would raise the score of this class most? Say what you expect, then Start.",
            answer="Parts of the class, several at once and at many angles: eyes, ears, textures. Rarely the whole thing in its "
            "shape, for the score does not ask for one.",
            settings=_PLAIN,
        ),
        "Without brakes": Preset(
            question="No L2, no total variation, no blur, no jitter. The score gets higher. Does the picture get clearer?",
            answer="No: it fills with fine, loud noise that the network answers to and people don't. What keeps the picture calm "
            "is our taste, and it is why the pictures in papers look like things.",
            settings={
                **_PLAIN,
                "class-l2": 0,
                "class-variation": 0,
                "class-blur": 0.0,
                "class-jitter": 0,
                "class-octaves": 1,
            },
            predict=True,
        ),
        "By its probability": Preset(
            question="Raise the probability instead of the score. What is different near 100 %?",
            answer="Once it gets there nothing is left to gain, so what keeps the picture calm wins, and it fades. The probability "
            "also rises when all other classes fall. That is why the score is raised (Simonyan et al., 2013, section 2).",
            settings={**_PLAIN, RAISED: "Probability"},
            predict=True,
        ),
        DREAMING: Preset(
            question="Begin with the photo, and make stronger what a layer sees in it. What do early layers add, what deep ones?",
            answer="Early layers answer to lines and corners, so they draw strokes. Deeper ones know parts of things, so eyes "
            "and fur appear where there are none.",
            settings={DRAWN: DREAMT},
        ),
    }


def follow() -> None:
    """Whoever changes what is drawn by hand gets a question about that."""
    st.session_state[KEY] = DREAMING if st.session_state.get(DRAWN) == DREAMT else FIRST
