"""What a visitor chooses of attribution: what is explained, along which path, how it is summed and shown. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass

from core.errors import SettingError
from core.options import Option

MOST_STEPS = 1_000
"""Points of a path."""

MOST_SAMPLES = 200
"""Noisy copies of a photo."""

MOST_BLUR = 500
"""Standard deviation in pixels."""

MOST_SEEDS = 2**32


class Measure(Option):
    """The number that is explained."""

    SCORE = ("score", "Score", "The logit of the class, before the softmax: other classes have no part in it.")
    LOG_PROBABILITY = (
        "log-probability",
        "Log-probability",
        "After the softmax: it also rises when other classes fall.",
    )
    CROSS_ENTROPY = (
        "cross-entropy",
        "Cross-entropy",
        "The loss of training: the log-probability with its sign turned.",
    )


class Channels(Option):
    """How the values of the colour channels become one value for each pixel."""

    LARGEST = ("largest", "Largest", "The largest of the channels, signs dropped: how much one channel alone matters.")
    LENGTH = ("length", "Length", "The length of the vector of the channels: how much the colour matters as a whole.")
    SUM = ("sum", "Sum", "The channels added with their signs: what speaks for the class less what speaks against it.")


class Rule(Option):
    """Where an integral over [0, 1] is sampled, and with which weights."""

    LEFT = ("left", "Left sum", "Every step counts with the gradient at its start, so the baseline itself is a point.")
    RIGHT = ("right", "Right sum", "Every step counts with the gradient at its end, so the photo itself is a point.")
    MIDPOINT = ("midpoint", "Midpoints", "Every step counts with the gradient at its middle; both ends are left out.")
    TRAPEZOID = (
        "trapezoid",
        "Trapezoids",
        "Both ends are points and count half, so there is one step less than points.",
    )
    GAUSS_LEGENDRE = (
        "gauss-legendre",
        "Gauss–Legendre",
        "n points placed so that polynomials up to degree 2n − 1 come out exact.",
    )

    @property
    def fewest_steps(self) -> int:
        """The smallest number of points it can be made of."""
        return 2 if self is Rule.TRAPEZOID else 1


class Baseline(Option):
    """The picture that stands for "nothing to see", where a path begins."""

    BLACK = ("black", "Black", "Black pixels of the photo get nothing, whatever they mean.")
    WHITE = ("white", "White", "White pixels of the photo get nothing, whatever they mean.")
    BLURRED = ("blurred", "The photo, blurred", "Colours stay and edges go: what is left is credit for detail.")
    RANDOM_PIXELS = ("random-pixels", "Random pixels", "No colour is favoured, but another seed gives another map.")
    NOISY = ("noisy", "The photo with noise", "Starts near the photo, so the path crosses little.")
    MEAN_COLOUR = ("mean-colour", "The photo's mean colour", "One flat colour, as bright as the photo is on the whole.")
    COLOUR = ("colour", "A colour of your choice", "Pixels of that very colour get nothing.")
    PICTURE = ("picture", "Another photo", "Asks what makes this photo differ from that one.")
    MEAN_PHOTO = ("mean-photo", "The mean of the training photos", "What the network has seen on average.")

    @property
    def needs_picture(self) -> bool:
        """Whether it is a picture that has to be handed in, rather than made from the photo."""
        return self in (Baseline.PICTURE, Baseline.MEAN_PHOTO)


@dataclass(frozen=True, slots=True, kw_only=True)
class IntegrationSettings:
    """How the integral along the path is summed: by which rule, and at how many points.

    Raises:
        SettingError: `steps` is outside of [1, 1000], or 1 for trapezoids, which need both ends.
    """

    rule: Rule = Rule.MIDPOINT
    steps: int = 64

    def __post_init__(self) -> None:
        fewest = self.rule.fewest_steps
        if not fewest <= self.steps <= MOST_STEPS:
            raise SettingError(
                f'steps must be from {fewest} to {MOST_STEPS:,} with the rule "{self.rule.title}", got {self.steps}.'
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class SmoothGradSettings:
    """The noise of SmoothGrad. `level` is its standard deviation as a share of the photo's largest less smallest value.

    Raises:
        SettingError: a number is outside its range.
    """

    level: float = 0.15
    samples: int = 32
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.level <= 1:
            raise SettingError(f"level must be from 0 to 1, got {self.level}.")
        if not 1 <= self.samples <= MOST_SAMPLES:
            raise SettingError(f"samples must be from 1 to {MOST_SAMPLES}, got {self.samples}.")
        _check_seed(self.seed)


@dataclass(frozen=True, slots=True, kw_only=True)
class BaselineSettings:
    """Which baseline, and what some of them need.

    `blur` is the standard deviation in pixels of the blurred photo, `noise` that of the noisy photo in pixel values of
    [0, 1], `colour` is red, green and blue in [0, 1], and `seed` belongs to both kinds of noise.

    Raises:
        SettingError: a number is outside its range.
    """

    kind: Baseline = Baseline.BLACK
    blur: float = 10.0
    noise: float = 0.3
    colour: tuple[float, float, float] = (0.5, 0.5, 0.5)
    seed: int = 0

    def __post_init__(self) -> None:
        if not 0 < self.blur <= MOST_BLUR:
            raise SettingError(f"blur must be above 0 and at most {MOST_BLUR} pixels, got {self.blur}.")
        if not 0 <= self.noise <= 1:
            raise SettingError(f"noise must be from 0 to 1, got {self.noise}.")
        if not all(0 <= value <= 1 for value in self.colour):
            raise SettingError(f"colour must have values from 0 to 1, got {self.colour}.")
        _check_seed(self.seed)


def _check_seed(seed: int) -> None:
    if not 0 <= seed < MOST_SEEDS:
        raise SettingError(f"seed must be from 0 to {MOST_SEEDS - 1:,}, got {seed}.")
