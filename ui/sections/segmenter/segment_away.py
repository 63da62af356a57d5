"""The closing row of the view Segment: the picture, areas, the mask as a file, probabilities, the link, the lines."""

from __future__ import annotations

import numpy as np
import streamlit as st
from PIL import Image

from ui import controls, export, formats, model_picker
from ui.components.class_map import Mode, Veil
from ui.sections.segmenter import (
    looks,
    segment_areas,
    segment_controls,
    segment_presets,
    segment_snippet,
    segment_view,
)
from ui.sections.segmenter.segment_case import Case
from viz import images
from viz.attributions import ColourMap, alone
from viz.class_maps import mask_image
from viz.masks import painted

NAME = "segmentation"
LONGEST = 1200


def take_away(case: Case) -> None:
    """The row. The picture is as the page shows it; the mask has every class, and 255 where a pixel is unknown."""
    export.take_away(
        NAME,
        picture=lambda: picture(case),
        rows=lambda: segment_areas.table(case),
        settings=lambda: settings(case),
        link=lambda: link(case),
        snippet=lambda: segment_snippet.snippet(case),
        raw=lambda: formats.npy(case.look.found.probabilities),
        further=lambda: _mask(case),
    )


def settings(case: Case) -> dict[str, object]:
    """What was asked, and how it is looked at."""
    return {
        "photo": case.look.photo.name,
        "network": case.look.row.title,
        "looked": formats.plain(case.look.found.settings),
        "classes": list(case.look.found.names),
        "view": formats.plain(case.view),
        "mean entropy in bits": case.sure.mean,
    }


def link(case: Case) -> dict[str, str | list[str]]:
    """The query of a link to this state, without the photo."""
    widgets = controls.link("part", segment_presets.KEY, *looks.KEYS, segment_controls.BESIDE, segment_areas.BOXES)
    return {**widgets, model_picker.NAME: case.look.row.key, **segment_view.link(case.view)}


def picture(case: Case) -> Image.Image:
    """The photo under the map that is seen, with its opacity, its threshold, and without the classes that are off."""
    view, small = case.view, images.fit(case.look.photo.pixels, LONGEST)
    names, bare = case.look.found.names, case.view.mode is Mode.MASK
    if view.mode is Mode.PHOTO:
        return small
    if view.veil is not Veil.CLASSES:
        values, most = (case.sure.margin, 1.0) if view.veil is Veil.MARGIN else (case.sure.entropy, case.sure.most)
        over = alone(values.astype(np.float32) / most, ColourMap.VIRIDIS, small.size, smooth=True)
        return over if bare else Image.blend(small, over, view.opacity)
    of = {place: colour for place, colour in case.look.colours.items() if names[place] not in view.off}
    return painted(np.asarray(small), case.decided, of, opacity=view.opacity, outlines=view.contours, bare=bare)


def mask(case: Case) -> Image.Image:
    """The class of each pixel by its number, with the colours of the page as its palette."""
    return mask_image(case.decided, case.look.colours)


def _mask(case: Case) -> None:
    st.download_button(
        "Mask",
        lambda: images.png(mask(case)),
        f"{NAME}-mask.png",
        "image/png",
        icon=":material/format_paint:",
        on_click="ignore",
        key=f"{NAME}-mask",
        help="A PNG with a palette: each pixel is the number of its class, 255 where it is unknown. Hidden classes are in it.",
    )
