"""The stage of the view: the tiles over the photo beside the classes, which fill in while the tiles are looked at."""

from __future__ import annotations

import html
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from core.images.photo import Photo
from ui import address, cached, parts
from ui.cached import drawings
from ui.components.tile_view import Scene, tile_view
from ui.components.wipe import Rest, Veil, Wipe, wipe
from ui.sections.segmenter import colours
from ui.sections.segmenter.tiles_case import Case
from viz import images
from viz.masks import coloured, palette
from viz.tile_pictures import covering, filling, plan_picture

if TYPE_CHECKING:
    from core.experiments.segmented import Segmented
    from core.experiments.segmenting import SegmentStep
    from ui.live import Shown

PICKED, OPACITY, MAP = "tiles-picked", "tiles-opacity", "tiles-map"
EDGE = "tiles-edge"
LOOKS = (PICKED, OPACITY, MAP)
"""In the URL: which tile is picked, how much the classes cover, in percent, and which map they are."""

LONGEST, RUNNING = 960, 560  # px of a picture, and of one while tiles come
TALLEST = 400


def plan(case: Case) -> None:
    """The tiles over the photo, and how many of them lie over each pixel."""
    boxes, photo = case.boxes, case.photo
    counts = covering(boxes, photo.width, photo.height, 480, max(1, round(480 * photo.height / photo.width)))
    most = int(counts.max())
    scene = Scene(
        image=drawings.veil(f"plan {case.name}", lambda: _plan_picture(photo, boxes)),
        width=photo.width,
        height=photo.height,
        tiles=boxes,
        words=tuple(words(case, place) for place in range(len(boxes))),
        across=case.across,
        alt=f"The photo in {len(boxes)} tiles; up to {most} lie over one pixel",
    )
    tile_view("tiles-plan", scene, picked(case), lambda place: address.keep(PICKED, place))
    address.show(PICKED, None if st.session_state.get(PICKED) is None else str(picked(case)))
    if most > 1:
        parts.colour_bar(parts.Scale("viridis", "1 tile", "over a pixel", f"{most} tiles"))
    else:
        st.caption("No pixel lies in more than one tile.")


def words(case: Case, place: int) -> str:
    """A tile in words: where it is, in pixels of what it is cut from."""
    tile = case.plan.pixels(case.plan.tiles[place])
    right, bottom = min(tile.x + tile.width, case.plan.width), min(tile.y + tile.height, case.plan.height)
    return f"{right - tile.x:,} × {bottom - tile.y:,} px, from ({tile.x:,}, {tile.y:,}) to ({right:,}, {bottom:,})"


def picked(case: Case) -> int:
    """The place of the picked tile; at first the one in the middle."""
    count = len(case.plan.tiles)
    middle = case.down // 2 * case.across + case.across // 2
    place = address.number(PICKED, None)
    return middle if place is None or not 0 <= place < count else place


def maps(case: Case, found: Segmented | None) -> None:
    """The classes over the photo: of one pass, and once they are there of the tiles.

    The URL is written here: after a run this is the only part of the view that a move in the picture draws again.
    """
    count = len(case.plan.tiles)
    answers = [("One pass", case.whole), *([(f"{count:,} tile{'s' if count != 1 else ''}", found)] if found else [])]
    of = colours.occurring(*(one for _, one in answers))
    veils = tuple(
        Veil(title, veil(case, answer, of, title), _areas(answer) if len(answers) == 1 else "")
        for title, answer in answers
    )
    opacity, shown = address.number(OPACITY, None), address.number(MAP, None)
    photo = case.photo
    wipe(
        "tiles-maps",
        Wipe(
            photo=cached.backdrop(photo),
            width=photo.width,
            height=photo.height,
            alt=f"The photo under its classes: {_areas(answers[-1][1])}",
            veils=veils,
            position=st.session_state.get(EDGE, 0.06),
            opacity=1.0 if opacity is None else min(opacity, 100) / 100,
            veil=len(answers) - 1 if shown is None else shown,
            tallest=TALLEST,
        ),
        lambda rest: _rested(rest, choice=len(veils) > 1),
    )
    for name in (OPACITY, MAP):
        held = st.session_state.get(name)
        address.show(name, None if held is None else str(held))
    legend(case.whole, found, of)


