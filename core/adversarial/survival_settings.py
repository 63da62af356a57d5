"""What everyday handling can do to a picture, and how strongly. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum
from typing import NamedTuple

from core.adversarial.settings import MOST_SEEDS
from core.errors import SettingError

Strength = int | float | None
"""How strong one kind of handling is, in its unit; None is that it is not done at all."""


class Handling(Enum):
    """What happens to a picture on its way, in that order: cut and scaled, seen by a lens, read by a sensor, saved."""

    CROP = "crop"
    RESIZE = "resize"
    BLUR = "blur"
    NOISE = "noise"
    DEPTH = "depth"
    JPEG = "jpeg"

    @property
    def title(self) -> str:
        """How it is called."""
        return _KINDS[self].title

    @property
    def lesson(self) -> str:
        """What it does, in one line."""
        return _KINDS[self].lesson

    @property
    def unit(self) -> str:
        """What its strength counts."""
        return _KINDS[self].unit

    @property
    def least(self) -> int | float:
        """The smallest number its strength may have, whole where that is."""
        return _KINDS[self].least

    @property
    def most(self) -> int | float:
        """The largest number its strength may have, whole where that is."""
        return _KINDS[self].most

    @property
    def neutral(self) -> Strength:
        """The strength at which nothing is done. For a JPEG it is None: even one of quality 100 changes pixels."""
        return _KINDS[self].neutral


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """How strong each kind of handling is; as it comes, nothing is done. Each field is the value of its `Handling`.

    `crop` is the share of each side that is cut away around the middle, `resize` the share of the size that is left
    before the picture is brought back, `blur` a standard deviation in pixels, `noise` one in levels of 0..255, `depth`
    the bits of each channel, and `jpeg` the quality of the file. `seed` belongs to the noise.

    Raises:
        SettingError: a number is outside its range.
    """

    crop: float = 0.0
    resize: float = 1.0
    blur: float = 0.0
    noise: float = 0.0
    depth: int = 8
    jpeg: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for kind in Handling:
            _check(kind, self.strength(kind))
        if not 0 <= self.seed < MOST_SEEDS:
            raise SettingError(f"seed must be from 0 to {MOST_SEEDS - 1:,}, got {self.seed}.")

    @classmethod
    def only(cls, kind: Handling, strength: Strength, *, seed: int = 0) -> Treatment:
        """One kind of handling and no other; with None not even that.

        Raises:
            SettingError: `strength` is outside the range of `kind`.
        """
        nothing = cls(seed=seed)
        return nothing if strength is None else replace(nothing, **{kind.value: strength})

    def strength(self, kind: Handling) -> Strength:
        """How strong `kind` is."""
        return getattr(self, kind.value)

    @property
    def done(self) -> tuple[Handling, ...]:
        """The kinds of handling that do something, in the order in which a picture meets them."""
        return tuple(kind for kind in Handling if self.strength(kind) != kind.neutral)


def sweep(kind: Handling) -> tuple[Strength, ...]:
    """Strengths for a curve of what the network sees: nothing done first, then stronger and stronger."""
    return _KINDS[kind].sweep


def _check(kind: Handling, strength: Strength) -> None:
    if strength is not None and not kind.least <= strength <= kind.most:
        raise SettingError(f"{kind.value} must be from {kind.least:g} to {kind.most:g}, got {strength}.")


class _Kind(NamedTuple):
    title: str
    lesson: str
    unit: str
    least: int | float
    most: int | float
    neutral: Strength
    sweep: tuple[Strength, ...]


_KINDS = {
    Handling.CROP: _Kind(
        "Crop",
        "The rim is cut off and the middle brought back to the old size: what a network sees moves and grows.",
        "share of each side",
        0.0,
        0.9,
        0.0,
        (0.0, 0.01, 0.02, 0.04, 0.06, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5),
    ),
    Handling.RESIZE: _Kind(
        "Smaller and back",
        "Neighbouring pixels are averaged into fewer: what changed from one pixel to the next is lost.",
        "share of the size",
        0.02,
        1.0,
        1.0,
        (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1),
    ),
    Handling.BLUR: _Kind(
        "Blur",
        "A lens out of focus: every pixel becomes a mean of those around it.",
        "pixels",
        0.0,
        20.0,
        0.0,
        (0.0, 0.3, 0.5, 0.7, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0),
    ),
    Handling.NOISE: _Kind(
        "Noise",
        "A sensor in the dark: every value is off by chance, and what was computed exactly drowns in it.",
        "levels",
        0.0,
        128.0,
        0.0,
        (0.0, 1.0, 2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0, 32.0, 48.0),
    ),
    Handling.DEPTH: _Kind(
        "Bit depth",
        "Fewer levels for each colour: a change of less than half a step between levels is rounded away.",
        "bits",
        1,
        8,
        8,
        (8, 7, 6, 5, 4, 3, 2, 1),
    ),
    Handling.JPEG: _Kind(
        "JPEG",
        "Saved as people save photos: fine detail, and most of all fine colour, is stored coarsely or not at all.",
        "quality",
        1,
        100,
        None,
        (None, 95, 90, 85, 80, 70, 60, 50, 40, 30, 20, 10, 5),
    ),
}
