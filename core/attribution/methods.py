"""The methods that the app compares, and what a visitor sets of them. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum

from core.attribution.score_cam_settings import ScoreCamSettings
from core.attribution.settings import BaselineSettings, Channels, IntegrationSettings, Measure, Rule, SmoothGradSettings


class Method(Enum):
    """A way to say which pixels a score comes from."""

    GRAD_CAM = "grad-cam"
    GRAD_CAM_PLUS_PLUS = "grad-cam++"
    LAYER_CAM = "layer-cam"
    SCORE_CAM = "score-cam"
    CAM = "cam"
    GUIDED_GRAD_CAM = "guided-grad-cam"
    GUIDED = "guided"
    DECONVNET = "deconvnet"
    INTEGRATED_GRADIENTS = "integrated-gradients"
    SMOOTH_GRAD = "smooth-grad"
    GRADIENT = "gradient"
    GRADIENT_X_INPUT = "gradient-x-input"

    @property
    def title(self) -> str:
        """How it is called."""
        return _WORDS[self][0]

    @property
    def lesson(self) -> str:
        """What it does, in one line."""
        return _WORDS[self][1]

    @property
    def coarse(self) -> bool:
        """Whether its map has the cells of a layer rather than the pixels of the picture."""
        return self in _COARSE

    @property
    def layered(self) -> bool:
        """Whether a layer has a part in it."""
        return self in _COARSE - {Method.CAM} or self is Method.GUIDED_GRAD_CAM

    @property
    def signed(self) -> bool:
        """Whether a value below 0 speaks against the class."""
        return self in (Method.CAM, Method.INTEGRATED_GRADIENTS, Method.GRADIENT_X_INPUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class AttributionSettings:
    """What the methods are given.

    `measure` is for those that go back to the pixels: those that weigh the maps of a layer explain the logit. `channels` is for
    those that make a value for each colour of a pixel and are not signed.
    """

    measure: Measure = Measure.SCORE
    channels: Channels = Channels.LARGEST
    baseline: BaselineSettings = field(default_factory=BaselineSettings)
    integration: IntegrationSettings = field(
        default_factory=lambda: IntegrationSettings(rule=Rule.GAUSS_LEGENDRE, steps=32)
    )
    noise: SmoothGradSettings = field(default_factory=lambda: SmoothGradSettings(samples=20))
    score_cam: ScoreCamSettings = field(default_factory=lambda: ScoreCamSettings(top=64))


_COARSE = {Method.GRAD_CAM, Method.GRAD_CAM_PLUS_PLUS, Method.LAYER_CAM, Method.SCORE_CAM, Method.CAM}

_WORDS = {
    Method.GRAD_CAM: ("Grad-CAM", "Each map of a layer counts as much as the score rises with it on the whole."),
    Method.GRAD_CAM_PLUS_PLUS: ("Grad-CAM++", "Rises alone count, and a small second object keeps its weight."),
    Method.LAYER_CAM: ("LayerCAM", "Each cell has a weight of its own, so early layers stay fine."),
    Method.SCORE_CAM: ("Score-CAM", "No gradient: the photo is seen through each map, and the score is asked again."),
    Method.CAM: ("CAM", "The last layer's own weights. Only for networks that end in a mean over positions."),
    Method.GUIDED_GRAD_CAM: ("Guided Grad-CAM", "Guided backpropagation where Grad-CAM speaks for the class."),
    Method.GUIDED: ("Guided backpropagation", "Sharp edges, but nearly the same for every class."),
    Method.DECONVNET: ("Deconvnet", "Only rises travel back, whatever the network saw at a ReLU."),
    Method.INTEGRATED_GRADIENTS: (
        "Integrated gradients",
        "Adds up the gradient on the way from a baseline; the map sums to the rise of the score.",
    ),
    Method.SMOOTH_GRAD: ("SmoothGrad", "The mean gradient of noisy copies of the photo."),
    Method.GRADIENT: ("Gradient", "What a small change of each pixel does to the score."),
    Method.GRADIENT_X_INPUT: ("Gradient × input", "The gradient times the value that it is taken at."),
}
