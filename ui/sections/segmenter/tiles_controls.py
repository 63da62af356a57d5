"""The controls of the view: how large the tiles are, how much they share, and how often each is looked at."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.images.photo import Photo
from core.images.tiles import Window
from core.segmentation.settings import SegmentSettings
from core.zoo.model_card import ModelCard, Task
from ui import model_picker
from ui.sections.segmenter import looks

SIDE, OVERLAP, WINDOW = "tiles-side", "tiles-overlap", "tiles-window"
MIRROR, SCALES, ORIGINAL = "tiles-mirror", "tiles-scales", "tiles-original"
KEYS = (SIDE, OVERLAP, WINDOW, MIRROR, SCALES, ORIGINAL)

SIDES = ("128 px", "192 px", "256 px", "384 px", "512 px", "768 px", "1024 px", "1536 px")
OPENING = "256 px"
OPENING_SHARE = 20
"""In percent of a side: so the lab's first photo is four tiles, with no fifth that is nearly another."""
WINDOWS = {one.title: one for one in Window}


def network(cell: DeltaGenerator, below: DeltaGenerator) -> ModelCard:
    """The segmenter; what is to be said of it goes into `below`."""
    with cell:
        return model_picker.pick(Task.SEGMENT, brief=True, below=below)


def tiling(photo: Photo, cells: list[DeltaGenerator], far: DeltaGenerator) -> SegmentSettings:
    """Side, overlap and window in three `cells`; mirroring, sizes and the original in `far`."""
    side = cells[0].selectbox(
        "Side of a tile",
        SIDES,
        index=SIDES.index(OPENING),
        key=SIDE,
        bind="query-params",
        help="In pixels of the photo. Every tile is shown to the network as large as a whole photo: a smaller tile is a "
        "closer look.",
    )
    share = cells[1].slider(
        "Tiles share",
        0,
        75,
        OPENING_SHARE,
        5,
        key=OVERLAP,
        bind="query-params",
        format="%d %%",
        help="How much of their side neighbours have in common, at least. At 0 they stand side by side.",
    )
    kind = cells[2].selectbox(
        "Window",
        list(WINDOWS),
        index=list(WINDOWS).index(Window.HANN.title),
        key=WINDOW,
        bind="query-params",
        help="How much a pixel of a tile counts where tiles overlap. "
        + " ".join(f"**{one.title}**: {one.lesson}" for one in Window),
    )
    return SegmentSettings(
        tile=pixels(side),
        overlap=share / 100,
        window=WINDOWS.get(kind or "", Window.HANN),
        flip=looks.mirrored(far, MIRROR, "tile"),
        scales=looks.sizes(far, SCALES, "tile"),
        original=_original(photo, far),
    )


def pixels(words: str | None) -> int:
    """The number of a choice such as "256 px"."""
    return int((words or OPENING).removesuffix(" px"))


def larger(settings: SegmentSettings) -> list[SegmentSettings]:
    """The same with the larger tiles of the choice, the smallest first."""
    return [replace(settings, tile=pixels(one)) for one in SIDES if pixels(one) > (settings.tile or 0)]


def take(settings: SegmentSettings) -> None:
    """Set the side of the tiles to that of these settings."""
    st.session_state[SIDE] = f"{settings.tile} px"


def _original(photo: Photo, cell: DeltaGenerator) -> bool:
    """Whether tiles are cut out of the original; only a photo that was made smaller has another one."""
    wanted = cell.toggle(
        "Cut from the original",
        key=ORIGINAL,
        bind="query-params",
        disabled=photo.source is None,
        help="A photo longer than 1,600 px is made smaller for all pages. This cuts the tiles out of what you uploaded.",
    )
    cell.caption(
        f"The original has {photo.original_width:,} × {photo.original_height:,} px, the working copy "
        f"{photo.width:,} × {photo.height:,} px."
        if photo.source is not None
        else f"This photo has {photo.width:,} × {photo.height:,} px: it was not made smaller."
    )
    return wanted and photo.source is not None
