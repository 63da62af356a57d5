"""The closing row: the maps as a picture, their numbers, the raw map, the link, and the lines that make the first again."""

from __future__ import annotations

import io
from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.attribution.methods import AttributionSettings
from ui import controls, export
from ui.sections.attribution import case as cases
from ui.sections.attribution import compare, display, presets, snippet
from ui.sections.attribution.case import Case
from ui.sections.attribution.display import Display
from viz import images

if TYPE_CHECKING:
    from core.experiments.attribution import Explanation

GAP = 12  # px


def take_away(
    case: Case, found: Sequence[Explanation], settings: AttributionSettings, layer: str | None, shown: Display
) -> None:
    """The row of all maps that are shown."""
    distinct = list({id(one): one for one in found}.values())
    export.take_away(
        "attribution",
        picture=lambda: sheet(case, distinct, settings, shown),
        rows=[row(one) for one in distinct],
        settings={"photo": case.photo.name, "network": case.card.key, "settings": str(settings), "display": str(shown)},
        link=controls.link("part", presets.KEY, "model", *cases.KEYS, *compare.KEYS, "weighing"),
        snippet=snippet.grad_cam(case.photo, case.card, case.target, layer or case.opened.deepest),
        raw=lambda: raw(distinct[0]),
    )


def row(one: Explanation) -> dict[str, str | float | int]:
    """The numbers of one map."""
    return {
        "method": one.method.title,
        "class": one.label,
        "probability": one.probability,
        "score": one.score,
        "layer": one.layer or "",
        "height": one.map.shape[0],
        "width": one.map.shape[1],
        "largest": float(one.map.max()),
        "smallest": float(one.map.min()),
        "sum": float(one.map.sum()),
        "gap": "" if one.gap is None else one.gap,
        "forward": one.cost.forward,
        "backward": one.cost.backward,
        "milliseconds": one.cost.milliseconds,
    }


def raw(one: Explanation) -> bytes:
    """The map as NumPy's file."""
    buffer = io.BytesIO()
    np.save(buffer, one.raw)
    return buffer.getvalue()


def sheet(case: Case, found: Sequence[Explanation], settings: AttributionSettings, shown: Display) -> Image.Image:
    """All maps over the photo, scaled as on the page, up to three in a row."""
    rows = [list(row) for _, row in groupby(found, key=lambda one: one.method)]
    scaled = [one for row in rows for one in display.shown(row, shown)]
    tiles = [
        images.decode(compare.picture(case, one, its, settings, shown)) for one, its in zip(found, scaled, strict=True)
    ]
    across = min(3, len(tiles))
    width, height = tiles[0].size
    down = -(-len(tiles) // across)
    made = Image.new("RGB", (across * (width + GAP) - GAP, down * (height + GAP) - GAP), "white")
    for place, tile in enumerate(tiles):
        made.paste(tile, (place % across * (width + GAP), place // across * (height + GAP)))
    return made
