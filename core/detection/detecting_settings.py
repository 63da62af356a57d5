"""What a visitor chooses of detection: what needs the network, and what only reads its answer again. Torch-free."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from core.boxes.nms_settings import NmsSettings
from core.errors import SettingError
from core.options import Option

STRIDE = 32
LEAST_SIZE, MOST_SIZE = 96, 1280
"""The bounds of an input's longest side, in pixels."""

LEAST_TILE = 64
LEAST = 0.01
"""Below this score an anchor is nobody's candidate."""

MOST_THINGS = 1000


class Labels(Option):
    """How many classes a box may have."""

    BEST = "best", "The best class", "Each box is of its most probable class alone."
    EVERY = "every", "Every class that is sure enough", "A box counts once for each class above the threshold."


@dataclass(frozen=True, slots=True, kw_only=True)
class SeeSettings:
    """What needs a pass of the network.

    `size` is the longest side of its input in pixels, a multiple of 32; None is the size that it was trained at. `tile` is
    the side of the tiles in pixels of the photo, each seen in a pass of its own; None is the whole photo at once.
    Neighbouring tiles share at least `overlap` pixels, which nobody reads without tiles.

    Raises:
        SettingError: a number is outside its range.
    """

    size: int | None = None
    tile: int | None = None
    overlap: int = 64

    def __post_init__(self) -> None:
        if self.size is not None and not (LEAST_SIZE <= self.size <= MOST_SIZE and self.size % STRIDE == 0):
            raise SettingError(
                f"The network's input must be from {LEAST_SIZE} to {MOST_SIZE} pixels and a multiple of {STRIDE}, "
                f"got {self.size}.",
                f"Choose a size such as {13 * STRIDE}.",
            )
        if self.tile is None:
            return
        if self.tile < LEAST_TILE:
            raise SettingError(
                f"A tile must be at least {LEAST_TILE} pixels wide, got {self.tile}.", "Choose larger tiles."
            )
        if not 0 <= self.overlap < self.tile:
            raise SettingError(
                f"Tiles of {self.tile} pixels can share from 0 to {self.tile - 1} of them, got {self.overlap}.",
                "Let tiles overlap by less.",
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class FindSettings:
    """What reads an answer of the network again, without a pass.

    A candidate scores at least `confidence`. Then `nms` decides; a method that lets scores fall removes what falls below
    `confidence`. `classes` are the names that are looked for, all if there are none; `labels` says how many a box may have.
    At most `limit` things are found.

    Raises:
        SettingError: a number is outside its range.
    """

    confidence: float = 0.3
    nms: NmsSettings = field(default_factory=NmsSettings)
    classes: tuple[str, ...] = ()
    labels: Labels = Labels.BEST
    limit: int = 300

    def __post_init__(self) -> None:
        if not LEAST <= self.confidence <= 1:
            raise SettingError(f"confidence must lie in [{LEAST}, 1], got {self.confidence}.")
        if not 1 <= self.limit <= MOST_THINGS:
            raise SettingError(f"limit must be from 1 to {MOST_THINGS:,}, got {self.limit}.")

    @property
    def race(self) -> NmsSettings:
        """The suppression as it is run: no score may fall below the confidence."""
        return replace(self.nms, score_threshold=max(self.nms.score_threshold, self.confidence))
