"""The closing row of the view: the map over the photo, the mask, areas, the plan, the link, the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from PIL import Image, ImageDraw

from core.zoo.model_card import ModelCard
from ui import controls, export, formats, model_picker
from ui.sections.segmenter import colours, tiles_controls, tiles_presets, tiles_snippet, tiles_stage
from ui.sections.segmenter.tiles_case import Case
from viz import images
from viz.class_maps import mask_image
from viz.masks import coloured, palette

if TYPE_CHECKING:
    from core.experiments.segmented import Segmented

NAME = "segmenter-tiles"
LONGEST = 1200


def take_away(case: Case, found: Segmented) -> None:
    """The row."""
    export.take_away(
        NAME,
        picture=lambda: picture(case, found),
        rows=lambda: rows(case, found),
        settings=lambda: settings(case),
        link=lambda: link(case.card),
        snippet=lambda: tiles_snippet.snippet(case),
        raw=lambda: formats.npy(found.classes),
        further=lambda: _mask(found),
    )


def picture(case: Case, found: Segmented) -> Image.Image:
    """The photo under the classes, with the outlines of the tiles."""
    pixels = np.asarray(images.fit(case.photo.pixels, LONGEST))
    image = coloured(
        pixels, tiles_stage.reduced(found.classes, LONGEST), colours.occurring(case.whole, found), by_place=True
    )
    brush, factor = ImageDraw.Draw(image), pixels.shape[1] / case.photo.width
    for box in case.boxes:
        x1, y1, x2, y2 = (round(side * factor) for side in box)
        brush.rectangle((x1, y1, x2 - 1, y2 - 1), outline="white")
    return image


def rows(case: Case, found: Segmented) -> list[dict[str, str | float | int]]:
    """A row for each class that the tiles or one pass found: its area by both."""
    whole = {row.index: row.share for row in case.whole.regions}
    tiles = {row.index: row.share for row in found.regions}
    return [
        {
            "number": place,
            "class": name,
            "pixels": int((found.classes == place).sum()),
            "share": tiles.get(place, 0.0),
            "share in one pass": whole.get(place, 0.0),
        }
        for place, name in enumerate(found.names)
        if place in tiles or place in whole
    ]


def settings(case: Case) -> dict[str, object]:
    """The settings and the plan."""
    plan = case.plan
    return {
        "photo": case.photo.name,
        "network": case.card.key,
        "settings": formats.plain(case.settings),
        "plan": {
            "width": plan.width,
            "height": plan.height,
            "factor": plan.factor,
            "passes": plan.passes,
            "tiles": [list(plan.pixels(tile)) for tile in plan.tiles],
        },
    }


def link(card: ModelCard) -> dict[str, str | list[str]]:
    """The query of a link to this state, without the photo."""
    return {
        "part": "Tiles",
        model_picker.NAME: card.key,
        **controls.link(tiles_presets.KEY, *tiles_controls.KEYS, *tiles_stage.LOOKS),
    }


def _mask(found: Segmented) -> None:
    st.download_button(
        "Mask",
        lambda: images.png(mask_image(found.classes, palette(found.names))),
        f"{NAME}-mask.png",
        "image/png",
        icon=":material/format_paint:",
        on_click="ignore",
        key=f"{NAME}-mask",
        help="A PNG with a palette: each pixel holds the number of its class, 0 is the background.",
    )
