"""The view *Tiles*: a photo of any size, looked at piece by piece."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.errors import SettingError
from core.images.photo import Photo
from core.segmentation.settings import SegmentSettings
from core.zoo.model_card import ModelCard
from ui import controls, frame, live, messages, model_picker, parts
from ui.cached import segmentations
from ui.sections.segmenter import (
    tiles_away,
    tiles_controls,
    tiles_formula,
    tiles_look,
    tiles_presets,
    tiles_run,
    tiles_seams,
    tiles_stage,
    tiles_words,
)
from ui.sections.segmenter.tiles_case import Case, measured

if TYPE_CHECKING:
    from core.experiments.cost import Cost
    from core.experiments.segmented import Segmented

RUN = "tiles-run"


def tiles(photo: Photo) -> None:
    """The whole view. Its questions stand outside the fragment: one of them may bring its own photo."""
    controls.presets(tiles_presets.KEY, tiles_presets.presets(), default=tiles_presets.FIRST)
    _view(photo)


@st.fragment
def _view(photo: Photo) -> None:
    """All but the questions."""
    with messages.guard("The tiles"):
        with parts.hideable("controls"):
            cells = parts.four(170)
            far = st.popover("More settings", icon=":material/tune:")
            told = st.container()
        chosen = tiles_controls.network(cells[0], told)
        settings = tiles_controls.tiling(photo, cells[1:], far)
        problem, stage = st.container(), st.container()
        card, whole = model_picker.answered(chosen, problem, lambda one: segmentations.segmented(photo, one.key))
        measured(card, whole.cost, whole.settings)
        with stage:
            case = _planned(photo, card, settings, whole)
            if case is not None:
                _shown(case)


def _planned(photo: Photo, card: ModelCard, settings: SegmentSettings, whole: Segmented) -> Case | None:
    """The tiles; where there would be too many, why, and larger ones by a click."""
    try:
        return Case(photo, card, settings, segmentations.plan(photo, card.key, settings), whole)
    except SettingError as error:
        messages.explain(error)
    fitting = next((one for one in tiles_controls.larger(settings) if _fits(photo, card, one)), None)
    if fitting is not None:
        words = f"Take tiles of {fitting.tile} px"
        st.button(words, key="tiles-larger", on_click=tiles_controls.take, args=(fitting,))
    return None


def _shown(case: Case) -> None:
    hidden = controls.hidden(tiles_presets.KEY)
    with parts.hideable("stage"):
        left, right = st.columns(2, gap="large")
        with left:
            tiles_stage.plan(case)
            told = st.empty()
        with right:
            found, going = _found(case, hidden=hidden)
        told.caption(tiles_words.told(case))
    numbers = parts.hideable("numbers")
    if found is not None:
        with numbers:
            tiles_words.figures(case, found)
            st.markdown(tiles_words.sentence(case, found), width=760)
    costs = [] if hidden else _more(case, found, going=going)
    with parts.hideable("formulas"):
        tiles_formula.formula(case.plan, case.settings)
    parts.caveat(
        "That seams are gone says nothing of what is right: averaging makes neighbours agree, and they may agree on something "
        "wrong. And a photo on which tiles win does not make them better on the next: that depends on how large its things are."
    )
    if found is not None:
        with parts.hideable("export"):
            tiles_away.take_away(case, found)
    frame.send_to("pages/detector.py", "pages/attribution.py", "pages/models.py")
    parts.cost(case.whole.cost, *([found.cost] if found is not None else []), *costs)


def _found(case: Case, *, hidden: bool) -> tuple[Segmented | None, bool]:
    """The map, and what the tiles came to, if they have; whether their run goes on."""
    if hidden:
        tiles_stage.maps(case, None)
        st.caption("The tiles wait until you reveal the answer.")
        return None, False
    kept = tiles_run.known(case)
    if not live.going(RUN, case.name):  # a run under way has the machine to itself
        if kept is None:
            tiles_run.tried(case, tiles_stage.picked(case))
        if tiles_run.quick(case):
            found = kept or tiles_run.at_once(case)
            tiles_stage.maps(case, found)
            return found, False
    shown = tiles_run.watch(RUN, case, lambda shown: tiles_stage.draw(case, shown, kept))
    return tiles_run.known(case), shown.phase.going


def _more(case: Case, found: Segmented | None, *, going: bool) -> list[Cost]:
    """What needs further passes, with their bills. It waits while the run goes on, which has the machine to itself."""
    costs: list[Cost] = []
    if going:
        st.caption("A tile by itself and the seams are shown when the run has ended.")
        return costs
    with parts.hideable("tile"), messages.guard("The tile"):
        costs.append(tiles_look.look(case))
    if found is not None:
        with parts.hideable("seams"), messages.guard("The seams"):
            costs.extend(tiles_seams.compare(case, found))
    return costs


def _fits(photo: Photo, card: ModelCard, settings: SegmentSettings) -> bool:
    try:
        segmentations.plan(photo, card.key, settings)
    except SettingError:
        return False
    return True
