"""What a painting is at one step: its picture and losses, all that a run needs to go on from it, and what a history holds."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TypeVar

import numpy as np
from jaxtyping import Float, UInt8
from torch import Tensor

from core.errors import SettingError
from core.images.normalise import to_pixels, to_tensor
from core.steps import Step
from core.style.colour import luminance
from core.style.objective import Losses
from core.style.optimisers import Memory
from core.style.settings import Colours, StyleSettings

Canvas = Float[Tensor, "1 c h w"]


@dataclass(frozen=True, slots=True, eq=False)
class Best:
    """The picture with the lowest loss so far, among those at the present size and with the present weights."""

    index: int
    losses: Losses
    canvas: Float[Tensor, "3 h w"]

    @property
    def total(self) -> float:
        """Its loss."""
        return self.losses.total

    @property
    def picture(self) -> UInt8[np.ndarray, "h w 3"]:
        """It as 8-bit pixels."""
        return to_pixels(self.canvas)


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """All that a run needs to go on from one step: on its device, and never written to.

    `canvas` has one channel where brightness alone is painted. `settings` are those of the step, and a run that goes on with
    others treats them as sent at that moment. `best` is None where it is to be sought anew.
    """

    canvas: Canvas
    memory: Memory
    settings: StyleSettings
    best: Best | None


@dataclass(frozen=True, slots=True, eq=False)
class Still:
    """What a history holds of a standing: the settings of the step, and of some steps the picture at its full size."""

    settings: StyleSettings
    pixels: UInt8[np.ndarray, "h w 3"] | None


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class StyleStep(Step):
    """The picture after `index` updates and its losses; index 0 is the start, and the last has `settings.steps`.

    `canvas` is in [0, 1] and has the size of its `octave`, counted from 0, the coarsest; in what a history holds it is
    smaller. `standing` is None where no run can go on from the step.
    """

    canvas: Float[Tensor, "3 h w"]
    losses: Losses
    octave: int
    best: Best
    standing: Standing | Still | None

    @property
    def picture(self) -> UInt8[np.ndarray, "h w 3"]:
        """The canvas as 8-bit pixels, at its full size where a history holds that."""
        held = self.standing.pixels if isinstance(self.standing, Still) else None
        return to_pixels(self.canvas) if held is None else held

    @property
    def resumable(self) -> bool:
        """Whether a run can go on from here."""
        return isinstance(self.standing, Standing) or (self.standing is not None and self.standing.pixels is not None)


StepT = TypeVar("StepT", bound=StyleStep)


def kept(step: StepT, canvas: Float[Tensor, "3 h w"], *, whole: bool = False) -> StepT:
    """A step as a history holds it: its numbers, its settings, and a smaller `canvas` for its picture and for its best one.

    A `whole` one also holds the picture at its full size, as 8-bit pixels, so that a run can go on from it.
    """
    still = step.standing
    if isinstance(still, Standing):
        still = Still(still.settings, step.picture if whole else None)
    return replace(step, canvas=canvas, best=replace(step.best, canvas=canvas), standing=still)


def reopened(step: StyleStep) -> Standing:
    """Where a run stood after a step, so that it can go on from there.

    Of a step that a history held, the picture is that of 8-bit pixels, the optimiser remembers nothing, and the best picture
    is sought anew.

    Raises:
        SettingError: the history holds too little of this step.
    """
    still = step.standing
    if isinstance(still, Standing):
        return still
    if still is None or still.pixels is None:
        raise SettingError(f"Of step {step.index} only a small picture is kept.", "Go on from another step.")
    picture = to_tensor(still.pixels)
    canvas = luminance(picture) if still.settings.colours is Colours.LUMINANCE else picture
    return Standing(canvas, None, still.settings, None)
