"""The questions of the view Look inside, as pills."""

from __future__ import annotations

import streamlit as st

from ui.controls import Preset
from ui.sections.style.inside_case import CELL, CHOICE, CONTENT, GRAM_LAYER, GRAMS, SCALE, SEEN, STYLE
from ui.sections.style.tray import NAME

KEY = "peek"
FIRST = "Two maps together"
FORGOTTEN = "What is forgotten"
GROWN = "Patterns grow"
SHARED = "The same maps"
_OWN = {GRAMS: FIRST, CONTENT: FORGOTTEN, STYLE: GROWN, SEEN: SHARED}


def presets() -> dict[str, Preset]:
    """A row for the pills."""
    return {
        FIRST: Preset(
            question="Pick a blue cell off the diagonal. Where in the style are its two maps active together?",
            answer="At every stroke that has what both maps answer to, such as an edge of one colour. The photo has fewer such "
            "places, so the entry is smaller there, and a painting would be made to have more of them. Where they are does not "
            "matter: an entry is a mean over all places.",
            settings={CHOICE: GRAMS, SCALE: True},
            clears=(CELL,),
        ),
        "On one scale?": Preset(
            question="The deepest layer. One of the two matrices looks all but empty. Is nothing there? Switch the scale.",
            answer="It has a pattern of its own, only fainter: here the style answers far more strongly than the photo, or the "
            "other way round. That is why each loss is taken relative to how strong both matrices are.",
            settings={CHOICE: GRAMS, GRAM_LAYER: "features.12", SCALE: True, NAME: "waves"},
            photo="cat",
            clears=(CELL,),
        ),
        FORGOTTEN: Preset(
            question="Each picture was rebuilt from noise to match the photo at one layer. What goes first: colours, or shapes?",
            answer="Exact colours go first, then fine lines; the arrangement stays longest. A deep layer is content with many "
            "pictures that have the right parts in about the right places, so a style has room there. That is why content is "
            "measured deep.",
            settings={CHOICE: CONTENT},
        ),
        "Which is hardest?": Preset(
            question="All had the same number of updates. From which layer is a photo hardest to rebuild? Look, then reveal.",
            answer="From the deepest: the more layers lie between, the rougher the way from noise, and the more pictures give "
            "the same answer. The numbers under the pictures say how much of each loss is left.",
            settings={CHOICE: CONTENT},
            predict=True,
        ),
        GROWN: Preset(
            question="From left to right one more layer counts. What does each of them add to the texture?",
            answer="The first has the right colours and the finest grain, in no order. Each deeper layer sees a larger part of "
            "the picture at once, so strokes join, then patterns (Gatys et al., 2016, figure 1).",
            settings={CHOICE: STYLE},
        ),
        SHARED: Preset(
            question="How many of the eight strongest maps are the same on photo and style? Try the first layer and the deepest.",
            answer="Of the cat and Brush 6 at the first layer, then 5, 4 and at the deepest 1. Early maps answer to colours and "
            "edges, which most pictures have; deep ones to parts of things, and photo and style are not made of the same ones.",
            settings={CHOICE: SEEN, NAME: "brush"},
        ),
    }


def follow_link() -> None:
    """A link that names what is looked at and no question gets the question about that."""
    named = st.query_params.get(CHOICE, GRAMS)
    if KEY not in st.session_state and KEY not in st.query_params and _OWN.get(named, FIRST) != FIRST:
        st.session_state[KEY] = _OWN[named]


def follow() -> None:
    """Whoever looks at something else by hand gets a question about that."""
    st.session_state[KEY] = _OWN.get(st.session_state.get(CHOICE, GRAMS), FIRST)
