"""The view *How it learns* of the detector page: what an object asks of the head, what that costs, and the head learning it."""

from __future__ import annotations

import streamlit as st

from core.boxes.settings import Labelled, kind_of
from core.images.photo import Photo
from core.zoo.model_card import ModelCard
from ui import controls, frame, messages, parts
from ui.sections.detector import (
    learning_away,
    learning_case,
    learning_focal,
    learning_formula,
    learning_presets,
    learning_stage,
    learning_table,
    overfit_live,
)
from ui.sections.detector import learning_truths as taught
from ui.sections.detector.learning_case import Case


def learning(photo: Photo) -> None:
    """The whole view. Its questions stand outside the fragment: one of them may bring its own photo."""
    preset = controls.presets(learning_presets.KEY, learning_presets.presets(), default=learning_presets.FIRST)
    _view(photo, preset)


@st.fragment
def _view(photo: Photo, preset: str) -> None:
    """All but the questions: a moved box or control reruns it, not the frame."""
    with messages.guard("This part"):
        hidden = preset if controls.hidden(learning_presets.KEY) else ""
        with parts.hideable("controls"):
            cells = st.grid(3, min_column_width=210, gap="medium")
            first, second, third = (cells.cell() for _ in range(3))
        card = learning_case.head(first)
        stage = parts.hideable("stage")
        with parts.hideable("coordinates"):
            objects = taught.typed(photo)
            _notes(photo, card, objects)
        chosen = taught.choose(objects, second)
        answer = learning_case.learned(photo, card, objects)
        with stage:
            learning_stage.editor(photo, objects, answer)
        if chosen is None:
            st.info("There is no object on the photo. Add a box around one, and the head has something to learn.")
            return
        taught.name(objects, chosen, card.classes, third)
        _rest(Case(photo, card, objects, chosen, answer), hidden)


def _rest(case: Case, hidden: str) -> None:
    """All that there is to say of the objects; `hidden` is the preset whose answer nobody has revealed yet."""
    _lesson(case, hidden)
    with parts.hideable("focal"):
        learning_focal.focal(case.answer, hidden == learning_presets.EASY)
    overfit_live.overfit(case)
    parts.caveat(
        "A head that says this one photo right has learned it by heart. Whether it learned what a cat is, only photos can "
        "say that it has never seen."
    )
    with parts.hideable("export"):
        learning_away.take_away(case)
    frame.send_to("pages/anchors.py", "pages/nms.py", "pages/attribution.py")
    parts.cost(case.answer.cost)


def _lesson(case: Case, hidden: str) -> None:
    """The chosen object: on the photo, as a table, as formulas."""
    parts.section(
        "What its anchor says and should say",
        "One anchor of one cell is told to find the object. These are its numbers.",
    )
    pictured, numbers, formulas = (parts.hideable(name) for name in ("lesson", "numbers", "formulas"))
    if hidden == learning_presets.TWINS:
        pictured.caption("Say what you expect, then Reveal above: who learns what comes here.")
        return
    with pictured:
        left, right = st.columns(2, gap="large", vertical_alignment="center")
        with left:
            learning_stage.picture(case)
        with right:
            learning_table.table(case)
    with numbers:
        learning_table.figures(case)
    with formulas:
        learning_formula.formulas(case)


def _notes(photo: Photo, card: ModelCard, objects: tuple[Labelled, ...]) -> None:
    """Where the boxes come from, and which of them the network has no class for: always one element."""
    strange = list(dict.fromkeys(kind for one in objects if (kind := kind_of(one.label)) not in card.classes))
    words = []
    if not taught.known_to(photo):
        words.append(
            "Nobody marked this photo, so it begins with the network's own boxes: their offsets cost next to nothing, for "
            "it agrees with itself. Drag them where they belong."
            if taught.of(photo)
            else "Nobody marked this photo, and the network is sure of nothing on it. Draw a box around an object."
        )
    elif out := taught.left_out(photo):
        words.append(f"Also marked on this photo, and left out here: {messages.escape(', '.join(out))}.")
    if strange:
        words.append(
            f"The network has no class for {messages.escape(', '.join(strange))}; it knows {', '.join(card.classes)}."
        )
    st.caption(" ".join(words))
