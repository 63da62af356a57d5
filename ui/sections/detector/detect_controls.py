"""The controls of the view Detect: which network, how it looks, and what chooses its boxes beside the thresholds."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.detection.detecting_settings import SeeSettings
from core.zoo.catalog import of
from core.zoo.model_card import ModelCard, Task
from ui import address, model_picker, parts
from ui.sections.detector.detect_thresholds import KEYS as THRESHOLDS
from ui.sections.detector.detect_thresholds import Rule
from ui.sections.nms.method import METHODS, RACES

OPENING = "lab-yolo-14"
"""The network that the page opens with: of the two that ship with the lab the surer one."""

METHOD, RACE, MOST, SIZE, TILE, SHARED, BESIDE = "suppression", "racing", "most", "input", "tile", "shared", "versus"
KEYS = (*THRESHOLDS, METHOD, RACE, MOST, SIZE, TILE, SHARED, BESIDE)

TRAINED, WHOLE = "As trained", "None"
SIZES = (TRAINED, "160 px", "224 px", "320 px", "416 px", "608 px", "832 px", "1280 px")
TILES = (WHOLE, "160 px", "224 px", "320 px", "416 px", "640 px", "1024 px")


def network() -> ModelCard:
    """The picker, and the network to ask."""
    key = f"{Task.DETECT.value}-model"
    st.session_state.setdefault(key, OPENING)  # what a link names wins, unless there is no such network
    chosen = model_picker.pick(Task.DETECT, brief=True)
    if st.session_state.get(key) == of(Task.DETECT)[0].key:
        # the picker leaves it out of the URL, and without one this page opens with another
        address.show(model_picker.NAME, of(Task.DETECT)[0].key)
    return chosen


def looking(cell: DeltaGenerator) -> SeeSettings:
    """What needs the network to run: the size of its input, and tiles."""
    size = cell.selectbox(
        "Network's input",
        SIZES,
        key=SIZE,
        bind="query-params",
        help="The longest side of what the network is given. More pixels show smaller things, and things look larger to the "
        "network than those it learned from. The network runs again.",
    )
    tile = cell.selectbox(
        "Tiles",
        TILES,
        key=TILE,
        bind="query-params",
        help="Cuts the photo into tiles so wide and high, in pixels of the photo, and shows the network one after the other: "
        "for small things on large photos. One pass for each.",
    )
    cut = pixels(tile)
    share = cell.slider(
        "Tiles share",
        0,
        50,
        25,
        5,
        key=SHARED,
        bind="query-params",
        format="%d %%",
        disabled=cut is None,
        help="How much neighbours have in common, of their side: a thing on a border is whole in one of them.",
    )
    whole = SeeSettings(size=pixels(size))
    return whole if cut is None else replace(whole, tile=cut, overlap=round(cut * share / 100))


def ruling(cell: DeltaGenerator) -> Rule:
    """What chooses the boxes beside the thresholds."""
    titles = list(METHODS)
    title = cell.selectbox(
        "Suppression", titles, key=METHOD, bind="query-params", help="Tiles are always merged by the greedy way."
    )
    races = cell.segmented_control(
        "Who races whom",
        RACES,
        default=RACES[0],
        required=True,
        key=RACE,
        bind="query-params",
        help="Per class: a dog never removes a cat. All together: class-agnostic, the names do not matter.",
    )
    most = cell.slider("Boxes at most", 1, 300, 300, key=MOST, bind="query-params", help="The surest are shown.")
    return Rule(method=METHODS[title or titles[0]], per_class=races != RACES[1], limit=most)


def told(settings: SeeSettings) -> str:
    """How the network looked, in a few words."""
    size = "" if settings.size is None else f", input {settings.size} px"
    return size if settings.tile is None else f"{size}, in tiles of {settings.tile} px"


def pixels(words: str | None) -> int | None:
    """The number of a choice such as "320 px"; None for one without."""
    return int(words.removesuffix(" px")) if words and words.endswith(" px") else None


def line(row: ModelCard) -> str:
    """One line about a network: how large, how good, what it takes; and the licence of one that does not ship with the lab."""
    return f"**{row.title}** · {model_picker.about(row)}{'' if row.bundled else f' · {row.licence}'}"


def head() -> tuple[DeltaGenerator, DeltaGenerator, DeltaGenerator]:
    """Places for the network, for the rest of the settings, and for the visitor's own files."""
    with parts.hideable("controls"), st.container(horizontal=True, vertical_alignment="bottom"):
        return (
            st.container(width=360, gap="xsmall"),
            st.popover("More settings", icon=":material/tune:", width="content"),
            st.popover("Your own network", icon=":material/upload_file:", width="content"),
        )
