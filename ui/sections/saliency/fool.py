"""Fool: a picture is changed until the network changes its mind, and it counts only as a picture of 8 bits."""

from __future__ import annotations

import streamlit as st

from core.images.photo import Photo
from ui import controls, first_look, frame, live, messages, parts
from ui.sections.models import stranger
from ui.sections.saliency import (
    fool_away,
    fool_box,
    fool_case,
    fool_film,
    fool_formula,
    fool_handing,
    fool_live,
    fool_more,
    fool_result,
    fool_words,
    presets,
)
from ui.sections.saliency.fool_case import Asked
from ui.sections.saliency.fool_result import Found

VANISH = "vanish"


@st.fragment
def fool(photo: Photo) -> None:
    """The whole view: the answer of a classifier is attacked, or with a switch one box of a detector."""
    with messages.guard("The attack"):
        hidden = controls.hidden(presets.KEY)
        head, stage = parts.hideable("controls"), st.empty()
        first_look.waiting(fool_case.LOOKED, photo, stage, narrow=False)
        with parts.awaited(stage), head:
            cells = parts.four(170)
            with st.container(horizontal=True, vertical_alignment="center"):
                far = st.popover("More settings", icon=":material/tune:")
                boxes = st.toggle(
                    "Attack a box instead",
                    key=VANISH,
                    bind="query-params",
                    help="One box of a detector shall fall below the score from which boxes are drawn.",
                )
            asked = None if boxes else fool_case.choose(photo, cells, far)
        stage.empty()
        if asked is None:
            fool_box.view(photo, cells, far)
        else:
            _classified(asked, hidden=hidden)


def _classified(asked: Asked, *, hidden: bool) -> None:
    with parts.hideable("result"):
        stranger.stranger(asked.photo, asked.card)
        if hidden:
            st.caption("The attack waits until you reveal the answer.")
            return
        making, stage = st.empty(), st.container()
        factor = fool_film.factor()
    numbers, scene = parts.hideable("numbers"), fool_live.on_class(asked)
    if live.going(scene.key, scene.of):
        making.empty()  # before the first picture of the run: the same is never there twice
    with parts.hideable("live"):
        going = fool_live.watch(scene, factor)
    with stage:
        found = fool_result.result(asked, factor, making, going=going)
        if found is None:
            return
        fool_result.show(found, factor)
    with numbers:
        fool_words.figures(found.outcome)
    _rest(found, factor, going=going)


def _rest(found: Found, factor: int, *, going: bool) -> None:
    """What follows the pictures, all of it about the attack that is shown there."""
    asked, outcome = found.asked, found.outcome
    with parts.hideable("formulas"):
        fool_formula.formula(outcome)
    costs = fool_more.more(asked, outcome, waits=going)  # the run has the machine to itself
    parts.caveat(
        "Whoever attacks here knows every weight of this network. The change is made for this one picture of it: another photo of "
        "the same thing, another network or a printout may not be fooled. And that it fools the network does not mean that "
        "the network is bad at photos: no camera takes such a picture by chance."
    )
    with parts.hideable("export"):
        proof = fool_away.take_away(asked, outcome, factor)
    frame.send_to(
        "pages/attribution.py",
        "pages/models.py",
        takes=lambda: fool_handing.taken(asked, outcome),
        attacked=fool_handing.fooled(outcome),
    )
    parts.cost(asked.clean.cost, outcome.cost, proof.cost, *costs)
