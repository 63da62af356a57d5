"""The view *Resolution*: where fine edges come from: scores at three depths, enlarged in four ways."""

from __future__ import annotations

from dataclasses import dataclass

import streamlit as st

from core.images.photo import Photo
from core.segmentation.settings import Upsampling
from ui import controls, frame, messages, parts
from ui.sections.segmenter import (
    resolution_away,
    resolution_controls,
    resolution_kernels,
    resolution_pair,
    resolution_presets,
    resolution_scores,
    resolution_stage,
)
from ui.sections.segmenter.resolution_case import Case, Place, case


@dataclass(slots=True)
class Shown:
    """What the parts of the view showed last, for the one that gives it away."""

    way: Upsampling = Upsampling.NEAREST
    left: Place = (8, Upsampling.BILINEAR)
    right: Place = (8, Upsampling.LEARNED)


def resolution(photo: Photo) -> None:
    """Where fine edges come from: scores at three depths, enlarged in four ways."""
    controls.presets(resolution_presets.KEY, resolution_presets.presets(), default=resolution_presets.FIRST)
    with messages.guard("The segmenter"):
        found, shown = case(photo), Shown()
        _stage(found, shown)
        _pair(found, shown)
        _scores(found)
        parts.caveat(
            "This network was trained with the learned kernels in their places. With others there it answers a question that "
            "it was never asked, so these tables do not say that other kernels could not have been learned as well. And one "
            "photo is one photo: the mean IoU is of 174 others, and of the learned way alone."
        )
        _taken(found, shown)
        frame.send_to("pages/attribution.py", "pages/detector.py", "pages/models.py")
        parts.cost(found.found.cost)


@st.fragment(key=resolution_controls.STAGE)
def _stage(found: Case, shown: Shown) -> None:
    """The three depths, all enlarged in one way."""
    hidden = controls.hidden(resolution_presets.KEY)
    with messages.guard("The three depths"):
        with parts.hideable("controls"):
            shown.way = resolution_controls.way(st.container())
            st.caption(f"**{shown.way.title}** · {shown.way.lesson}")
        resolution_stage.follow(found.photo)
        with parts.hideable("depths"):
            resolution_stage.show(found, shown.way)
        with parts.hideable("numbers"):
            resolution_stage.figures(found, shown.way, hidden=hidden)
        st.caption(
            "The scores at 16s and 8s already hold the coarser ones, brought there by learned kernels; a way replaces what "
            "comes after. Only the lab's own FCN answers at three depths, so there is no network to choose here."
        )


@st.fragment(key=resolution_controls.PAIR)
def _pair(found: Case, shown: Shown) -> None:
    """Two of the twelve answers compared, and all of them in numbers."""
    hidden = controls.hidden(resolution_presets.KEY)
    with messages.guard("The comparison"), parts.hideable("pair"):
        parts.section("Depth or kernel?", "Two answers from the same pass. Choose a depth and a way for each side.")
        shown.left, shown.right = resolution_controls.pair(parts.four())
        resolution_pair.show(found, shown.left, shown.right, hidden=hidden)
        resolution_pair.tables(found, hidden=hidden)


@st.fragment(key=resolution_controls.SCORES)
def _scores(found: Case) -> None:
    """The scores before they are enlarged, how they come together, and the kernels."""
    with messages.guard("The scores"):
        with parts.hideable("scores"):
            parts.section(
                "Scores at their true size",
                "Red cells speak for the class, blue ones against it. Nothing is enlarged yet.",
            )
            with st.container(horizontal=True, vertical_alignment="bottom"):
                chosen = resolution_controls.shown_class(st.container(width=240), found.names, found.largest)
                same = resolution_controls.same_scale(st.container(width="content"))
            resolution_scores.show(found, chosen, same=same)
            resolution_scores.joined(found)
        with parts.hideable("kernels"):
            resolution_kernels.show(found, chosen)


@st.fragment(key=resolution_controls.TAKEN)
def _taken(found: Case, shown: Shown) -> None:
    """The closing row, of what was shown last."""
    with messages.guard("Take it away"), parts.hideable("export"):
        resolution_away.take_away(found, shown.way, shown.left, shown.right)
