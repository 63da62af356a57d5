"""Why this box? The detections of a lab detector on the photo, and Grad-CAM of the score of one of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from core.images.photo import Photo
from core.zoo.catalog import card
from ui import cached, messages, parts
from ui.cached import attributions, drawings, insides
from viz import images
from viz.attributions import ColourMap, over, strongest, veil
from viz.boxes import cased
from viz.colours import BOX_B as CHOSEN
from viz.colours import IGNORED, Stroke
from viz.detections import Tagged, detection_picture

if TYPE_CHECKING:
    from core.experiments.models import Found
    from core.experiments.regions import BoxMap

DETECTORS = {card(key).title: key for key in ("lab-yolo-14", "lab-yolo")}
DETECTOR, BOX = "detector", "box"
KEYS = (DETECTOR, BOX)
MOST = 8  # boxes in the list
LONGEST = 720  # px of a picture
OPACITY = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class Boxed:
    """What the detector `model` found, and the map of the box that is chosen."""

    model: str
    found: BoxMap


def boxes(photo: Photo) -> Boxed:
    """The detections to choose from, and where the score of the chosen one comes from."""
    parts.section(
        "Why this box?", "The score of one box is asked, and Grad-CAM says which cells of the trunk it came from."
    )
    titles = list(DETECTORS)
    chosen = st.selectbox(
        "Detector", titles, key=DETECTOR, bind="query-params", width=340, help="The first has four times as many cells."
    )
    model = DETECTORS.get(chosen or titles[0], DETECTORS[titles[0]])
    every = attributions.box_map(photo, 0, model)
    if not every.things:
        st.info(
            f"{card(model).title} finds no box on this photo. Choose the other detector, or the photo of the cat or the astronaut.",
            icon=":material/info:",
        )
        return Boxed(model, every)
    shown = every.things[:MOST]
    left, middle, right = st.columns([4, 2, 4], gap="medium")
    with middle:
        number = _pick(shown)
    found = attributions.box_map(photo, number, model)
    key, name = f"{photo.digest} {cached.version(model)} {number}", messages.escape(shown[number].label)
    with left:
        parts.picture(
            drawings.drawn(f"{key} boxes", lambda: all_boxes(photo, shown, number)),
            "What it finds",
            f"{len(every.things)} boxes" + (f", the best {MOST} are shown" if len(every.things) > MOST else ""),
            alt=f"The photo with {len(shown)} boxes, number {number + 1} marked",
        )
    with right:
        parts.picture(
            drawings.drawn(f"{key} why", lambda: map_under_box(photo, found)),
            f"Why box {number + 1}",
            f"Grad-CAM of its score, {name} {shown[number].score:.2f}",
            alt=f"Grad-CAM of the score of box {number + 1}, a {shown[number].label}, with the box over it",
            scale=parts.Scale("viridis", "0", "", f"{strongest([found.map]) if found.map is not None else 0:.2g}"),
        )
    _figures(found)
    formula(found)
    return Boxed(model, found)


def _pick(shown: tuple[Found, ...]) -> int:
    """The place of the chosen box; the options are numbers, which stay the same on every photo."""
    options = [str(number) for number in range(1, len(shown) + 1)]
    if st.session_state.get(BOX) not in (None, *options):
        st.session_state[BOX] = options[0]  # of another photo
    words = [f"{messages.escape(one.label)} {one.score:.2f}" for one in shown]
    chosen = st.radio("Box", options, captions=words, horizontal=True, key=BOX, bind="query-params")
    return options.index(chosen) if chosen in options else 0


def _figures(found: BoxMap) -> None:
    share, thing = insides.in_box(found), found.things[found.chosen]
    if share is None or found.map is None:
        return
    if not found.map.any():
        st.caption("The map is empty: no cell speaks for this score. The box stands on what the head adds by itself.")
        return
    x1, y1, x2, y2 = thing.box
    left, top, right, bottom = found.seen
    area = (x2 - x1) * (y2 - y1) / ((right - left) * (bottom - top))
    cells = parts.four(150)
    cells[0].metric("Score", f"{thing.score:.2f}")
    cells[1].metric("Map inside the box", parts.percent(share, 0))
    cells[2].metric("Photo inside the box", parts.percent(area, 0))
    cells[3].metric(
        "Map against chance", f"{share / area:.1f} ×", help="1 × would be a map that does not know of the box."
    )
    told = [f"{parts.percent(1 - share, 0)} of the evidence lies outside of the box."] if share < 0.5 else []
    if thing.score < 0.5:
        told.append("The score is low. A map explains a wrong box as readily as a right one.")
    if told:
        st.caption(" ".join(told))


def all_boxes(photo: Photo, shown: tuple[Found, ...], chosen: int) -> Image.Image:
    """The photo with the boxes, numbered as in the list; those that are not chosen are grey."""
    small = images.fit(photo.pixels, LONGEST)
    factor = small.width / photo.width
    tagged = []
    for place, one in enumerate(shown):
        mine = place == chosen
        words = f"{place + 1} {one.label} {one.score:.2f}" if mine else str(place + 1)
        tagged.append(Tagged(_scaled(one.box, factor), words, CHOSEN.colour if mine else IGNORED.colour))
    tagged.insert(0, tagged.pop(chosen))
    return detection_picture(np.asarray(small), tagged)


def map_under_box(photo: Photo, found: BoxMap) -> Image.Image:
    """The photo under the map of the chosen detection, with its box."""
    small = images.fit(photo.pixels, LONGEST)
    factor, pixels = small.width / photo.width, np.asarray(small)
    picture = small if found.map is None else laid(pixels, found.map, _scaled(found.seen, factor))
    x1, y1, x2, y2 = (round(side) for side in _scaled(found.things[found.chosen].box, factor))
    thick = max(2, round(max(picture.size) / 220))
    cased(
        ImageDraw.Draw(picture),
        (x1, y1, x2, y2),
        Stroke("#FFFFFF").rgb,
        thick,
        thin=thick // 2,
        casing=(0, 0, 0),
        inside=True,
    )
    return picture


def laid(pixels: np.ndarray, map: np.ndarray, seen: tuple[float, float, float, float]) -> Image.Image:
    """The photo under a map that is not negative, by its own largest value."""
    most = strongest([map])
    values = map / most if most else map
    made = veil(values, ColourMap.VIRIDIS, (224, 224), smooth=True, signed=False)
    return over(pixels, made, seen, OPACITY)


def formula(found: BoxMap) -> None:
    """What the score of the chosen box is made of."""
    if found.factors is None:
        return
    st.latex(product(found))
    st.caption(
        "t is the logit of the anchor's confidence, z are the logits of the classes of its cell. Redmon et al., 2016, equation 1."
    )


def product(found: BoxMap) -> str:
    """The score in LaTeX, as the product that it is."""
    sure, likely = found.factors or (0.0, 0.0)
    return (
        r"\begin{aligned} s &= \underbrace{\sigma(t)}_{\text{confidence}} \cdot "
        r"\underbrace{\mathrm{softmax}(z)_c}_{\text{class}} \\[1.2em] "
        rf"&= {sure:.3f} \cdot {likely:.3f} = {found.things[found.chosen].score:.3f} \end{{aligned}}"
    )


def _scaled(box: tuple[float, float, float, float], factor: float) -> tuple[float, float, float, float]:
    x1, y1, x2, y2 = (side * factor for side in box)
    return x1, y1, x2, y2
