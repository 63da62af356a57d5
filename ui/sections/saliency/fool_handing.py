"""What the views Fool and Does it survive? hand on: the attacked picture, which becomes the visitor's photo and is explained."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING

from ui import story
from ui.cached import adversarial
from ui.sections.attribution import case as cases
from ui.sections.saliency.fool_case import Asked

if TYPE_CHECKING:
    from core.experiments.adversarial import Changed, Outcome
    from core.images.photo import Photo


def fooled(outcome: Outcome) -> bool:
    """Whether the picture of 8 bits has another class than the clean one: only then is there something to explain again."""
    return outcome.after.index != outcome.before.index


def taken(asked: Asked, outcome: Outcome) -> story.Taken:
    """The picture: what the same network sees in it now is held against what it saw before."""
    settings = {cases.CLASS: cases.GUESSES[0]}
    before = outcome.before.label
    if outcome.classes.count(before) == 1:  # a name of twins needs its place
        settings[cases.AGAINST] = before
    return story.Taken(settings=settings, picture=adversarial.png(outcome.pixels), name=named(asked.photo))


def picture(photo: Photo, outcome: Changed) -> story.Taken:
    """The picture of an attack on a box: any classifier may explain it."""
    return story.Taken(picture=adversarial.png(outcome.pixels), name=named(photo))


def named(photo: Photo) -> str:
    """What the attacked picture of `photo` is called."""
    return f"{PurePath(photo.name).stem} attacked.png"
