"""The questions of the view Fool, as pills."""

from __future__ import annotations

from core.adversarial.settings import Attack
from core.experiments.aims import STANDARD
from ui.controls import Preset
from ui.sections.saliency.fool_controls import (
    AFTER,
    ATTACK,
    ATTACKS,
    AUTOMATIC,
    AWAY,
    CHANCE,
    EPSILON,
    FREE,
    INSIDE,
    LEAST,
    LENGTH,
    LEVELS,
    STRETCH,
    STRIDE,
    TARGET,
    UPDATES,
    USUAL,
)
from ui.sections.saliency.fool_film import FRAME

KEY = "fooling"
FIRST = "This photo"
LABELS = {one: label for label, one in ATTACKS.items()}
_PLAIN: dict[str, object] = {
    ATTACK: LABELS[STANDARD.attack],
    EPSILON: LEVELS,
    TARGET: LEAST,
    UPDATES: STANDARD.steps,
    STRIDE: AUTOMATIC,
    LENGTH: USUAL,
    STRETCH: AUTOMATIC,
    AFTER: STANDARD.steps_after,
    CHANCE: False,
    INSIDE: False,
    FREE: False,
    "vanish": False,
}


def presets() -> dict[str, Preset]:
    """A row for the pills of the view."""
    return {
        FIRST: Preset(
            question="The class that the network finds least likely shall win. Can you see what changed?",
            answer="Hardly: the middle and the left picture look the same, and only the magnified change shows a pattern. "
            "It looks like nothing in particular: it is what the slopes of this one network add up to.",
            settings=_PLAIN,
            clears=(FRAME,),
        ),
        "One step or many?": Preset(
            question="FGSM takes one step of 8 levels with every pixel value. Does the network see the target then?",
            answer="No: it no longer sees the cat, but not the target either. The slope at the photo is right for a small step "
            "only. Choose PGD with the same epsilon: it looks again after each small step, and gets there.",
            settings={**_PLAIN, ATTACK: LABELS[Attack.FGSM], EPSILON: 8},
            photo="cat",
            clears=(FRAME,),
            predict=True,
        ),
        "As a file": Preset(
            question="DeepFool stops after 3 steps: in real numbers the network is fooled. Is it by a PNG of 8 bits, too?",
            answer="No: most values changed by less than half a level, and rounding puts them back. Set Most steps to 6 under More "
            "settings: then the change grows until it holds.",
            settings={**_PLAIN, ATTACK: LABELS[Attack.DEEPFOOL], TARGET: AWAY, FREE: True, UPDATES: 3},
            photo="cat",
            clears=(FRAME,),
            predict=True,
        ),
        "How little is enough?": Preset(
            question="One level of 255 for each value: is that enough to reach the least likely class?",
            answer="On this photo PGD needs no more, though it takes more steps than with room to move. Below, the curve over "
            "epsilon says the same for your photo.",
            settings={**_PLAIN, ATTACK: LABELS[Attack.PGD_LINF], EPSILON: 1},
            photo="cat",
            clears=(FRAME,),
        ),
    }
