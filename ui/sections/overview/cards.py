"""A card for each experiment, with a small picture computed from the chosen photo."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.detection.detecting_settings import FindSettings, SeeSettings
from core.errors import ModelError
from core.images.photo import Photo
from core.images.styles import STYLES
from core.zoo import painters
from core.zoo.classifiers import LAB
from core.zoo.segmenters import LAB_FCN
from ui import cached, menu, parts
from ui.cached import attributions, detections, drawings, fast_stylings, segmentations
from ui.sections.anchors import boxes, truths
from ui.sections.detector.detect_controls import OPENING
from viz import images
from viz.images import Picture

EXPLAINED, SLOPE, BOXED, PAINTED, STYLED = (
    "pages/attribution.py",
    "pages/saliency.py",
    "pages/detector.py",
    "pages/segmenter.py",
    "pages/style.py",
)
STYLED_SIDE = 384  # px


def experiments(photo: Photo) -> dict[str, DeltaGenerator]:
    """The cards, each one link. What a page opens with is what its card shows.

    Returns the places of the pictures that take a network: until `explained` fills them, they are the photo.
    """
    waiting: dict[str, DeltaGenerator] = {}
    parts.section("Experiments", "Each opens with this photo, and with a result on the screen.")
    grid = st.grid(4, min_column_width=180, gap=("medium", "medium"))
    for page in menu.PAGES:
        if page.file in _PICTURES:
            name = page.file.removeprefix("pages/").removesuffix(".py")
            with grid.cell(), st.container(key=f"card-{name}", gap="xsmall"):
                slot = st.empty()
                with slot:
                    st.image(_PICTURES[page.file](photo).data, width="stretch", alt=f"{page.title} on this photo")
                if page.file in (EXPLAINED, SLOPE, BOXED, PAINTED, STYLED):
                    waiting[page.file] = slot
                st.page_link(page.file, label=f"**{page.title}**")
                st.caption(page.promise)
    return waiting


def explained(photo: Photo, places: dict[str, DeltaGenerator]) -> None:
    """The lab's own networks draw boxes, paint classes and styles, and explain a first guess, on the cards that are about that.

    Where the weights are gone, what is above the cards says so, and the cards keep the photo.
    """
    with suppress(ModelError):
        things = detections.found(photo, OPENING, SeeSettings(), FindSettings()).things
        with places[BOXED]:
            names = ", ".join(dict.fromkeys(one.label for one in things)) or "nothing that it knows"
            st.image(cached.thing_card(photo, things).data, width="stretch", alt=f"Found on this photo: {names}")
    with suppress(ModelError):
        picture, painted = segmentations.card(photo, LAB_FCN.key)
        with places[PAINTED]:
            names = ", ".join(painted) or "nothing that it knows"
            st.image(picture.data, width="stretch", alt=f"Painted on this photo: {names}")
    with suppress(ModelError):
        _styled(photo, places[STYLED])
    try:
        answer = cached.look(photo, LAB.key)
    except ModelError:
        return
    picture = cached.cam_card(photo, LAB.key, answer)
    with places[EXPLAINED]:
        st.image(picture.data, width="stretch", alt=f"Where the guess {answer.target} comes from on this photo")
    with places[SLOPE]:
        slope = attributions.slope_card(photo, LAB.key)
        st.image(slope.data, width="stretch", alt=f"How much each pixel moves the guess {answer.target}")


def _styled(photo: Photo, place: DeltaGenerator) -> None:
    """The photo in the first style of the tray that a network has learned."""
    known = ((row, painters.painter_of(row.key)) for row in STYLES)
    style, painter = next(((row, card) for row, card in known if card), (None, None))
    if style is None or painter is None:
        return
    found = fast_stylings.painted(photo, painter.key, STYLED_SIDE)
    picture = drawings.drawn(
        f"{photo.digest} {cached.version(painter.key)} card",
        lambda: images.cover(np.asarray(images.of_canvas(found.canvas)), 480, 300),
    )
    with place:
        st.image(picture.data, width="stretch", alt=f"This photo, painted in the style {style.title}")


def _anchors(photo: Photo) -> Picture:
    pair = boxes.pairs(photo)[boxes.FIRST]
    return cached.overlap_card(photo, pair.a, pair.b)


def _nms(photo: Photo) -> Picture:
    return cached.crowd_card(photo, truths.of(photo)[0].box)


_PICTURES: dict[str, Callable[[Photo], Picture]] = {
    "pages/anchors.py": _anchors,
    "pages/nms.py": _nms,
    EXPLAINED: cached.photo_card,
    SLOPE: cached.photo_card,
    BOXED: cached.photo_card,
    PAINTED: cached.photo_card,
    STYLED: cached.photo_card,
}
