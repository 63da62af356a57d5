"""What is seen of a painting: the fast preview, or the run that was started, at this moment or ended."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.errors import ModelError
from core.images.growth import least_side
from core.style.settings import Optimiser, Start, StyleSettings
from core.zoo import painters
from core.zoo.model_card import ModelCard
from ui.cached import efforts, fast_stylings, stylings
from ui.sections.style.case import Case, Drawn

if TYPE_CHECKING:
    from core.experiments.styling import PaintedStep
    from ui.live import Shown

GLIMPSE, SIDE = 24, 128
"""Updates and pixels of the small run that is there at once: about a second on two cores with the lab's network."""

FEWER, LESS, LARGE = 6, 112, 2_000_000
"""The same with networks of more than so many parameters."""

LONGEST = 512
"""Pixels of the longest side of a preview in one pass, at most: it is to be there at once."""


def small(case: Case) -> StyleSettings:
    """The settings of the small run: few updates at one small size, by the optimiser that comes farther in so few."""
    steps, side = (GLIMPSE, SIDE) if case.card.parameters <= LARGE else (FEWER, LESS)
    side = max(side, min(least_side(case.photo.width, case.photo.height), case.settings.side))
    return replace(case.settings, steps=steps, side=side, octaves=1, optimiser=Optimiser.LBFGS)


def painter(case: Case) -> ModelCard | None:
    """The network that learned this style and paints it in one pass.

    None where no network did, where there are two styles, and where that pass would say nothing of what is set: it always
    paints over the photo.
    """
    own = case.settings
    if len(case.keys) != 1 or own.start is not Start.CONTENT or not own.content or not own.style:
        return None
    return painters.painter_of(case.keys[0])


def preview(case: Case) -> Drawn:
    """What is there before the run: painted in one pass, or by a small run where no network has learned the style."""
    fast = painter(case)
    if fast:
        with suppress(ModelError):  # its weights are gone: the small run needs none of them
            side = min(case.settings.side, LONGEST)
            found = fast_stylings.painted(case.photo, fast.key, side, case.settings.colours)
            return Drawn(case, found.canvas, (), None, over=False, cost=found.cost, fast=fast)
    steps = efforts.whole(stylings.glimpse(case.card.key, case.photo, case.styles, small(case)))
    last = steps[-1]
    return Drawn(case, last.canvas.numpy(), steps, last.losses, over=False, cost=last.cost, fast=None)


def drawn(case: Case, shown: Shown[PaintedStep]) -> Drawn:
    """The run that was started as it stands, or the preview before its first step.

    Once it has ended, was stopped, or failed, that is its best picture: an unlucky last update takes nothing away.
    """
    newest = shown.newest
    if newest is None:
        return preview(case)
    canvas = _canvas(newest)
    if not shown.phase.ended or newest.best.canvas.shape != canvas.shape:
        return Drawn(case, canvas, shown.history, newest.losses, over=shown.phase.ended, cost=newest.cost, fast=None)
    best = newest.best
    return Drawn(case, best.canvas.numpy(), shown.history, best.losses, over=True, cost=newest.cost, fast=None)


def _canvas(step: PaintedStep) -> np.ndarray:
    """The picture of a step, at its full size where a history holds it as 8-bit pixels."""
    canvas, pixels = step.canvas.float().numpy(), step.picture
    return canvas if canvas.shape[1:] == pixels.shape[:2] else pixels.transpose(2, 0, 1) / np.float32(255)
