"""One tile after the other: what the network is shown, what it says of that alone, and how much each pixel counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from core.images.tiles import window
from core.segmentation.areas import areas
from ui import address, messages, parts
from ui.cached import drawings, segmentations
from ui.sections.segmenter.tiles_case import Case
from ui.sections.segmenter.tiles_stage import PICKED, picked
from ui.sections.segmenter.tiles_words import as_large
from viz.images import fit, to_image
from viz.masks import coloured, palette
from viz.tile_pictures import weighted

if TYPE_CHECKING:
    from core.experiments.cost import Cost
    from core.experiments.tile_looks import TileLook

LONGEST = 400  # px of a picture
TALLEST = 300


def look(case: Case) -> Cost:
    """The picked tile in four pictures; returns its bill."""
    place, count = picked(case), len(case.plan.tiles)
    parts.section(
        f"Tile {place + 1} of {count} by itself",
        "What it is shown, and what the network makes of that before anything is averaged. Choose another one on the plan.",
    )
    _step(place, count)
    with st.spinner("The network looks at this tile", show_time=True):
        found = segmentations.tile_look(case.photo, case.card.key, case.settings, place)
    of_whole = part_of(case, found)
    for cell, (title, note, picture) in zip(parts.four(150), _pictures(case, found, of_whole), strict=True):
        with cell:
            parts.picture(
                drawings.drawn(f"{title} {case.name} {place}", picture),
                title,
                note,
                alt=f"{title}, tile {place + 1}: {note}",
                tallest=TALLEST,
            )
    st.markdown(said(found, of_whole), width=760)
    return found.cost


def said(found: TileLook, of_whole: np.ndarray) -> str:
    """What the tile alone says beside what one pass says of the same pixels."""
    same = float((found.classes == of_whole).mean())
    return (
        f"Alone it says: **{messages.escape(_shares(found, found.classes))}**. One pass of the whole photo says here: "
        f"**{messages.escape(_shares(found, of_whole))}**. They agree on {parts.percent(same)} of its pixels."
    )


def part_of(case: Case, found: TileLook) -> np.ndarray:
    """What one pass says of the pixels of a tile, on the tile's own grid."""
    rows, columns = case.whole.classes.shape
    x, y = columns / case.plan.width, rows / case.plan.height
    tile = found.tile
    right, bottom = min(tile.x + tile.width, case.plan.width), min(tile.y + tile.height, case.plan.height)
    top, left = min(round(tile.y * y), rows - 1), min(round(tile.x * x), columns - 1)
    part = case.whole.classes[top : max(round(bottom * y), top + 1), left : max(round(right * x), left + 1)]
    return as_large(part, found.classes.shape)


def _step(place: int, count: int) -> None:
    """The tile before and the next one, for whoever would not aim at the plan."""
    with st.container(horizontal=True, gap="small"):
        for label, icon, to in (("Previous tile", "arrow_back", place - 1), ("Next tile", "arrow_forward", place + 1)):
            st.button(
                label,
                icon=f":material/{icon}:",
                key=f"tiles-{icon}",
                disabled=not 0 <= to < count,
                on_click=address.keep,
                args=(PICKED, to),
            )


def _pictures(
    case: Case, found: TileLook, of_whole: np.ndarray
) -> tuple[tuple[str, str, Callable[[], Image.Image]], ...]:
    """Title, note and picture of each."""
    rows, columns = found.shown.shape[:2]
    tile, settings, pixels = found.tile, case.settings, found.pixels
    there = {*np.unique(found.classes), *np.unique(of_whole)}
    of = {place: colour for place, colour in palette(found.names).items() if place in there}

    def weights() -> Image.Image:
        return fit(np.asarray(weighted(pixels, window(tile.height, tile.width, settings.window))), LONGEST)

    def classes(labels: np.ndarray) -> Image.Image:
        return coloured(np.asarray(fit(pixels, LONGEST)), labels, of, by_place=True)

    return (
        (
            "What it is shown",
            f"{columns} × {rows} px, from {tile.width:,} × {tile.height:,}",
            lambda: to_image(found.shown),
        ),
        ("The tile alone", _shares(found, found.classes), lambda: classes(found.classes)),
        ("One pass, here", _shares(found, of_whole), lambda: classes(of_whole)),
        ("How much it counts", f"window: {settings.window.title}, darker is less", weights),
    )


def _shares(found: TileLook, labels: np.ndarray) -> str:
    """The classes of a tile in words, the largest first."""
    return ", ".join(f"{found.names[row.label]} {parts.percent(row.share)}" for row in areas(labels)[:4])
