"""Small paintings of the lab's own network, each made once, for the tests of the words around the view Paint."""

from dataclasses import replace
from functools import cache

from core.experiments.cost import Cost
from core.experiments.style_layers import usual_settings
from core.experiments.styling import PaintedStep, Subject, kept, paint
from core.images.samples import sample
from core.images.styles import style_picture
from core.style.settings import StyleSettings
from core.zoo.catalog import card
from ui.sections.style.case import Case, Drawn

MODEL = "lab-trunk"
SHORT = replace(usual_settings(MODEL), side=96, steps=6, octaves=1)


def case(settings: StyleSettings = SHORT, keys: tuple[str, ...] = ("waves",), **changed: object) -> Case:
    """A painting of the cat in the style of `keys`."""
    made = Case(sample("cat"), keys, tuple(style_picture(key) for key in keys), card(MODEL), settings)
    return replace(made, **changed)


def steps(of: Case) -> tuple[PaintedStep, ...]:
    """Every step of a painting."""
    return tuple(paint(Subject(model=of.card.key, photo=of.photo, styles=of.styles), of.settings))


@cache
def drawn() -> Drawn:
    """A painting that has ended."""
    of = case()
    made = steps(of)
    history = tuple(kept(step) for step in made[1:])
    return Drawn(of, made[-1].canvas.numpy(), history, made[-1].losses, True, made[-1].cost, None)


def fast() -> Drawn:
    """The same as a single pass would leave it."""
    return replace(drawn(), history=(), losses=None, over=False, cost=Cost("CPU", 1, 0, 40.0, 0.0), fast=card(MODEL))
