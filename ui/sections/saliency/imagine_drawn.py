"""What is drawn: the small run that is there at once, or the one that was started, at this moment or finished."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

from core.adversarial.visualisation_settings import Raised, VisualisationSettings
from ui import parts
from ui.cached import gradients
from ui.sections.saliency import imagine_film
from ui.sections.saliency.imagine_controls import Plan
from ui.sections.saliency.imagine_film import Roll
from viz import images

if TYPE_CHECKING:
    from core.experiments.cost import Cost
    from core.experiments.effort import Effort
    from core.experiments.imagining import DrawnStep, Imagined
    from ui.live import Shown

WIDE = 400  # px


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What is seen. `canvas` (3, h, w) in [0, 1] is its picture, and `roll` the steps to it.

    `value` is what is raised, with `score` and `probability` of the class: of the picture as it is where the run is
    `over`, else of the newest step. `small` is the small run, None for one that was started.
    """

    plan: Plan
    canvas: np.ndarray
    roll: Roll
    value: float
    score: float | None
    probability: float | None
    over: bool
    cost: Cost
    small: Imagined | None

    @property
    def settings(self) -> VisualisationSettings:
        """The settings it was drawn with, as far as they did not change on the way."""
        return self.plan.small() if self.small else self.plan.settings

    @property
    def side(self) -> int:
        """Pixels of its longest side."""
        return self.plan.small_side if self.small else self.plan.side


def glimpse(plan: Plan) -> Imagined:
    """The small run; cached."""
    return gradients.imagined(plan.card.key, plan.small(), plan.small_side, plan.ground, plan.layer)


def making(plan: Plan) -> Effort[Imagined]:
    """The small run as an effort, to be advanced; cached."""
    return gradients.imagining(plan.card.key, plan.small(), plan.small_side, plan.ground, plan.layer)


def glimpsed(plan: Plan, found: Imagined) -> Drawn:
    """The small run as what is on the page."""
    said = found.closing
    roll = imagine_film.small(plan, found)
    return Drawn(plan, found.canvas, roll, said.value, said.score, said.probability, True, found.cost, found)


def drawn(plan: Plan, shown: Shown[DrawnStep]) -> Drawn:
    """The run that was started as it stands, or the small one before its first step."""
    newest = shown.newest
    if newest is None:
        return glimpsed(plan, glimpse(plan))
    return finished(plan, shown.history, newest) if shown.phase.ended else moment(plan, shown.history, newest)


def moment(plan: Plan, history: tuple[DrawnStep, ...], newest: DrawnStep) -> Drawn:
    """A run under way."""
    canvas = newest.canvas.numpy()
    roll = imagine_film.watched(plan, history, newest)
    return Drawn(plan, canvas, roll, newest.value, newest.score, newest.probability, False, newest.cost, None)


def finished(plan: Plan, history: tuple[DrawnStep, ...], newest: DrawnStep) -> Drawn:
    """A run that has ended, or was stopped: the network is asked once more, about its picture as it is."""
    canvas = newest.canvas.numpy()
    said = gradients.closing(plan.card.key, plan.settings, canvas, plan.layer)
    roll = imagine_film.watched(plan, history, newest, said)
    cost = parts.together([newest.cost, said.cost])
    return Drawn(plan, canvas, roll, said.value, said.score, said.probability, True, cost, None)


def picture(canvas: np.ndarray) -> Image.Image:
    """A canvas (3, h, w) in [0, 1] as a picture, as large as the page shows it: an early octave is small."""
    made = images.of_canvas(canvas)
    factor = max(1.0, WIDE / made.width)
    return made.resize((round(made.width * factor), round(made.height * factor)), Image.Resampling.BICUBIC)


def stuck(plan: Plan) -> str:
    """Why nothing is drawn, and what to do."""
    if plan.layer:
        advice = "Choose another layer."
    elif plan.settings.raised is Raised.SCORE:
        advice = "Begin with noise, or raise the probability."
    else:
        advice = "Begin with noise."
    return f"The gradient is 0 here: no small change moves this number, so nothing can be drawn. {advice}"
