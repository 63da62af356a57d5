"""What the page is about at this moment: the photo, the pictures whose style is taken, the network, and the settings."""

from __future__ import annotations

from dataclasses import dataclass

from core.images.photo import Photo
from core.style.settings import StyleSettings
from core.zoo.model_card import ModelCard


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What is painted, how, and as which network sees it. The first of `styles`, keys and pictures, is the main one."""

    photo: Photo
    keys: tuple[str, ...]
    styles: tuple[Photo, ...]
    card: ModelCard
    settings: StyleSettings

    @property
    def name(self) -> str:
        """What a run can't change while it goes on, as a part of keys."""
        own, styles = self.settings, " ".join(style.digest for style in self.styles)
        return (
            f"{self.card.key} {self.photo.digest} {styles} {own.side} {own.start.value} {own.seed} {own.style_scale:g} "
            f"{own.colours.value}"
        )
