"""The view *Inside the grid* of the detector page: from a coloured cell to a box, with every number on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from core.zoo.catalog import card as find
from core.zoo.model_card import ModelCard
from ui import cached, controls, frame, messages, model_picker, parts
from ui.cached import detections
from ui.sections.detector import (
    detect_controls,
    handing,
    inside_away,
    inside_classes,
    inside_controls,
    inside_decode,
    inside_presets,
    inside_stage,
    inside_words,
)
from ui.sections.detector.inside_away import Latest, Shown
from ui.sections.detector.inside_grid import Grids, Place, grids

if TYPE_CHECKING:
    from core.detection.detecting_settings import SeeSettings
    from core.experiments.detecting import Detected, Fate


def inside(photo: Photo) -> None:
    """Draw the view for `photo`."""
    controls.presets(inside_presets.KEY, inside_presets.presets(), default=inside_presets.FIRST)
    _looked(photo)


@st.fragment
def _looked(photo: Photo) -> None:
    """Who looks, and at what size: the only part that runs a network."""
    with messages.guard("The grid"):
        with parts.hideable("controls"), st.container(horizontal=True, vertical_alignment="bottom"):
            chosen = inside_controls.network(st.container(width=380))
            far = st.popover("More settings", icon=":material/tune:", width="content")
        look = inside_controls.looking(far)
        problem, stage = st.container(), st.container()
        card, seen = model_picker.answered(chosen, problem, lambda one: detections.seen(photo, one.key, look))
        found = grids(seen)
        with stage:
            if found is None:
                no_grid(card)
                return
            latest = Latest()
            _read(photo, card, look, found, latest)
            _decoded(found)
            parts.caveat(
                "A cell that answers is where the box's centre was learned to be, not what the network looks at: it sees far "
                "beyond its cell. And a score is no probability: whether 0.9 is right nine times in ten has to be measured."
            )
            if latest.shown is not None:
                with parts.hideable("export"):
                    inside_away.take_away(photo, card, found, latest)
        frame.send_to("pages/nms.py", "pages/attribution.py", "pages/anchors.py", "pages/models.py")
        parts.cost(found.seen.cost)


@st.fragment(key=inside_controls.READ)
def _read(photo: Photo, card: ModelCard, look: SeeSettings, found: Grids, latest: Latest) -> None:
    """What only reads the answer again, so that a threshold and a click are answered at once. `latest` is left for the files."""
    hidden = controls.hidden(inside_presets.KEY)
    with messages.guard("The picked cell"):
        with parts.hideable("controls", "thresholds"):
            cells = st.grid(3, min_column_width=190, gap="medium")
            settings = inside_controls.thresholds(cells.cell(), cells.cell())
            only = inside_controls.only_picked(cells.cell())
        detected = detections.found(photo, card.key, look, settings)
        stamp = f"{photo.digest} {cached.version(card.key)} {look}"
        inside_stage.follow(found, stamp)
        place = inside_stage.picked(found)
        with parts.hideable("grid"):
            fates = inside_stage.show(photo, found, detected, place, stamp=stamp, only=only)
        latest.shown = Shown(detected, place, fates)
        with parts.hideable("fate"):
            _fate(photo, card, found, detected, place, fates[place.anchor])
        with parts.hideable("numbers"):
            inside_stage.figures(found, detected, hidden=hidden)


@st.fragment(key=inside_controls.DECODED)
def _decoded(found: Grids) -> None:
    """What follows from the picked anchor alone."""
    with messages.guard("The numbers of the anchor"), parts.hideable("formulas"):
        _numbers(found, inside_stage.picked(found))


def no_grid(card: ModelCard) -> None:
    """What to say of a network without a grid, and one that has one."""
    other = find(detect_controls.OPENING)
    st.info(
        f"**{card.title} has no grid to look into.** It first proposes regions that may hold a thing, and then judges each of "
        "them by itself.",
        icon=":material/grid_off:",
    )
    st.button(f"Look into {other.title}", key="with-a-grid", on_click=model_picker.choose, args=(other,))


def _fate(
    photo: Photo,
    card: ModelCard,
    found: Grids,
    detected: Detected,
    place: Place,
    fate: Fate,
) -> None:
    """What became of the picked anchor, and where to go on with it."""
    parts.section("What became of it")
    st.markdown(messages.escape(inside_words.sentence(fate, found, place, detected)), width=760)
    row = (0, int(found.rows[found.number(place)]))
    raced = detected.raced_rows.index(row) if row in detected.raced_rows else None
    with st.container(horizontal=True, vertical_alignment="center"):
        name = f"{card.title} on {photo.name}"
        handing.to_nms(detected.raced, detected.settings.nms, name=name, key="grid-to-nms", picked=raced)
        if fate.place is not None and row in detected.rows:
            handing.to_attribution(photo, card.key, detected.things[fate.place], key="grid-to-why")


def _numbers(found: Grids, place: Place) -> None:
    """From the raw numbers of the picked anchor to its box and its class."""
    parts.section(
        f"From {len(found.raw(place))} numbers to a box",
        "The network writes these numbers for each anchor. The formula does the rest.",
    )
    raw, one = found.raw(place), inside_decode.way(found, place)
    names = ("t_x", "t_y", "t_w", "t_h", "t_o")[: 5 if found.has_objectness else 4]
    cells = st.grid(len(names), min_column_width=100, gap="medium")
    for name, value, meaning in zip(names, raw, inside_decode.meanings(one), strict=False):
        cells.cell().metric(f"${name}$", parts.signed(value), help=meaning)
    left, right = st.columns(2, gap="large")
    with left:
        st.caption("**Where** · in pixels of the network's input")
        st.latex(inside_decode.position(one))
        st.latex(inside_decode.growth(one))
        st.caption(inside_stage.on_photo(found, place))
        st.caption(inside_decode.source(one))
    with right:
        st.caption("**What** · how probable each class is")
        inside_classes.classes(found, place)
