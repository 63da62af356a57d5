"""What the parts of the view speak about: a photo, its tiles, and what the network says of the photo in one pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from core.images.photo import Photo
from core.segmentation.settings import Plan, SegmentSettings
from core.zoo.model_card import ModelCard
from ui import cached
from ui.cached import segmentations

if TYPE_CHECKING:
    from core.experiments.cost import Cost
    from core.experiments.segmented import Box, Segmented

PACE = "tiles-pace"
"""In the session: the fewest milliseconds that a pass of each network took."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """A photo in tiles, and `whole`, the answer of one pass of all of it."""

    photo: Photo
    card: ModelCard
    settings: SegmentSettings
    plan: Plan
    whole: Segmented

    @property
    def name(self) -> str:
        """Tells it from all others."""
        return f"tiles {self.photo.digest} {cached.version(self.card.key)} {self.settings}"

    @property
    def boxes(self) -> tuple[Box, ...]:
        """The tiles in pixels of the photo's working copy, none beyond its edge."""
        x, y = self.photo.width / self.plan.width, self.photo.height / self.plan.height
        tiles = (self.plan.pixels(tile) for tile in self.plan.tiles)
        return tuple(
            (
                tile.x * x,
                tile.y * y,
                min((tile.x + tile.width) * x, self.photo.width),
                min((tile.y + tile.height) * y, self.photo.height),
            )
            for tile in tiles
        )

    @property
    def across(self) -> int:
        """How many tiles stand in a row."""
        return len({tile.x for tile in self.plan.tiles})

    @property
    def down(self) -> int:
        """How many tiles stand in a column."""
        return len({tile.y for tile in self.plan.tiles})

    @property
    def seconds(self) -> float:
        """How long the tiles will take, by the passes that were measured in this session."""
        return _work(self.settings) * len(self.plan.tiles) * _pace(self.card, self.whole) / 1000

    @property
    def closer(self) -> float:
        """How many times as large a thing is shown to the network in a tile as in one pass."""
        x1, y1, x2, y2 = self.boxes[0]
        return self._magnified(x2 - x1, y2 - y1) / self._magnified(self.photo.width, self.photo.height)

    def _magnified(self, width: float, height: float) -> float:
        """Pixels that the network is shown for each pixel of the working copy, along a side."""
        rows, columns = segmentations.shown_size(self.card, round(height), round(width))
        return (rows * columns / (width * height)) ** 0.5


def measured(card: ModelCard, cost: Cost, settings: SegmentSettings, tiles: int = 1) -> None:
    """Remember how long a pass took, where none was faster yet."""
    held: dict[object, float] = st.session_state.setdefault(PACE, {})
    took = cost.milliseconds / (tiles * _work(settings))
    key = cached.version(card.key)
    held[key] = min(took, held.get(key, took))


def _pace(card: ModelCard, whole: Segmented) -> float:
    return st.session_state.get(PACE, {}).get(cached.version(card.key), whole.cost.milliseconds)


def _work(settings: SegmentSettings) -> float:
    """What a tile costs, in passes at the size that the network learned with."""
    return (2 if settings.flip else 1) * sum(scale**2 for scale in settings.scales)
