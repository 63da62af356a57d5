"""The view *Segment*: the class of every pixel over the photo, how sure it is, and which areas there are."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import SettingError
from core.images.photo import Photo
from core.segmentation.settings import SegmentSettings
from core.zoo.model_card import ModelCard, Task
from ui import cached, controls, frame, messages, model_picker, parts, second_model
from ui.sections.segmenter import (
    looks,
    segment_areas,
    segment_away,
    segment_case,
    segment_controls,
    segment_presets,
    segment_stage,
    segment_view,
    segment_words,
)
from ui.sections.segmenter.segment_case import Case, Looking


def segment(photo: Photo) -> None:
    """The questions, and below them the view. Outside of its fragment: a question may bring its own photo."""
    controls.presets(segment_presets.KEY, segment_presets.presets(), default=segment_presets.FIRST)
    _segment(photo)


@st.fragment
def _segment(photo: Photo) -> None:
    """Which network looks, and how: what is here lets it run again. The rest follows in a fragment of its own."""
    with messages.guard("The segmenter"):
        named, far = segment_controls.head()
        with named:
            chosen = model_picker.pick(Task.SEGMENT, brief=True)
        below = parts.hideable("controls", "below")
        settings = looks.settings(far)
        other = second_model.beside(
            chosen,
            Task.SEGMENT,
            key=segment_controls.BESIDE,
            cell=far,
            below=below,
            words="A second network on the same photo.",
        )
        asked = [_look(photo, one, settings, below) for one in (chosen, other) if one is not None]
        found(asked)
        frame.send_to("pages/attribution.py", "pages/detector.py", "pages/style.py", "pages/models.py")
        parts.cost(*(one.found.cost for one in asked))
        st.caption("Opacity, threshold and legend read that answer again: moving them asks no network.")


@st.fragment
def found(asked: Sequence[Looking]) -> None:
    """The map and all that follows from it. No network runs here."""
    with messages.guard("The class map"):
        view = segment_view.now(asked[0].photo)
        cases = segment_case.cases(asked, view)
        if segment_presets.waits():
            _photo_alone(asked[0].photo)
            return
        trouble, stage = st.container(), st.container()
        with trouble:
            segment_words.nothing(cases[0])
        with stage:
            if len(cases) == 2:
                segment_stage.both(cases[0], cases[1])
            else:
                segment_stage.show(cases[0])
        segment_view.put_in_url(view)
        _told(cases[0])
        parts.caveat(
            "A probability is how sure the network is, not how often it is right. It shares 100 % among the classes that it knows: "
            "for a pixel of anything else it is sure of a mistake, or of the background."
        )
        with parts.hideable("export"):
            segment_away.take_away(cases[0])


def _told(case: Case) -> None:
    """The numbers, the picked pixel in a sentence and as a formula, and the regions."""
    with parts.hideable("numbers"):
        segment_stage.figures(case)
    with parts.hideable("why"):
        segment_words.pixel(case)
    with parts.hideable("formulas"):
        segment_words.formula(case)
    with parts.hideable("regions"):
        segment_areas.areas(case)


def _look(photo: Photo, row: ModelCard, settings: SegmentSettings, below: DeltaGenerator) -> Looking:
    """What a network says; where it can't look in this way, it looks once, and the page says so."""

    def ask(one: ModelCard) -> Looking:
        try:
            return segment_case.look(photo, one, settings)
        except SettingError as error:
            with below:
                messages.explain(error)
                st.caption("Until then the photo is looked at once, in its usual size.")
            return segment_case.look(photo, one, SegmentSettings())

    shown, looking = model_picker.answered(row, below, ask)
    if not shown.bundled:
        below.caption(f"**{shown.title}** · {model_picker.about(shown)} · {shown.licence}")
    return looking


def _photo_alone(photo: Photo) -> None:
    """The photo without its map, while that is the answer to a question."""
    parts.picture(
        cached.picture(photo),
        "The photo",
        "the map waits until you reveal the answer",
        alt="The photo without any class map",
        tallest=370,
    )
