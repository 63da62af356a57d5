"""A card for each experiment, with a small picture computed from the chosen photo."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from core.images.photo import Photo
from ui import cached, frame, parts
from ui.sections.anchors import boxes, truths
from viz.images import Picture


def experiments(photo: Photo) -> None:
    """The cards, each one link. What a page opens with is what its card shows."""
    parts.section("Experiments", "Each opens with this photo, and with a result on the screen.")
    grid = st.grid(4, min_column_width=220, gap=("medium", "medium"))
    for page in frame.PAGES:
        if page.file in _PICTURES:
            name = page.file.removeprefix("pages/").removesuffix(".py")
            with grid.cell(), st.container(key=f"card-{name}", gap="xsmall"):
                st.image(_PICTURES[page.file](photo).data, width="stretch", alt=f"{page.title} on this photo")
                st.page_link(page.file, label=f"**{page.title}**")
                st.caption(page.promise)


def _anchors(photo: Photo) -> Picture:
    pair = boxes.pairs(photo)[boxes.FIRST]
    return cached.overlap_card(photo, pair.a, pair.b)


def _nms(photo: Photo) -> Picture:
    return cached.crowd_card(photo, truths.of(photo)[0].box)


_PICTURES: dict[str, Callable[[Photo], Picture]] = {"pages/anchors.py": _anchors, "pages/nms.py": _nms}
