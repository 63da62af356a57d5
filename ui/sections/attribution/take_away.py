"""The closing row: the maps as a picture, their numbers, the raw map, the link, and the lines that make the first again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from PIL import Image

from core.attribution.methods import AttributionSettings
from ui import controls, export, formats
from ui.sections.attribution import case as cases
from ui.sections.attribution import compare, display, presets, snippet
from ui.sections.attribution.case import Case
from ui.sections.attribution.display import Display
from viz import images

if TYPE_CHECKING:
    from core.experiments.attribution import Explanation


def take_away(
    case: Case,
    found: Sequence[Explanation],
    settings: AttributionSettings,
    shown: Display,
    *,
    picture: Callable[[], Image.Image] | None = None,
) -> None:
    """The row of all maps that are shown; `picture` is another one than all of them over the photo."""
    distinct = list({id(one): one for one in found}.values())
    first = distinct[0]
    export.take_away(
        "attribution",
        picture=picture or (lambda: sheet(case, distinct, settings, shown)),
        rows=lambda: [row(one) for one in distinct],
        settings=lambda: {
            "photo": case.photo.name,
            "network": case.card.key,
            "settings": formats.plain(settings),
            "display": formats.plain(shown),
        },
        link=lambda: controls.link("part", presets.KEY, "model", *cases.KEYS, *compare.KEYS, "weighing"),
        snippet=lambda: snippet.explained(
            case.photo, case.card, first.method, first.target, settings, first.layer or case.opened.deepest
        ),
        raw=lambda: formats.npy(distinct[0].raw),
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


def sheet(case: Case, found: Sequence[Explanation], settings: AttributionSettings, shown: Display) -> Image.Image:
    """All maps over the photo, scaled as on the page: a method in each row where there are two classes, else three in a row."""
    if shown.same_scale:
        rows = [list(row) for _, row in groupby(found, key=lambda one: one.method)]
        scaled = [one for row in rows for one in display.shown(row, shown)]
    else:
        scaled = [one for explanation in found for one in display.shown([explanation], shown)]
    tiles = [
        images.decode(compare.picture(case, one, its, settings, shown)) for one, its in zip(found, scaled, strict=True)
    ]
    return images.beside(tiles, across=2 if len({one.target for one in found}) == 2 else 3)
