"""The closing row of the view Look: pictures, the numbers of the walk, the map as it is, the link, and the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st
from PIL import Image

from ui import controls, export, formats
from ui.sections.attribution import case as cases
from ui.sections.attribution.case import Case
from ui.sections.saliency import look_controls, look_snippet, look_stage
from ui.sections.saliency.look_controls import STEP, Gaze
from ui.sections.saliency.look_line import OPENS
from ui.sections.saliency.look_presets import KEY
from ui.sections.saliency.look_stage import Seen
from viz import images

if TYPE_CHECKING:
    from core.experiments.tangents import Tangent


def take_away(case: Case, gaze: Gaze, found: Seen, walk: Tangent) -> None:
    """The row."""
    frame = min(int(st.session_state.get(STEP, OPENS) or 0), len(walk.lengths) - 1)
    covered = found.covered
    export.take_away(
        "saliency-look",
        picture=lambda: sheet(case, found),
        rows=lambda: rows(walk),
        settings=lambda: {
            "photo": case.photo.name,
            "network": case.card.key,
            "class": case.label,
            "method": gaze.method.value,
            "settings": formats.plain(gaze.settings),
            "share": gaze.share,
            "pixels": covered.count,
            "fill": formats.plain(gaze.fill),
            "probability": covered.before,
            "top covered": covered.probability,
            "random covered": list(covered.random),
            "slope": walk.slope,
            "parting": walk.parting,
        },
        link=lambda: controls.link("part", KEY, "model", *cases.KEYS[:1], *look_controls.KEYS),
        snippet=lambda: look_snippet.saliency(case.photo, case.card, case.target, gaze, walk.lengths[frame]),
        raw=lambda: formats.npy(found.map),
    )


def rows(walk: Tangent) -> list[dict[str, str | float | int]]:
    """A row for each step of the walk."""
    table = zip(walk.lengths, walk.predicted, walk.real, walk.random, strict=True)
    return [
        {"t": length, "levels": walk.levels(length), "promised": promised, "real": real, "random step": random}
        for length, promised, real, random in table
    ]


def sheet(case: Case, found: Seen) -> Image.Image:
    """The photo with its map, and the two covered pictures."""
    made = look_stage.picture(case, found)
    small = [images.to_image(one) for one in (found.covered.picture, found.covered.random_picture)]
    return images.beside([made, *(one.resize((made.height, made.height)) for one in small)])
