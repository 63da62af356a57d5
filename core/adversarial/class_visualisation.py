"""What a network would like to see: gradient ascent on the picture, with the network left as it is.

`visualise` raises one class of a classifier, `dream` any number that a function makes of the picture. Both begin with
grey, noise or a photo (deep dream) and yield after every update. What keeps the picture calm acts on what was drawn, the
difference from the ground: the grey, or the photo itself. So a photo is never blurred.

score, L2          Simonyan, Vedaldi and Zisserman, Deep Inside Convolutional Networks, 2014, section 2
jitter, octaves    Mordvintsev, Olah and Tyka, Inceptionism, 2015, and its notebook (google/deepdream, dream.ipynb)
blur, variation    see `core.adversarial.calm`
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import torch
from jaxtyping import Float, UInt8
from torch import Tensor

from core.adversarial.calm import calmed, unrest
from core.adversarial.visualisation_settings import Raised, Start, VisualisationSettings
from core.device import CPU, seeded
from core.errors import SettingError
from core.images.normalise import to_pixels
from core.images.octaves import Octave, carried, octave_at, of_size
from core.steps import Run, Step

Logits = Callable[[Tensor], Tensor]
"""From pictures in [0, 1], (n, 3, h, w) of any size, to logits (n, classes)."""

Strength = Callable[[Tensor], Tensor]
"""From pictures in [0, 1], (n, 3, h, w) of any size, to one number each, (n,)."""

Gradient = Callable[..., tuple[Tensor, ...]]

GREY = 0.5
SPECKLE = 0.05
"""Standard deviation of the noise a run may begin with, in pixel values of [0, 1]."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class VisualisationStep(Step):
    """One update: the picture after it, and what was measured before it, on the picture as it was shifted then.

    `canvas` is in [0, 1] and has the size of its octave. `value` is what was raised, without what keeps the picture calm;
    `score` and `probability` of the target are None where a `dream` has none. `slope` is the length of the gradient of
    all of it. It is 0 where there is no gradient, or none in numbers: then the picture stayed as it was.
    """

    canvas: Float[Tensor, "3 h w"]
    value: float
    score: float | None
    probability: float | None
    slope: float
    octave: int

    @property
    def picture(self) -> UInt8[np.ndarray, "h w 3"]:
        """The canvas as 8-bit pixels."""
        return to_pixels(self.canvas)

    @property
    def stuck(self) -> bool:
        """Whether nothing showed the way, so that nothing was drawn."""
        return self.slope == 0


@dataclass(frozen=True, slots=True, eq=False)
class _Measured:
    """What is raised, with its graph, and what is shown of it."""

    value: Float[Tensor, ""]
    score: float | None = None
    probability: float | None = None


Measure = Callable[[Tensor, VisualisationSettings], _Measured]


def visualise(
    logits: Logits,
    photo: Float[Tensor, "1 3 h w"],
    settings: VisualisationSettings,
    *,
    gradient: Gradient = torch.autograd.grad,
) -> Run[VisualisationStep]:
    """Raise the score or the probability of class `settings.target`, yielding after every update.

    The picture gets the size and device of `photo`, which is in [0, 1], and begins as it where `settings` say so. An
    update is the course's: `picture + length * g / ||g||`, with the L2 norm over all values and a length of `rate` times
    the square root of their number, so that `rate` means the same on every octave; then clamped to [0, 1]. Settings may
    be sent in at every step. The same seed gives the same run.

    Simonyan et al., equation 1: the score less a weight times the squared L2 norm. Departure: the norm is a mean, not a
    sum, so that its weight means the same on every octave. The probability is raised by its logarithm: the slope has the
    same direction, and is neither lost where the probability is tiny nor out of proportion to the weights.

    Raises:
        SettingError: the network has no class `target`; raised by the first step that would need it.
    """
    return _ascend(lambda pictures, now: _of_class(logits(pictures), now), photo, settings, gradient)


def dream(
    strength: Strength,
    photo: Float[Tensor, "1 3 h w"],
    settings: VisualisationSettings,
    *,
    gradient: Gradient = torch.autograd.grad,
) -> Run[VisualisationStep]:
    """Raise `strength` of the picture, such as `feature_strength` of a layer, as `visualise` raises a class."""
    return _ascend(lambda pictures, _: _Measured(strength(pictures)[0]), photo, settings, gradient)


