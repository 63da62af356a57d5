"""What a network saw on the photo and what was made of it: the case that the parts of the view Detect speak about."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from core.boxes.files import BoxTable
from core.boxes.nms_settings import LEAST_SCORE, Method
from core.detection.detecting_settings import FindSettings, SeeSettings
from core.images.photo import Photo
from core.zoo.own_darknet import OwnDarknet
from ui.cached import detections
from viz.colours import MANY, Stroke

if TYPE_CHECKING:
    from core.experiments.detecting import Detected, Fate, Looked, Seen
    from core.experiments.models import Found
    from core.zoo.model_card import ModelCard

MOST_STROKES = len(MANY)


@dataclass(frozen=True, slots=True, eq=False)
class Looking:
    """A network that looked at a photo: its name for people, its row (None for a visitor's own), and what it said."""

    photo: Photo
    title: str
    model: str | OwnDarknet
    row: ModelCard | None
    settings: SeeSettings
    seen: Seen
    classes: tuple[str, ...]
    """All that it is at all likely to have seen, the likeliest first: their order does not change with a threshold."""


@dataclass(frozen=True, slots=True, eq=False)
class Case:
    """What `settings` make of what a network said. `palette` are the classes in the order of their colours."""

    look: Looking
    settings: FindSettings
    found: Detected
    palette: tuple[str, ...]

    @property
    def things(self) -> tuple[Found, ...]:
        """The boxes that are left, best first."""
        return self.found.things

    @property
    def keys(self) -> tuple[str, ...]:
        """The name of each thing: the pass and the anchor that it comes from."""
        return tuple(
            f"{look}-{anchor}-{one.index}" for (look, anchor), one in zip(self.found.rows, self.things, strict=True)
        )

    @property
    def removed(self) -> int:
        """How many candidates the suppression removed."""
        return len(self.found.raced.labels) - len(self.found.kept)

    def stroke(self, name: str) -> Stroke:
        """The colour and dash of a class; after the last they begin again."""
        return MANY[self.palette.index(name) % MOST_STROKES] if name in self.palette else MANY[-1]

    def place(self, key: str | None) -> int | None:
        """The place of a thing by its name; None where it is none of these."""
        return self.keys.index(key) if key in self.keys else None

    def removals(self) -> list[int]:
        """How many candidates each thing removed itself; of matrix suppression, of how many it was the worst rival."""
        if self.found.merge is not None:
            winner = self.found.merge.winner
        else:  # matrix suppression has rivals instead of winners
            name = "rival" if self.settings.nms.method is Method.MATRIX else "winner"
            winner = getattr(self.found.trace, name, np.zeros(0, np.int64))
        gone = winner >= 0
        gone[list(self.found.kept)] = False
        counts = np.bincount(winner[gone], minlength=len(winner))
        return counts[list(self.found.kept[: len(self.things)])].tolist()

    def source(self, place: int) -> tuple[Looked, int]:
        """The pass that a thing comes from, and its anchor there."""
        look, anchor = self.found.rows[place]
        return self.look.seen.looks[look], anchor

    def factors(self, place: int) -> tuple[float, float]:
        """Objectness and probability of the class, whose product the score was before any suppression."""
        looked, anchor = self.source(place)
        return float(looked.objectness[anchor]), float(looked.classes[anchor, self.things[place].index])

    def fate(self, place: int) -> Fate:
        """What became of the anchor of a thing."""
        look, anchor = self.found.rows[place]
        return detections.fate(self.look.seen, self.found, look, anchor)


def likely(seen: Seen, least: float) -> tuple[str, ...]:
    """The classes that are the best of some box which scores at least `least`, by their surest box."""
    best: dict[int, float] = {}
    for look in seen.looks:
        found, _ = look.candidates()
        for index, score in zip(found.labels.tolist(), found.scores.tolist(), strict=True):
            if score >= least and score > best.get(index, 0.0):
                best[index] = score
    return tuple(seen.names[index] for index in sorted(best, key=lambda one: -best[one]))


def look(photo: Photo, row: ModelCard, settings: SeeSettings) -> Looking:
    """A network of the catalogue looks at the photo.

    Raises:
        WeightsMissingError: its weights are not on this machine.
        SettingError: it takes no such input, or there are too many tiles.
    """
    seen = detections.seen(photo, row.key, settings)
    return Looking(photo, row.title, row.key, row, settings, seen, likely(seen, LEAST_SCORE))


def look_own(photo: Photo, files: OwnDarknet, title: str, settings: SeeSettings) -> Looking:
    """The visitor's own network looks at the photo.

    Raises:
        ModelError: a file is damaged or of another kind.
        SettingError: it takes no such input, or there are too many tiles.
    """
    seen = detections.seen(photo, files, settings)
    return Looking(photo, title, files, None, settings, seen, likely(seen, LEAST_SCORE))


def case(looking: Looking, settings: FindSettings, palette: tuple[str, ...] = ()) -> Case:
    """What `settings` find, in the colours of `palette` (by default of its own classes).

    A class that only another network knows is not looked for; where all of them are such, nothing is found.
    """
    classes = tuple(name for name in settings.classes if name in looking.seen.names)
    known = replace(settings, classes=classes)
    found = detections.found(looking.photo, looking.model, looking.settings, known)
    if settings.classes and not classes:
        none = BoxTable(np.zeros((0, 4)), np.zeros(0), ())
        found = replace(found, things=(), rows=(), raced=none, raced_rows=(), kept=(), trace=None, merge=None, below=0)
    return Case(looking, known, found, palette or looking.classes)
