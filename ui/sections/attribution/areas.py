"""Why these pixels? The areas of the lab's segmenter, and Grad-CAM of the mean score of one of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image

from core.images.photo import Photo
from ui import cached, messages, parts
from ui.cached import attributions, drawings, insides
from ui.sections.attribution.boxes import LONGEST, laid
from viz import images
from viz.attributions import strongest
from viz.heatmaps import DIMMED

if TYPE_CHECKING:
    from core.experiments.regions import RegionMap

SEGMENTER = attributions.SEGMENTER
AREA = "area"
KEYS = (AREA,)


def areas(photo: Photo) -> RegionMap:
    """The class to choose, its area, and where the score over it comes from."""
    parts.section(
        "Why these pixels?",
        "The mean score of a class over its area is asked, and Grad-CAM says which cells of the trunk it came from.",
    )
    first = attributions.region_map(photo, None)
    index = _pick(first)
    found = first if index == first.index else attributions.region_map(photo, index)
    if len(first.names) == 1:
        st.info(
            f"The segmenter sees nothing but {first.label} on this photo. Choose a photo with an animal or a person on it, such "
            "as the cat or the astronaut.",
            icon=":material/info:",
        )
    name, share = messages.escape(found.label), {one: part for _, one, part in found.names}.get(found.index, 0.0)
    left, right = st.columns(2, gap="medium")
    key = f"{photo.digest} {cached.version(SEGMENTER)} {found.index}"
    with left:
        parts.picture(
            drawings.drawn(f"{key} area", lambda: area(photo, found)),
            f"Area of {name}",
            f"{parts.percent(share)} of the picture",
            alt=f"The photo with the area of {found.label} outlined, the rest dimmed",
        )
    with right:
        parts.picture(
            drawings.drawn(f"{key} why", lambda: map_over_area(photo, found)),
            f"Why {name}",
            "Grad-CAM of the mean score over the outlined area",
            alt=f"Grad-CAM of the mean score of {found.label} over its area, which is outlined",
            scale=parts.Scale("viridis", "0", "", f"{strongest([found.map]):.2g}"),
        )
    _figures(found, share)
    return found


def _pick(first: RegionMap) -> int:
    """The class that is chosen among those that occur; a class keeps its label on every photo."""
    options = [name for name, _, _ in first.names]
    if st.session_state.get(AREA) not in (None, *options):
        st.session_state[AREA] = first.label  # of another photo
    chosen = st.selectbox("Class", options, index=options.index(first.label), key=AREA, bind="query-params", width=340)
    return next((index for name, index, _ in first.names if name == chosen), first.index)


def _figures(found: RegionMap, share: float) -> None:
    if not found.map.any():
        st.caption("The map is empty: no cell of the middle of the network speaks for this class there.")
        return
    inside = insides.in_area(found)
    cells = parts.four(150)
    cells[0].metric("Map on the area", parts.percent(inside, 0))
    cells[1].metric("Area of the picture", parts.percent(share))
    if share:
        cells[2].metric(
            "Map against chance", f"{inside / share:.1f} ×", help="1 × would be a map that does not know of the area."
        )
    cells[3].metric("Kinds of area", f"{len(found.names):,}")


def area(photo: Photo, found: RegionMap) -> Image.Image:
    """The photo with the outline of the area; what lies outside is dimmed."""
    small = images.fit(photo.pixels, LONGEST)
    inside = _inside(found, small)
    pixels = np.asarray(small)
    dimmed = np.where(inside[..., None], pixels, (pixels * DIMMED).astype(np.uint8))
    return _outlined(images.to_image(dimmed), inside)


def map_over_area(photo: Photo, found: RegionMap) -> Image.Image:
    """The photo under the map, with the outline of the area."""
    small = images.fit(photo.pixels, LONGEST)
    factor = small.width / photo.width
    x1, y1, x2, y2 = (side * factor for side in found.seen)
    picture = laid(np.asarray(small), found.map, (x1, y1, x2, y2))
    return _outlined(picture, _inside(found, small))


def _inside(found: RegionMap, small: Image.Image) -> np.ndarray:
    """Which pixels of the picture belong to the class (h, w)."""
    return np.asarray(Image.fromarray(found.classes).resize(small.size, Image.Resampling.NEAREST)) == found.index


def _outlined(picture: Image.Image, inside: np.ndarray) -> Image.Image:
    """A white line of 2 px just inside the area between black ones: seen on dark and on bright maps."""
    rings = [inside]
    for _ in range(4):
        rings.append(_shrunk(rings[-1]))
    pixels = np.array(picture)
    pixels[rings[0] & ~rings[4]] = 0
    pixels[rings[1] & ~rings[3]] = 255
    return Image.fromarray(pixels)


def _shrunk(inside: np.ndarray) -> np.ndarray:
    """The area without its pixels at the border; the edge of the picture is none."""
    padded = np.pad(inside, 1, mode="edge")
    return inside & padded[:-2, 1:-1] & padded[2:, 1:-1] & padded[1:-1, :-2] & padded[1:-1, 2:]
