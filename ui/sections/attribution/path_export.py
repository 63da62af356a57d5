"""The closing row of the path: the three pictures at the end of it, a row for each point, the link, and the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PIL import Image

from core.attribution.settings import Baseline
from ui import controls, export, formats
from ui import photo as photo_tray
from ui.sections.attribution import axioms, path_pictures, path_snippet
from ui.sections.attribution import case as cases
from ui.sections.attribution import path as paths
from ui.sections.attribution.case import Case
from ui.sections.attribution.way import Way
from viz import images

if TYPE_CHECKING:
    from core.experiments.integration import Walk


def take_away(case: Case, made: Way, found: Walk) -> None:
    """The row of one path."""
    settings = made.settings
    own = made.kind is Baseline.PICTURE and made.another.digest in {one.digest for one in photo_tray.own()}
    export.take_away(
        "attribution-path",
        picture=lambda: picture(found),
        rows=lambda: rows(found),
        settings=lambda: {
            "photo": case.photo.name,
            "network": case.card.key,
            "class": case.label,
            "baseline": formats.plain(settings.baseline),
            "other photo": made.other.name if made.other else "",
            "rule": settings.integration.rule.value,
            "points": settings.integration.steps,
            "score": found.score,
            "baseline score": found.baseline_score,
            "sum": found.running[-1],
            "gap": found.gap,
        },
        link=lambda: controls.link("part", "model", *cases.KEYS, *paths.KEYS, *axioms.KEYS),
        snippet=lambda: path_snippet.integrated_gradients(
            case.photo, case.card, case.target, settings.baseline, settings.integration, made.other
        ),
        missing="The photo that is the baseline is your own, and no part of it." if own else "",
        raw=lambda: raw(found),
    )


def rows(found: Walk) -> list[dict[str, str | float | int]]:
    """A row for each point of the path."""
    return [
        {"point": place + 1, "alpha": alpha, "score": score, "sum so far": running}
        for place, (alpha, score, running) in enumerate(
            zip(found.alphas, found.path_scores, found.running, strict=True)
        )
    ]


def picture(found: Walk) -> Image.Image:
    """The photo as the network sees it, and the whole attribution over it."""
    over = path_pictures.signed(found.accumulated[-1], found.pictures[-1])
    return images.beside([images.to_image(found.pictures[-1]), over])


def raw(found: Walk) -> bytes:
    """The attribution, channels added, as NumPy's file."""
    return formats.npy(found.accumulated[-1])
