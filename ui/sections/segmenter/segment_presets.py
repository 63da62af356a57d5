"""The questions of the view Segment, as pills."""

from __future__ import annotations

import streamlit as st

from core.zoo.segmenters import LAB_FCN
from ui import second_model
from ui.controls import Preset, hidden
from ui.sections.segmenter import looks, segment_areas, segment_controls, segment_view

KEY = "segmenting"
FIRST, DOUBT, CUP, CLOSER = "This photo", "Where it doubts", "A cup, two animals", "Twice as large"
UNSURE = segment_view.key(segment_view.UNSURE)
_PLAIN: dict[str, object] = {
    **dict.fromkeys(segment_view.names()),
    **looks.PLAIN,
    segment_controls.BESIDE: second_model.NOTHING,
    segment_areas.BOXES: False,
}
_LAB = {**_PLAIN, segment_controls.MODEL: LAB_FCN.key}


def waits() -> bool:
    """Whether the map is the answer of a question that nobody has revealed yet."""
    return hidden(KEY) and st.session_state.get(KEY) in (DOUBT, CLOSER)


def presets() -> dict[str, Preset]:
    """A row for the pills of the view."""
    return {
        FIRST: Preset(
            question="Point at the edge of an area, then at its middle. Where is the second class nearly as probable as the first?",
            answer="At the edge. The network has one score for many pixels, and enlarges them smoothly, so that one class passes "
            "into the other there: the margin falls to 0 and rises again.",
            settings=_PLAIN,
        ),
        DOUBT: Preset(
            question="Every pixel whose best class leads by less than 0.50 is now unknown: 13 % of the photo. Do these lie in the "
            "middle of the cat, or along its edge?",
            answer="Along its edge. There cat and background share the probability, and neither leads by much. The middle of the "
            "cat is safe: most of it would stay at a threshold of 0.80 too.",
            settings={**_LAB, UNSURE: "50"},
            photo="cat",
            predict=True,
        ),
        CUP: Preset(
            question="This network never learned cups, and paints a dog and a cat. Which threshold takes both away?",
            answer="From 0.30 on nearly nothing is left of them, at 0.50 nothing: it was never sure. That is not a rule. A network "
            "can be wrong and sure of it, and the threshold takes sure pixels of real animals with it.",
            settings=_LAB,
            photo="coffee",
        ),
        CLOSER: Preset(
            question="The network now sees the astronaut twice as large as the people that it learned from. Does it paint her "
            "better?",
            answer="No: parts of her suit become a dog, a horse and a cat. A piece of a large thing looks like many things. In its "
            "usual size it finds a person and nothing else.",
            settings={**_LAB, looks.SCALES: ["2 ×"]},
            photo="astronaut",
            predict=True,
        ),
    }
