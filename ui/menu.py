"""The menu: one row for each page, with its place, its icon, and the sentence that says what one learns there."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby

import streamlit as st


@dataclass(frozen=True, slots=True)
class Page:
    """One row of the menu. `promise` is the sentence under the title and on the Overview card."""

    file: str
    title: str
    group: str
    icon: str
    promise: str


PAGES = (
    Page(
        "app.py",
        "Overview",
        "",
        ":material/home:",
        "Move a control, watch the picture answer, check the number. Then try it on your own photo.",
    ),
    Page(
        "pages/anchors.py",
        "Anchors & IoU",
        "Boxes",
        ":material/crop_free:",
        "Say how much two boxes overlap, and which anchors learn an object.",
    ),
    Page(
        "pages/nms.py",
        "NMS",
        "Boxes",
        ":material/filter_none:",
        "Say which box is kept, why each of the others vanishes, and when that is a mistake.",
    ),
    Page(
        "pages/detector.py",
        "YOLO detector",
        "Networks",
        ":material/detection_and_zone:",
        "Say how a grid of numbers becomes boxes, what each threshold does, and how the network learned to do it.",
    ),
    Page(
        "pages/segmenter.py",
        "FCN segmenter",
        "Networks",
        ":material/format_paint:",
        "Say which class every pixel gets, how sure that is, and how coarse scores become a fine picture.",
    ),
    Page(
        "pages/attribution.py",
        "Attribution",
        "Networks",
        ":material/center_focus_strong:",
        "Say which pixels an answer comes from, by which method, and whether to believe it.",
    ),
    Page(
        "pages/saliency.py",
        "Saliency & adversarial",
        "Networks",
        ":material/gradient:",
        "Say what a network's slope shows, how it fools the network, and what it paints when nothing holds it back.",
    ),
    Page(
        "pages/style.py",
        "Style transfer",
        "Networks",
        ":material/brush:",
        "Say what a network takes for content and what for style, and steer a painting while it is made.",
    ),
    Page(
        "pages/models.py",
        "Models",
        "Networks",
        ":material/deployed_code:",
        "Say what each network was trained for, what it costs, and what it makes of your photo.",
    ),
    Page(
        "pages/teach.py",
        "For teachers",
        "Teaching",
        ":material/school:",
        "Say what your class shall see first, and send it as one link.",
    ),
)


def draw() -> None:
    """Links to all pages, by group."""
    with st.container(gap="small"):
        for group, rows in groupby(PAGES, key=lambda row: row.group):
            with st.container(gap="xsmall"):
                if group:
                    st.caption(group)
                for row in rows:
                    st.page_link(row.file, label=row.title, icon=row.icon, width="stretch")
