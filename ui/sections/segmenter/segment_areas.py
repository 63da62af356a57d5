"""The areas as things: regions that hang together, each with its box. Made when somebody asks for them."""

from __future__ import annotations

import numpy as np
import streamlit as st
from PIL import Image

from core.boxes.settings import Box
from core.segmentation.areas import Region, regions
from core.segmentation.settings import IGNORE
from ui import parts
from ui.sections.segmenter.segment_case import Case
from viz import images
from viz.detections import Tagged, detection_picture

BOXES = "seg-boxes"
LEAST = 0.001
"""The least part of the photo that a region has."""
MOST = 20
LONGEST = 960


def areas(case: Case) -> None:
    """A table of regions and their boxes on the photo, once it is asked for."""
    parts.section(
        "Boxes from masks",
        "Pixels of one class that hang together are one region. Two cats that touch are one: a class map does not count things.",
    )
    if not st.toggle("Find the regions", key=BOXES, bind="query-params"):
        return
    found = boxed(case)
    if not found:
        st.caption("No region is as large as a thousandth of the photo. Lower the threshold, or choose another photo.")
        return
    left, right = st.columns(2, gap="medium")
    with left:
        parts.picture(
            images.encode(picture(case, found)),
            "Boxes from masks",
            f"regions of at least {parts.percent(LEAST)} of the photo",
            alt=f"The photo with a box around each of {len(found)} regions",
            tallest=340,
        )
    with right:
        st.dataframe(
            [{key: value for key, value in row.items() if key != "pixels"} for row in rows(case, found)],
            hide_index=True,
            column_config={"share": st.column_config.NumberColumn("share", format="percent")},
        )


def boxed(case: Case) -> tuple[Region, ...]:
    """The regions of all classes but the background, the largest first."""
    least = max(1, round(LEAST * case.decided.size))
    every = [
        region
        for place in case.shares()
        if place in case.look.colours
        for region in regions(case.decided, place, least=least, most=MOST)
    ]
    return tuple(sorted(every, key=lambda one: -one.pixels)[:MOST])


def rows(case: Case, found: tuple[Region, ...]) -> list[dict[str, str | float | int]]:
    """A row for each region; its box is in pixels of the photo."""
    every = []
    for number, one in enumerate(found, start=1):
        x1, y1, x2, y2 = on_photo(case, one)
        every.append(
            {
                "number": number,
                "label": case.look.found.names[one.label],
                "share": one.pixels / case.decided.size,
                "pixels": one.pixels,
                "x1": round(x1, 1),
                "y1": round(y1, 1),
                "x2": round(x2, 1),
                "y2": round(y2, 1),
            }
        )
    return every


def on_photo(case: Case, region: Region) -> Box:
    """The box of a region in pixels of the photo's working copy."""
    height, width = case.decided.shape
    x1, y1, x2, y2 = case.look.found.seen
    wide, high = (x2 - x1) / width, (y2 - y1) / height
    left, top, right, bottom = region.box
    return x1 + left * wide, y1 + top * high, x1 + right * wide, y1 + bottom * high


def picture(case: Case, found: tuple[Region, ...]) -> Image.Image:
    """The photo with the box of each region."""
    small = images.fit(case.look.photo.pixels, LONGEST)
    factor = small.width / case.look.photo.width
    tagged = []
    for number, one in enumerate(found, start=1):
        x1, y1, x2, y2 = (side * factor for side in on_photo(case, one))
        label = case.look.found.names[one.label]
        tagged.append(Tagged((x1, y1, x2, y2), f"{number} {label}", case.look.colours[one.label]))
    return detection_picture(np.asarray(small), tagged)


def table(case: Case) -> list[dict[str, str | float | int]]:
    """A row for each class that occurs, and one for the pixels that belong to nobody."""
    names, size = case.look.found.names, case.decided.size
    counted = [
        {"number": place, "class": names[place], "pixels": round(share * size), "share": share}
        for place, share in case.shares().items()
    ]
    nobody = {"number": IGNORE, "class": "unknown", "pixels": round(case.unsure * size), "share": case.unsure}
    return [*counted, nobody] if case.unsure else counted
