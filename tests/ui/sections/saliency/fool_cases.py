"""Attacks on the lab's own network, each made once, for the tests of the views Fool and Does it survive?"""

from dataclasses import replace
from functools import cache

from core.adversarial.settings import LEVEL, Attack, AttackSettings, Goal
from core.experiments.adversarial import Clean, Outcome, attacked, clean
from core.experiments.aims import STANDARD, Aim, BoxAim, least_likely
from core.experiments.box_attack import BoxOutcome, CleanBoxes, boxes
from core.experiments.box_attack import attacked as box_attacked
from core.images.samples import sample
from core.zoo.catalog import card
from ui.sections.saliency.fool_box import Boxed
from ui.sections.saliency.fool_case import Asked
from ui.sections.saliency.survive_case import Fooled

MODEL = "lab-classifier"
DETECTOR = "lab-yolo-14"
PGD = AttackSettings(attack=Attack.PGD_LINF, epsilon=4 * LEVEL)
FGSM = AttackSettings(attack=Attack.FGSM, epsilon=8 * LEVEL)
TIMID = AttackSettings(attack=Attack.DEEPFOOL, epsilon=None, steps=3)
"""It fools the network in real numbers, and no longer after rounding."""


@cache
def cat() -> Clean:
    return clean(sample("cat"), MODEL)


def towards() -> Aim:
    return Aim(Goal.TOWARDS, least_likely(cat().probabilities))


def away() -> Aim:
    return Aim(Goal.AWAY, cat().guesses[0].index)


def asked(settings: AttackSettings = STANDARD, aim: Aim | None = None) -> Asked:
    return Asked(sample("cat"), card(MODEL), cat(), aim or towards(), settings)


@cache
def made(settings: AttackSettings = STANDARD, aim: Aim | None = None) -> Outcome:
    return attacked(cat(), aim or towards(), settings)


def fooled(settings: AttackSettings = STANDARD) -> Fooled:
    return Fooled(asked(settings), made(settings))


@cache
def cat_boxes() -> CleanBoxes:
    return boxes(sample("cat"), DETECTOR)


@cache
def boxed(settings: AttackSettings = PGD, *, around: bool = True) -> tuple[Boxed, BoxOutcome]:
    aim = BoxAim(0, cat_boxes().sure, around)
    return Boxed(sample("cat"), DETECTOR, cat_boxes(), aim, settings), box_attacked(cat_boxes(), aim, settings)


STILL = replace(PGD, epsilon=0.0)
"""It may change nothing."""
