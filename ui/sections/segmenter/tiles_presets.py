"""The questions of the view: each sets a photo, the network and the tiles."""

from __future__ import annotations

from core.images.tiles import Window
from core.zoo.model_card import Task
from core.zoo.segmenters import LAB_FCN
from ui.controls import Preset
from ui.sections.segmenter import looks
from ui.sections.segmenter.tiles_controls import (
    MIRROR,
    OPENING,
    OPENING_SHARE,
    ORIGINAL,
    OVERLAP,
    SCALES,
    SIDE,
    WINDOW,
)
from ui.sections.segmenter.tiles_stage import MAP, OPACITY, PICKED

KEY = "tiling"
FIRST, SEAMS, AVERAGED, KNOWS = "This photo", "Seams", "Averaged", "Does a tile know what it sees?"
MODEL = f"{Task.SEGMENT.value}-model"
_PLAIN: dict[str, object] = {
    SIDE: OPENING,
    OVERLAP: OPENING_SHARE,
    WINDOW: Window.HANN.title,
    MIRROR: False,
    SCALES: [looks.USUAL],
    ORIGINAL: False,
}
_LAB = {**_PLAIN, MODEL: LAB_FCN.key}
_LOOKS = (PICKED, OPACITY, MAP)


def presets() -> dict[str, Preset]:
    """A row for the pills: the photo as it is, and three cases."""
    return {
        FIRST: Preset(
            question="What does the network gain and lose when it is shown one tile at a time?",
            answer="It gains a closer look: every tile is enlarged to what the network takes. It loses what is around the tile, "
            "and with it what told it what a thing is. On a large photo with small things the first weighs more, on a portrait "
            "the second.",
            settings=_PLAIN,
            clears=_LOOKS,
        ),
        SEAMS: Preset(
            question="Four tiles side by side, nothing shared. Where can one see their borders in the classes?",
            answer="Along the lines in the middle, down and across: of the neighbouring pixels on both sides of a border 20.2 % "
            "have different classes, and elsewhere 0.8 %. Each tile decides by itself, and does not know what the next one says of "
            "the same arm. Below they are marked in white.",
            settings={**_LAB, OVERLAP: 0, WINDOW: Window.FLAT.title},
            photo="astronaut",
            clears=_LOOKS,
        ),
        AVERAGED: Preset(
            question="The same tiles share half of their sides, and Hann's window averages them. Do the seams go, and is the "
            "answer then as good as one pass?",
            answer="The seams nearly go: 3.3 % jump at the borders, where 20.2 % did. The answer is no better for it: the person "
            "has an IoU of 0.513, 0.523 with the tiles side by side, and 0.540 in one pass. Averaging settles what tiles "
            "disagree about. It shows none of them more of the photo.",
            settings={**_LAB, OVERLAP: 50},
            photo="astronaut",
            clears=_LOOKS,
            predict=True,
        ),
        KNOWS: Preset(
            question="Tiles of 128 px: the network sees each piece of the cat nearly three times as large. Is the cat found "
            "better or worse?",
            answer="Worse: its IoU is 0.769, and 0.850 in one pass. Tiles see fur without a head or an outline, and 2.1 % of the "
            "photo becomes a dog or a sheep. Step through the tiles below: those at the ears and eyes know what they see, those of "
            "the back guess.",
            settings={**_LAB, SIDE: "128 px", OVERLAP: 25},
            photo="cat",
            clears=_LOOKS,
            predict=True,
        ),
    }
