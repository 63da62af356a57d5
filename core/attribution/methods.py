"""The methods that the app compares, and what a visitor sets of them. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.attribution.score_cam_settings import ScoreCamSettings
from core.attribution.settings import BaselineSettings, Channels, IntegrationSettings, Measure, Rule, SmoothGradSettings
from core.options import Option


class Method(Option):
    """A way to say which pixels a score comes from."""

    GRAD_CAM = ("grad-cam", "Grad-CAM", "Each map of a layer counts as much as the score rises with it on the whole.")
    GRAD_CAM_PLUS_PLUS = ("grad-cam++", "Grad-CAM++", "Rises alone count, and a small second object keeps its weight.")
    LAYER_CAM = ("layer-cam", "LayerCAM", "Each cell has a weight of its own, so early layers stay fine.")
    SCORE_CAM = (
        "score-cam",
        "Score-CAM",
        "No gradient: the photo is seen through each map, and the score is asked again.",
    )
    CAM = ("cam", "CAM", "The last layer's own weights. Only for networks that end in a mean over positions.")
    GUIDED_GRAD_CAM = (
        "guided-grad-cam",
        "Guided Grad-CAM",
        "Guided backpropagation where Grad-CAM speaks for the class.",
    )
    GUIDED = ("guided", "Guided backpropagation", "Sharp edges, but nearly the same for every class.")
    DECONVNET = ("deconvnet", "Deconvnet", "Only rises travel back, whatever the network saw at a ReLU.")
    INTEGRATED_GRADIENTS = (
        "integrated-gradients",
        "Integrated gradients",
        "Adds up the gradient on the way from a baseline; the map sums to the rise of the score.",
    )
    SMOOTH_GRAD = ("smooth-grad", "SmoothGrad", "The mean gradient of noisy copies of the photo.")
    GRADIENT = ("gradient", "Gradient", "What a small change of each pixel does to the score.")
    GRADIENT_X_INPUT = ("gradient-x-input", "Gradient × input", "The gradient times the value that it is taken at.")

    @property
    def coarse(self) -> bool:
        """Whether its map has the cells of a layer rather than the pixels of the picture."""
        return self in _COARSE

    @property
    def layered(self) -> bool:
        """Whether a layer has a part in it."""
        return self in _COARSE - {Method.CAM} or self is Method.GUIDED_GRAD_CAM

    @property
    def measured(self) -> bool:
        """Whether it explains the measure of the settings, and not the score whatever they say."""
        return "measure" in _READ.get(self, ())

    def read(self, settings: AttributionSettings) -> AttributionSettings:
        """The settings with what this method does not look at as it is by default: equal answers have equal settings."""
        plain = AttributionSettings()
        kept = {name: getattr(settings, name) for name in _READ.get(self, ())}
        return replace(plain, **kept)

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

_READ: dict[Method, tuple[str, ...]] = {
    Method.SCORE_CAM: ("score_cam",),
    Method.GUIDED_GRAD_CAM: ("measure", "channels"),
    Method.GUIDED: ("measure", "channels"),
    Method.DECONVNET: ("measure", "channels"),
    Method.INTEGRATED_GRADIENTS: ("measure", "baseline", "integration"),
    Method.SMOOTH_GRAD: ("measure", "channels", "noise"),
    Method.GRADIENT: ("measure", "channels"),
    Method.GRADIENT_X_INPUT: ("measure",),
}
"""What each method reads of the settings; of those that are not here, nothing."""
