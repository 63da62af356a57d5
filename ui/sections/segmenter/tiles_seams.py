"""Seams: the same photo in tiles that stand side by side, in tiles that are averaged, and in one pass."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from core.images.photo import Photo
from core.images.tiles import Window
from core.segmentation.seams import Borders, beside, borders, changed, jumping, jumps
from core.segmentation.settings import SegmentSettings
from ui import parts
from ui.cached import drawings, segmentations
from ui.sections.segmenter import colours, tiles_run, tiles_stage, tiles_words
from ui.sections.segmenter.tiles_case import Case
from viz import images
from viz.tile_pictures import seamed

if TYPE_CHECKING:
    from core.experiments.cost import Cost
    from core.experiments.segmented import Segmented

NEAR = 4
"""How many pixels beside a border still count as near."""

LONGEST, TALLEST = 640, 300  # px
AVERAGED = 0.5
"""What tiles share where those of the page share nothing, to have something to average."""


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One way to look at the photo: its class map, how many passes it took, and the borders of tiles in it."""

    title: str
    answer: Segmented
    lines: Borders


def apart(settings: SegmentSettings) -> bool:
    """Whether tiles stand side by side, with nothing averaged but where the last of a row moves inward."""
    return settings.overlap == 0 and settings.window is Window.FLAT


def other(settings: SegmentSettings) -> SegmentSettings:
    """The way to compare with: tiles side by side, or for those the averaged ones."""
    if apart(settings):
        return replace(settings, overlap=AVERAGED, window=Window.HANN)
    return replace(settings, overlap=0.0, window=Window.FLAT)


def compare(case: Case, found: Segmented) -> tuple[Cost, ...]:
    """Both ways and one pass, with what jumps at the borders marked and counted; returns the bill of the other way."""
    parts.section(
        "Seams",
        "Where the class changes just at the border of a tile, it is marked in white. Nothing in the photo ends there.",
    )
    settings = other(case.settings)
    beside_it = replace(case, settings=settings, plan=segmentations.plan(case.photo, case.card.key, settings))
    second = _second(beside_it)
    if second is None:
        return ()
    ours, theirs = (case, found), (beside_it, second)
    side, averaged = (ours, theirs) if apart(case.settings) else (theirs, ours)
    lines = borders(side[0].plan)
    ways = (
        Way("Side by side", side[1], lines),
        Way("Averaged", averaged[1], borders(averaged[0].plan)),
        Way("One pass", replace(case.whole, classes=_large(case, side[1])), lines),
    )
    _pictures(case, ways)
    st.markdown(table(case, ways))
    st.markdown(near(ways[0], ways[1]), width=760)
    return (second.cost,)


def table(case: Case, ways: tuple[Way, ...]) -> str:
    """A row for each way: passes, jumps at the borders and elsewhere, and the IoU where the truth is known; in Markdown."""
    overlaps = [tiles_words.against_truth(case, way.answer) for way in ways]
    known = overlaps[0]
    head = "| way | passes | jumps at borders | elsewhere |" + (f" IoU of {known.label} |" if known else "")
    lines = [head, "|---|---:|---:|---:|" + ("---:|" if known else "")]
    for way, overlap in zip(ways, overlaps, strict=True):
        found = jumps(way.answer.classes, way.lines)
        share = "none" if found.share is None else parts.percent(found.share)
        cells = f"| {way.title} | {way.answer.cost.forward:,} | **{share}** | {parts.percent(found.elsewhere or 0.0)} |"
        lines.append(cells + (f" {overlap.tiles:.3f} |" if overlap else ""))
    return "\n".join(lines)


def near(side: Way, averaged: Way) -> str:
    """How much of the photo averaging changes near the borders of tiles that stand side by side, and elsewhere."""
    ours, theirs = side.answer.classes, averaged.answer.classes
    band = beside(ours.shape[0], ours.shape[1], side.lines, NEAR)
    close, far = changed(ours, theirs, band), changed(ours, theirs, ~band)
    if close is None or far is None:
        return "There is one tile, so nothing is averaged."
    return (
        f"Of the pixels at most {NEAR} px from a border of the tiles side by side, averaging gives {parts.percent(close)} "
        f"another class, and of all others {parts.percent(far)}. One pass has no tiles: what changes on those lines in it is what "
        "changes there anyway."
    )


def _second(case: Case) -> Segmented | None:
    """The other way, at once where that is quick, else as a run of its own; None before it has ended."""
    if tiles_run.quick(case):
        return tiles_run.at_once(case)
    st.caption(f"To compare: {tiles_words.told(case).removeprefix('**The plan** · ')}.")
    tiles_run.watch("tiles-other", case, lambda shown: tiles_stage.progressing(case, shown))
    return tiles_run.known(case)


def _large(case: Case, like: Segmented) -> np.ndarray:
    return tiles_words.as_large(case.whole.classes, like.classes.shape)


def _pictures(case: Case, ways: tuple[Way, ...]) -> None:
    of = colours.occurring(*(way.answer for way in ways))
    cells = st.grid(3, min_column_width=230, gap="medium")
    for way in ways:
        with cells.cell():
            parts.picture(
                drawings.drawn(
                    f"seams {way.title} {case.name} {way.answer.settings} {sorted(of)}",
                    partial(_picture, case.photo, way, of),
                ),
                way.title,
                _how(way),
                alt=f"The classes {way.title.lower()}, with marks where they jump at a border",
                tallest=TALLEST,
            )


def _picture(photo: Photo, way: Way, of: dict[int, str]) -> Image.Image:
    pixels = np.asarray(images.fit(photo.pixels, LONGEST))
    marks = jumping(way.answer.classes, way.lines)
    return seamed(pixels, tiles_stage.reduced(way.answer.classes, LONGEST), of, marks)


def _how(way: Way) -> str:
    settings = way.answer.settings
    if settings.tile is None:
        return "marked on the lines of the tiles side by side"
    return f"tiles of {settings.tile} px, {parts.percent(settings.overlap, 0)} shared, window: {settings.window.title}"
