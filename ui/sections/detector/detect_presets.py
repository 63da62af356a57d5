"""The questions of the view Detect, as pills."""

from __future__ import annotations

import streamlit as st

from core.boxes.nms_settings import Method
from core.zoo.model_card import Task
from ui import second_model
from ui.cached.detections import OWN
from ui.controls import Preset, hidden
from ui.sections.detector import detect_controls as controls
from ui.sections.detector import detect_thresholds as thresholds
from ui.sections.detector.detect_stage import PICKED
from ui.sections.nms.method import RACES

KEY = "detecting"
FIRST, TILES = "This photo", "Closer, in tiles"
MODEL = f"{Task.DETECT.value}-model"
_PLAIN: dict[str, object] = {
    thresholds.CONFIDENCE: 0.3,
    thresholds.OVERLAP: 0.5,
    thresholds.SIGMA: 0.5,
    thresholds.ONLY: [],
    controls.METHOD: Method.GREEDY.title,
    controls.RACE: RACES[0],
    controls.MOST: 300,
    controls.SIZE: controls.TRAINED,
    controls.TILE: controls.WHOLE,
    controls.SHARED: 25,
    controls.BESIDE: second_model.NOTHING,
}
_LAB = {**_PLAIN, MODEL: controls.OPENING}
_CATALOGUE = (PICKED, OWN)
"""A question about the lab's detector is not one about a visitor's own network."""


def waits() -> bool:
    """Whether the boxes are the answer of a question that nobody has revealed yet."""
    return st.session_state.get(KEY) == TILES and hidden(KEY)


def presets() -> dict[str, Preset]:
    """A row for the pills of the view."""
    return {
        FIRST: Preset(
            question="What does suppression save you from? Move the NMS threshold to 1.",
            answer="From the same thing many times: nearly every anchor near it sees it, and draws a box of its own. Suppression "
            "keeps the surest of each heap and removes those that overlap it by more than the threshold.",
            settings=_PLAIN,
            clears=(PICKED,),
        ),
        "One person, two boxes": Preset(
            question="There is one person and there are two boxes. Does the NMS threshold go up or down to leave one?",
            answer="Down. The two boxes overlap by less than 0.5, so neither removes the other; at 0.40 the surer one does. "
            "Up, and more boxes of the same person come back. A confidence above 0.32 leaves one as well: it removes by score, and "
            "would take a second, less sure person with it.",
            settings=_LAB,
            photo="astronaut",
            clears=_CATALOGUE,
            predict=True,
        ),
        "One cup, two names": Preset(
            question="This network never learned cups. What are its two boxes, and which setting leaves one of them?",
            answer="A cat and a person: it has six classes, and the cup has to be one of them. Per class a cat never "
            "removes a person. Choose All together under More settings, and the surer name stays. A network that knows cups is "
            "one click away: Yolo-Fastest 1.1 XL sees two cups and a table.",
            settings={**_LAB, thresholds.CONFIDENCE: 0.2},
            photo="coffee",
            clears=_CATALOGUE,
        ),
        TILES: Preset(
            question="The network now sees six parts of the photo, one after the other, each as large as all of it before. "
            "Does it see the cat better?",
            answer="No: seven boxes instead of one, and one of them a dog. A tile shows a piece of the cat, and a piece looks "
            "like many things. Tiles help where things are small beside a tile: people on a square, birds in a tree.",
            settings={**_LAB, controls.TILE: "224 px"},
            photo="cat",
            clears=_CATALOGUE,
            predict=True,
        ),
    }
