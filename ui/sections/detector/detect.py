"""The view *Detect*: the final boxes over the photo, every threshold under the hand, and where each box comes from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.detection.detecting_settings import SeeSettings
from core.errors import SettingError
from core.images.photo import Photo
from core.zoo.model_card import ModelCard, Task
from core.zoo.own_darknet import OwnDarknet
from ui import controls, frame, messages, model_picker, parts, second_model
from ui.sections.detector import (
    detect_away,
    detect_beside,
    detect_case,
    detect_controls,
    detect_formula,
    detect_own,
    detect_presets,
    detect_stage,
    detect_thresholds,
    detect_words,
    handing,
)
from ui.sections.detector.detect_away import Latest
from ui.sections.detector.detect_case import Case, Looking
from ui.sections.detector.detect_thresholds import Rule

Network: TypeAlias = ModelCard | tuple[OwnDarknet, str]
"""One of the catalogue, or a visitor's files and what they are called."""


def presets() -> None:
    """The questions. Outside of the view's fragment: one may bring its own photo."""
    controls.presets(detect_presets.KEY, detect_presets.presets(), default=detect_presets.FIRST)


@st.fragment
def detect(photo: Photo) -> None:
    """Which network looks, and how: what is here lets it run again. The rest follows in a fragment of its own."""
    with messages.guard("The detector"):
        named, far, files = detect_controls.head()
        mine = detect_own.now()
        with named:
            chosen = detect_own.used(mine[1]) if mine else detect_controls.network()
        below = parts.hideable("controls", "below")
        other = second_model.beside(
            chosen,
            Task.DETECT,
            key=detect_controls.BESIDE,
            cell=far,
            below=below,
            words="A second network on the same photo, with the same thresholds.",
        )
        settings, rule = detect_controls.looking(far), detect_controls.ruling(far)
        looks = [_look(photo, one, settings, below) for one in (mine or chosen, other) if one is not None]
        with files:
            detect_own.offer(st.container())
        latest = Latest()
        found(looks, rule, latest)
        if latest.case is not None:
            parts.caveat(
                "A score is how sure the network is, not how often it is right. What it never learned it cannot name: it leaves "
                "it out, or gives it the name of something that it knows."
            )
            with parts.hideable("export"):
                detect_away.take_away(looks[0], latest)
        frame.send_to(
            "pages/nms.py",
            "pages/segmenter.py",
            "pages/attribution.py",
            "pages/models.py",
            takes=lambda: handing.to_story(latest.case),
        )
        parts.cost(*(one.seen.cost for one in looks))
        st.caption(f"{_passes(looks)} The thresholds read that answer again: moving them asks no network.")


@st.fragment(key=detect_thresholds.FOUND)
def found(looks: Sequence[Looking], rule: Rule, latest: Latest) -> None:
    """The boxes and all that follows from them. No network runs here: so a threshold answers at once."""
    with messages.guard("The boxes"):
        with parts.hideable("controls", "thresholds"):
            palette = _likely(looks)
            settings = detect_thresholds.thresholds(rule, palette, _names(looks))
        cases = [detect_case.case(one, settings, palette) for one in looks]
        if detect_presets.waits():
            detect_stage.photo_alone(looks[0].photo)
            return
        trouble, stage = st.container(), st.container()
        with trouble:
            detect_words.nothing(cases[0])
        with stage:
            if len(cases) == 2:
                detect_beside.show(*cases)
            else:
                detect_stage.show(cases[0])
        detect_stage.put_in_url(cases[0])
        _told(cases[0])
        latest.case = cases[0]


def _told(case: Case) -> None:
    """The numbers, the picked box in a sentence, and its score as a formula."""
    with parts.hideable("numbers"):
        detect_stage.figures(case)
    place = detect_stage.picked(case)
    with parts.hideable("why"):
        parts.section("Where does a box come from?")
        detect_words.box(case, place)
    with parts.hideable("formulas"):
        detect_formula.formula(case, place)


def _look(photo: Photo, network: Network, settings: SeeSettings, below: DeltaGenerator) -> Looking:
    """What a network says; where it can't look in this way, it looks in its usual one, and the page says so."""

    def ask(one: Network) -> Looking:
        try:
            return _asked(photo, one, settings)
        except SettingError as error:
            with below:
                messages.explain(error)
                st.caption("Until then the whole photo is looked at once, at the size that the network was trained at.")
            return _asked(photo, one, SeeSettings())

    if isinstance(network, tuple):
        return ask(network)
    shown, looking = model_picker.answered(network, below, ask)
    if not shown.bundled:
        below.caption(detect_controls.line(shown))
    return looking


def _asked(photo: Photo, network: Network, settings: SeeSettings) -> Looking:
    if isinstance(network, tuple):
        return detect_case.look_own(photo, *network, settings)
    return detect_case.look(photo, network, settings)


def _likely(looks: Sequence[Looking]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in looks for name in one.classes))


def _names(looks: Sequence[Looking]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for one in looks for name in one.seen.names))


def _passes(looks: Sequence[Looking]) -> str:
    count = len(looks[0].seen.looks)
    each = " by each network" if len(looks) > 1 else ""
    return f"One pass for {'the whole photo' if count == 1 else f'each of {count} tiles'}{each}."
