"""The closing rows of the view Look inside, one for each thing that is looked at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.images.styles import shipped
from ui import controls, export, formats
from ui.components.matrix_view import Matrix
from ui.sections.saliency.imagine_drawn import picture as enlarged
from ui.sections.style import inside_case, inside_presets, inside_rebuilt_words, inside_snippet
from ui.sections.style.inside_case import Sight
from viz.colours import RED_BLUE, VIRIDIS
from viz.heatmaps import between
from viz.images import beside, to_image

if TYPE_CHECKING:
    from core.experiments.effort import Effort
    from core.experiments.models import Maps
    from core.experiments.style_inside import Grams, Rebuilt
    from ui.sections.style.inside_cell import Latest
    from ui.sections.style.inside_rebuilt import Row

SIDE = 480
"""Pixels of a matrix in the picture."""


def grams(sight: Sight, found: Grams, matrices: Sequence[Matrix], latest: Latest) -> None:
    """The matrices, the numbers of the cell, and the lines that compute both."""

    def rows() -> list[dict[str, str | float | int]]:
        row, column = (found.channels[place] for place in latest.cell)
        entries = latest.now().entries()
        sides = (("style", found.style), (sight.role, found.ours))
        return [
            {"of": side, "first map": row, "second map": column, "entry": float(matrix[latest.cell]), "mean": again}
            for (side, matrix), again in zip(sides, entries, strict=True)
        ]

    export.take_away(
        inside_case.NAME,
        picture=lambda: beside([heat_map(one) for one in matrices]),
        rows=rows,
        settings=lambda: {**_settings(sight), "layer": found.layer, "maps": list(found.channels), "loss": found.loss},
        link=lambda: _link(sight, inside_case.CELL),
        snippet=lambda: inside_snippet.grams(sight, found, latest.cell),
        missing=" ".join(
            one for one in (_missing(sight), "Your painting is not part of it." if sight.painting else "") if one
        ),
        raw=lambda: formats.npy(np.stack([found.style, found.ours])),
    )


def rebuilt(sight: Sight, rows: Sequence[Row], made: Sequence[Effort[Rebuilt]], name: str) -> None:
    """The pictures that are finished, and the lines that rebuild the deepest of them."""

    def finished() -> list[Rebuilt]:
        return [one.answer for one in made if one.answer]

    def picture() -> Image.Image:
        return beside([enlarged(one.canvas) for one in finished()] or [to_image(rows[0].original.pixels)])

    export.take_away(
        f"style-{name}",
        picture=picture,
        rows=lambda: inside_rebuilt_words.rows_of(rows, made),
        settings=lambda: {
            **_settings(sight),
            "side": rows[0].settings.side,
            "variation": rows[0].settings.total_variation,
        },
        link=lambda: _link(sight),
        snippet=lambda: inside_snippet.rebuilt(sight, rows[-1]),
        missing=_missing(sight),
        raw=lambda: formats.npy(np.stack([one.canvas for one in finished()] or [np.zeros((3, 0, 0), np.float32)])),
    )


def seen(sight: Sight, style: Maps, ours: Maps, sheets: Callable[[], Sequence[Image.Image]]) -> None:
    """The maps of both, and the lines that find the strongest on the photo."""
    export.take_away(
        "style-layer",
        picture=lambda: beside([on_white(one) for one in sheets()], across=1),
        rows=lambda: [
            {"of": side, "map": channel, "mean": mean}
            for side, found in (("style", style), ("photo", ours))
            for channel, mean in zip(found.channels, found.means, strict=True)
        ],
        settings=lambda: {**_settings(sight), "layer": style.layer},
        link=lambda: _link(sight),
        snippet=lambda: inside_snippet.seen(sight, style.layer),
        missing=_missing(sight),
        raw=lambda: formats.npy(np.concatenate([style.maps, ours.maps])),
    )


def heat_map(matrix: Matrix) -> Image.Image:
    """A matrix as the browser draws it, each cell a square of one colour."""
    shares = np.sqrt(np.clip(np.abs(matrix.values) / (matrix.top or 1.0), 0, 1))
    signed = (1 + np.sign(matrix.values) * shares) / 2
    drawn = between(signed, RED_BLUE) if matrix.signed else between(shares, VIRIDIS)
    side = max(1, SIDE // len(shares)) * len(shares)
    return to_image(drawn).resize((side, side), Image.Resampling.NEAREST)


def on_white(image: Image.Image) -> Image.Image:
    """A picture with its transparent parts white."""
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


def _settings(sight: Sight) -> dict[str, object]:
    return {"photo": sight.photo.name, "style": sight.style.name, "network": sight.card.key}


def _link(sight: Sight, *more: str) -> dict[str, str | list[str]]:
    bundled = {} if _missing(sight) else {"style": sight.key}
    keys = ("part", inside_presets.KEY, *inside_case.KEYS, *more)
    return {**controls.link(*keys), **bundled, "model": sight.card.key}


def _missing(sight: Sight) -> str:
    """What a link can't carry."""
    return "" if shipped(sight.key) else "Your own style is not part of it."