def veil(case: Case, answer: Segmented, of: dict[int, str], title: str) -> str:
    """The photo under the classes of an answer, as a data URL."""
    return drawings.veil(
        f"{title} {case.name} {answer.settings} {sorted(of)}",
        lambda: coloured(
            np.asarray(images.fit(case.photo.pixels, LONGEST)), reduced(answer.classes), of, by_place=True
        ),
    )


def reduced(classes: np.ndarray, longest: int = LONGEST) -> np.ndarray:
    """Every so many pixels of a class map, at least `longest` along the longer side where there are as many."""
    every = max(1, max(classes.shape) // longest)
    return np.ascontiguousarray(classes[every // 2 :: every, every // 2 :: every])


def draw(case: Case, shown: Shown[SegmentStep], kept: Segmented | None) -> None:
    """A moment of the run: before it one pass, or what an earlier run has ended with; then the tiles so far."""
    newest = shown.newest
    if newest is None:
        maps(case, kept)
    elif newest.answer is not None:
        maps(case, newest.answer)
    else:
        _so_far(case, newest, ended=shown.phase.ended)


def progressing(case: Case, shown: Shown[SegmentStep]) -> None:
    """A run whose answer is shown elsewhere: the tiles so far."""
    if shown.newest is not None and shown.newest.answer is None:
        _so_far(case, shown.newest, ended=shown.phase.ended)


def legend(whole: Segmented, found: Segmented | None, of: dict[int, str]) -> None:
    """The colours and numbers of the classes, with their parts of the photo."""
    shares = [{row.index: row.share for row in one.regions} for one in (whole, found) if one is not None]
    rows = []
    for index, colour in of.items():
        told = " → ".join(parts.percent(one.get(index, 0.0)) for one in shares)
        rows.append(
            f'<span style="white-space:nowrap"><span style="display:inline-block;width:.8em;height:.8em;border-radius:2px;'
            f'background:{colour};margin-right:.4em"></span>{index} {html.escape(whole.names[index])} '
            f'<span style="opacity:.7">{told}</span></span>'
        )
    inside = "".join(rows) or "Nothing but background."
    st.html(
        '<div style="display:flex;flex-wrap:wrap;gap:.25em 1.1em;font-size:.875rem;font-variant-numeric:tabular-nums">'
        f"{inside}</div>"
    )


def _so_far(case: Case, step: SegmentStep, *, ended: bool) -> None:
    pixels = np.asarray(images.fit(case.photo.pixels, RUNNING))
    factor = pixels.shape[1] / case.photo.width
    x1, y1, x2, y2 = (side * factor for side in step.tile)
    of = {place: colour for place, colour in palette(case.whole.names).items() if (step.preview == place).any()}
    made = filling(pixels, step.preview, of, None if ended else (x1, y1, x2, y2))
    left = step.count - step.index - 1
    parts.picture(
        images.encode(made),
        f"{step.index + 1} of {step.count} tiles",
        f"the run was ended before the other {left}" if ended else "dark is what no tile has been on yet",
        alt=f"The photo with the classes of {step.index + 1} of {step.count} tiles",
        tallest=TALLEST,
    )


def _plan_picture(photo: Photo, boxes: tuple[tuple[float, float, float, float], ...]) -> Image.Image:
    pixels = np.asarray(images.fit(photo.pixels, LONGEST))
    height, width = pixels.shape[:2]
    return plan_picture(pixels, covering(boxes, photo.width, photo.height, width, height))


def _areas(answer: Segmented) -> str:
    """The largest classes in words."""
    return ", ".join(f"{row.label} {parts.percent(row.share)}" for row in answer.regions[:4])


def _rested(rest: Rest, *, choice: bool) -> None:
    st.session_state[EDGE] = rest.position
    address.keep(OPACITY, round(100 * rest.opacity))
    if choice:
        address.keep(MAP, rest.veil)
