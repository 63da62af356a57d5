"""The closing row of the view Does it survive?: the handled pictures, the probabilities in numbers, the link, the lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from core.adversarial.survival_settings import Treatment
from core.images.photo import from_pixels
from ui import controls, export, formats
from ui.sections.models import snippet
from ui.sections.saliency import fool_controls
from ui.sections.saliency import survive_handling as handling
from ui.sections.saliency.survive_case import Fooled
from viz import images

if TYPE_CHECKING:
    from core.experiments.survival import Survived

FILE = "handled.png"


def take_away(made: Fooled, treatment: Treatment, before: Survived, after: Survived) -> None:
    """The row; its lines classify the handled picture once it is saved."""
    export.take_away(
        "survive",
        picture=lambda: images.to_image(after.pixels),
        rows=lambda: rows(made, before, after),
        settings=lambda: {
            "photo": made.asked.photo.name,
            "network": made.asked.card.key,
            "attack": formats.plain(made.asked.settings),
            "class": made.outcome.classes[made.asked.aim.label],
            "treatment": formats.plain(treatment),
        },
        link=lambda: controls.link("part", "model", *fool_controls.KEYS, *handling.KEYS),
        snippet=lambda: snippet.classify(from_pixels(np.array(after.pixels), FILE), made.asked.card),
        raw=lambda: formats.npy(after.pixels),
    )


def rows(made: Fooled, before: Survived, after: Survived) -> list[dict[str, str | float | int]]:
    """A row for each class, with its probability on both handled pictures."""
    pairs = zip(made.outcome.classes, before.probabilities.tolist(), after.probabilities.tolist(), strict=True)
    return [{"class": name, "clean": clean, "adversarial": fooled} for name, clean, fooled in pairs]