def feature_strength(features: Float[Tensor, "n c h w"]) -> Float[Tensor, " n"]:
    """The mean square of each picture's features: whatever a layer sees already is to become more.

    dream.ipynb, objective_L2, raises half the sum of the squares. The mean has the same direction, and does not grow
    with the picture or the layer.
    """
    return features.square().mean(dim=(1, 2, 3))


def _ascend(
    measure: Measure, photo: Tensor, settings: VisualisationSettings, gradient: Gradient
) -> Run[VisualisationStep]:
    photo = photo.detach()
    ground = photo if settings.start is Start.PHOTO else torch.full_like(photo, GREY)
    draws = seeded(settings.seed, CPU)
    canvas: Tensor | None = None
    index = 0
    while index < settings.steps:
        reached = 0 if canvas is None else canvas.shape[2]
        octave = octave_at(index, settings, *ground.shape[2:], reached=reached)
        here = of_size(ground, octave.height, octave.width)
        canvas = _begun(here, settings, draws) if canvas is None else carried(canvas, ground, *here.shape[2:])
        measured, slope = _looked(measure, canvas, here, settings, draws, gradient)
        direction, length = _unit(slope)
        if length:
            canvas = (canvas + settings.rate * math.sqrt(slope.numel()) * direction).clamp(0, 1)
            if (index + 1) % settings.blur_every == 0:
                canvas = calmed(canvas, here, settings.blur)
        newer = yield _step(index, canvas, measured, length, octave)
        settings = settings if newer is None else newer
        index += 1


def _step(index: int, canvas: Tensor, measured: _Measured, length: float, octave: Octave) -> VisualisationStep:
    return VisualisationStep(
        index=index,
        canvas=canvas[0].to(CPU, copy=True),
        value=measured.value.item(),
        score=measured.score,
        probability=measured.probability,
        slope=length,
        octave=octave.number,
    )


def _begun(here: Tensor, settings: VisualisationSettings, draws: torch.Generator) -> Tensor:
    """The first canvas. Random numbers come from the CPU, so that a seed gives the same picture on every device."""
    if settings.start is not Start.NOISE:
        return here
    return (here + SPECKLE * torch.randn(here.shape, generator=draws).to(here)).clamp(0, 1)


def _looked(
    measure: Measure,
    canvas: Tensor,
    here: Tensor,
    settings: VisualisationSettings,
    draws: torch.Generator,
    gradient: Gradient,
) -> tuple[_Measured, Tensor]:
    """What the network makes of the canvas, shifted by chance, and the gradient; a pass back also shifts back."""
    shift = torch.randint(-settings.jitter, settings.jitter + 1, (2,), generator=draws).tolist()
    with torch.enable_grad():
        leaf = canvas.detach().requires_grad_()
        measured = measure(leaf.roll(shift, dims=(2, 3)), settings)
        (slope,) = gradient(measured.value - unrest(leaf - here, settings), leaf)
    return replace(measured, value=measured.value.detach()), slope  # a waiting run holds no graph


def _of_class(logits: Float[Tensor, "1 classes"], settings: VisualisationSettings) -> _Measured:
    if settings.target >= logits.shape[1]:
        raise SettingError(
            f"target must be a class from 0 to {logits.shape[1] - 1}, got {settings.target}.",
            "Choose one of the network's classes.",
        )
    score, logarithm = logits[0, settings.target], logits.log_softmax(dim=1)[0, settings.target]
    value = score if settings.raised is Raised.SCORE else logarithm
    return _Measured(value, score.item(), logarithm.exp().item())


def _unit(slope: Tensor) -> tuple[Tensor, float]:
    """The gradient at length 1 and the length it had; zeros and 0 where it has no direction.

    Over its largest value first: squares of less than 1e-23 would underflow to a length of 0.
    """
    peak = slope.abs().max()
    if not 0 < peak < math.inf:  # also refuses what is not a number
        return torch.zeros_like(slope), 0.0
    scaled = slope / peak
    length = torch.linalg.vector_norm(scaled)
    return scaled / length, (peak * length).item()
