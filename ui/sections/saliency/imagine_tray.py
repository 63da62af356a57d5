"""A small tray of pictures that the visitor kept, so that classes, layers and settings can be compared."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.adversarial.visualisation_settings import Raised
from ui import messages, parts
from ui.sections.saliency import imagine_drawn, imagine_stage
from ui.sections.saliency.imagine_controls import Plan
from viz.images import Picture, encode

TRAY = "imagine-tray"
MOST = 6
SIDE = 200  # px high, at most


@dataclass(frozen=True, slots=True)
class Kept:
    """One picture and what it is, in words."""

    picture: Picture
    title: str
    note: str


def tray(plan: Plan) -> None:
    """The button that keeps what is seen, and what was kept."""
    held: list[Kept] = st.session_state.get(TRAY, [])
    full = len(held) >= MOST
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.button(
            "Keep this picture",
            icon=":material/bookmark_add:",
            key="imagine-keep",
            disabled=full,
            on_click=keep,
            args=(plan,),
            help=f"Up to {MOST}, side by side, until you leave. Remove one to make room." if full else None,
        )
        if held:
            st.caption(f"{len(held)} of {MOST} kept")
    if held:
        grid = st.grid(MOST, min_column_width=140, gap="medium")
        for place, one in enumerate(held):
            with grid.cell(), st.container(gap="xsmall"):
                parts.picture(one.picture, one.title, one.note, alt=f"Kept: {one.title}", tallest=SIDE)
                st.button("Remove", key=f"imagine-drop-{place}", type="tertiary", on_click=drop, args=(place,))


def keep(plan: Plan) -> None:
    """Put what is seen now into the tray; while a run goes on that is its newest picture."""
    name, canvas, score, probability = st.session_state.get(imagine_stage.NOW, ("", None, None, None))
    held: list[Kept] = st.session_state.get(TRAY, [])
    if name != plan.name or canvas is None or len(held) >= MOST:
        return
    picture = imagine_drawn.picture(canvas)
    picture.thumbnail((2 * SIDE, 2 * SIDE))
    by = "" if plan.layer else ("by score" if plan.settings.raised is Raised.SCORE else "by probability")
    said = (
        [plan.card.title] if score is None else [f"score {score:.1f}", parts.percent(probability), by, plan.card.title]
    )
    kept = Kept(encode(picture), messages.escape(plan.label), " · ".join(said))
    st.session_state[TRAY] = [*held, kept]


def drop(place: int) -> None:
    """Take a picture out."""
    held: list[Kept] = st.session_state.get(TRAY, [])
    st.session_state[TRAY] = [one for number, one in enumerate(held) if number != place]
