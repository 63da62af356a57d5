"""What a black baseline can't see: the photo with its most important part painted black, from black and from white."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from ui import messages, parts
from ui.cached import attributions, drawings
from ui.sections.attribution import path_pictures
from ui.sections.attribution.case import Case
from ui.sections.attribution.way import Way
from viz import images

if TYPE_CHECKING:
    from core.experiments.integration import BlackObject

ASKED, GUESS = "painted_black", "black_guess"
GUESSES = ("Nothing at all", "About its share of the picture", "Most of it")
TALL = 300  # px


def black(case: Case, made: Way) -> None:
    """Paint it black, guess, and see."""
    parts.section(
        "What a black baseline can't see",
        "Paint black what speaks for the class most, and ask again where its score comes from.",
    )
    mine = case.name
    if st.session_state.get(ASKED) != mine:
        st.button(
            "Paint it black",
            key="paint-black",
            icon=":material/format_paint:",
            on_click=lambda: st.session_state.update({ASKED: mine, GUESS: None}),
        )
        st.caption("Grad-CAM says which part. Then two paths are walked, one from black and one from white.")
        return
    with st.skeleton(height=TALL):
        found = attributions.black_object(case.photo, case.card.key, case.target, made.settings)
    st.markdown(
        f"**What spoke most for {messages.escape(case.label)} is black now. How much credit can that part get from a black "
        "baseline?**"
    )
    guess = st.pills("Your guess", GUESSES, key=GUESS, label_visibility="collapsed")
    cells = st.columns(3, gap="medium")
    with cells[0]:
        parts.picture(
            _picture(case, found, "painted"),
            "Painted black",
            probability(case, found),
            alt=f"The photo with {parts.percent(found.hidden.mean(), 0)} of it painted black",
            tallest=TALL,
        )
    if guess is None:
        st.caption("Choose an answer first.")
        return
    for cell, name, share in ((cells[1], "black", found.black_share), (cells[2], "white", found.white_share)):
        with cell:
            parts.picture(
                _picture(case, found, name, made),
                f"From {name}",
                f"**{parts.percent(share)}** of the attribution lies in the black part",
                alt=f"Integrated gradients of the painted photo from {name}",
                tallest=TALL,
            )
    st.markdown(answer(found, guess), width=760)


def probability(case: Case, found: BlackObject) -> str:
    """What is left of the class, honestly."""
    before = float(case.opened.probabilities[case.target])
    name = messages.escape(case.label)
    told = f"{name} {parts.percent(found.probability)}, {parts.percent(before)} before"
    if found.probability < before / 2:
        return f"{told}: the network lost what it went by"
    return f"{told}: the network still goes by the rest"


def answer(found: BlackObject, guess: str) -> str:
    """Why it is nothing, whatever the network sees there."""
    right = "Right" if guess == GUESSES[0] else "It is nothing at all"
    if not found.hidden.any():
        return "Grad-CAM finds nothing that speaks for this class, so nothing was painted. Choose another class."
    black, white, hidden = (
        parts.percent(share, digits)
        for share, digits in ((found.black_share, 1), (found.white_share, 1), (float(found.hidden.mean()), 0))
    )
    return (
        f"{right}: **{black}**. The attribution is the gradient times the way a pixel goes, x − x′. A black pixel is at its "
        "baseline already: it goes no way, so it gets exactly 0, however much the network looks at it. From white the same "
        f"pixels go the whole way, and get **{white}**; they are {hidden} of the picture. Neither number says how much they "
        "matter: black shapes count for black against white, and not against black."
    )


def _picture(case: Case, found: BlackObject, name: str, made: Way | None = None) -> images.Picture:
    key = f"{case.name} {made.settings.integration if made else ''} black object {name}"

    def draw() -> Image.Image:
        if name == "painted":
            return images.to_image(found.picture)
        values: np.ndarray = found.black if name == "black" else found.white
        return path_pictures.signed(values, found.picture)

    return drawings.drawn(key, draw)
