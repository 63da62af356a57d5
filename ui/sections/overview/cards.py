"""A card for each experiment, with a small picture computed from the chosen photo."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.errors import ModelError
from core.images.photo import Photo
from core.zoo.classifiers import LAB
from ui import cached, frame, parts
from ui.sections.anchors import boxes, truths
from viz.images import Picture

EXPLAINED = "pages/attribution.py"


def experiments(photo: Photo) -> DeltaGenerator:
    """The cards, each one link. What a page opens with is what its card shows.

    Returns the place of the one picture that takes a network: until `explained` fills it, it is the photo.
    """
    waiting = st.empty()
    parts.section("Experiments", "Each opens with this photo, and with a result on the screen.")
    grid = st.grid(4, min_column_width=220, gap=("medium", "medium"))
    for page in frame.PAGES:
        if page.file in _PICTURES:
            name = page.file.removeprefix("pages/").removesuffix(".py")
            with grid.cell(), st.container(key=f"card-{name}", gap="xsmall"):
                slot = st.empty()
                with slot:
                    st.image(_PICTURES[page.file](photo).data, width="stretch", alt=f"{page.title} on this photo")
                if page.file == EXPLAINED:
                    waiting = slot
                st.page_link(page.file, label=f"**{page.title}**")
                st.caption(page.promise)
    return waiting


def explained(photo: Photo, place: DeltaGenerator) -> None:
    """The lab's own classifier explains its first guess on the card of the page that is about that.

    Where its weights are gone, what is above the cards says so, and the card keeps the photo.
    """
    try:
        answer = cached.look(photo, LAB.key)
    except ModelError:
        return
    picture = cached.cam_card(photo, LAB.key, answer)
    with place:
        st.image(picture.data, width="stretch", alt=f"Where the guess {answer.target} comes from on this photo")


def _anchors(photo: Photo) -> Picture:
    pair = boxes.pairs(photo)[boxes.FIRST]
    return cached.overlap_card(photo, pair.a, pair.b)


def _nms(photo: Photo) -> Picture:
    return cached.crowd_card(photo, truths.of(photo)[0].box)


_PICTURES: dict[str, Callable[[Photo], Picture]] = {
    "pages/anchors.py": _anchors,
    "pages/nms.py": _nms,
    EXPLAINED: cached.photo_card,
}
