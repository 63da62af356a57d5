"""The closing row of the view Trust: the pictures at this step, every curve in numbers, the link, and the lines."""

from __future__ import annotations

from collections.abc import Sequence

from PIL import Image

from ui import address, controls, export, formats, parts
from ui.sections.attribution import case as cases
from ui.sections.attribution import fall, sanity
from ui.sections.attribution.case import Case
from ui.sections.attribution.deletion_snippet import deletion
from ui.sections.attribution.fall import Judged
from ui.sections.attribution.sanity import Checked
from viz import images

STEPS = 32  # of a curve: those of `core.experiments.trust`
Row = dict[str, str | float | int]


def take_away(case: Case, found: Sequence[Judged], shown: str, checked: Checked) -> None:
    """The row of everything that is there; nothing while the first curve is not."""
    mine = next((one for one in found if one.title == shown), None)
    if mine is None:
        return
    explained, step = mine.explanation, address.number(fall.STEP, None) or 0
    export.take_away(
        "trust",
        picture=lambda: picture(mine, step),
        rows=lambda: rows(found, checked),
        settings=lambda: {
            "photo": case.photo.name,
            "network": case.card.key,
            "class": case.label,
            "pictures of": shown,
        },
        link=lambda: controls.link("part", "model", *cases.KEYS, *fall.KEYS, *sanity.KEYS),
        snippet=lambda: deletion(case.photo, case.card, case.target, case.opened.deepest, STEPS),
        raw=(lambda: formats.npy(explained.raw)) if explained else None,
    )


def bill(case: Case, found: Sequence[Judged], checked: Checked) -> None:
    """What all of it cost: the maps, the curves, and the sanity check."""
    costs = [cost for one in found for cost in (one.deletion.cost, one.insertion.cost)]
    costs += [one.explanation.cost for one in found if one.explanation] + [one.cost for one in checked.found]
    parts.cost(*(costs or [case.opened.cost]))


def picture(mine: Judged, step: int) -> Image.Image:
    """Deletion and insertion beside each other, at one step."""
    pair = [images.to_image(one.picture(min(step, len(one.scores) - 1))) for one in (mine.deletion, mine.insertion)]
    return images.beside(pair)


def rows(found: Sequence[Judged], checked: Checked) -> list[Row]:
    """A row for each point of each curve, and for each stage of each map that was checked."""
    curves: list[Row] = [
        {"of": one.title, "what": fallen.kind.value, "at": share, "value": score, "area under the curve": fallen.auc}
        for one in found
        for fallen in (one.deletion, one.insertion)
        for share, score in zip(fallen.shares, fallen.scores, strict=True)
    ]
    stages: list[Row] = [
        {
            "of": one.method.title,
            "what": what,
            "at": step.stage or "trained",
            "value": value,
            "area under the curve": "",
        }
        for one in checked.found
        for step in one.steps
        for what, value in (("rank correlation", step.rank_correlation), ("SSIM", step.ssim))
    ]
    return curves + stages
