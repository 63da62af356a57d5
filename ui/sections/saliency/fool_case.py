"""What is attacked: one network's picture of the photo, its answer, and what shall become of that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.adversarial.settings import AttackSettings
from core.experiments.aims import Aim
from core.images.photo import Photo
from core.zoo.model_card import ModelCard, Task
from ui import cached, first_look, messages, model_picker
from ui.cached import adversarial
from ui.sections.saliency import fool_controls as controls

if TYPE_CHECKING:
    from core.experiments.adversarial import Clean, Outcome
    from core.experiments.effort import Effort


LOOKED = "fool-looked"
"""In the session: the photo whose clean answer is there."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """An attack on the answer of a classifier to a photo."""

    photo: Photo
    card: ModelCard
    clean: Clean
    aim: Aim
    settings: AttackSettings

    @property
    def name(self) -> str:
        """Photo, network and aim, as a part of keys."""
        return f"{self.photo.digest} {cached.version(self.card.key)} {self.aim.goal.value} {self.aim.label}"

    @property
    def named(self) -> tuple[int, int]:
        """The clean class and the one the attack is about, which may be the same."""
        return self.clean.guesses[0].index, self.aim.label

    def effort(self) -> Effort[Outcome]:
        """The attack, to be made a little at a time; cached, so whoever needs it may ask."""
        return adversarial.attack(self.photo, self.card.key, self.aim, self.settings)

    def outcome(self) -> Outcome:
        """What it comes to, at once."""
        return adversarial.attacked(self.photo, self.card.key, self.aim, self.settings)


def choose(photo: Photo, cells: list[DeltaGenerator], far: DeltaGenerator) -> Asked:
    """Epsilon, attack, target and network in four cells, in this order, the rest in `far`."""
    attack = controls.attack(cells[1])
    epsilon = controls.epsilon(attack, cells[0])
    settings = controls.settings(attack, epsilon, far)
    told = st.container()  # below the cells, which are narrow
    with cells[3]:
        card = model_picker.pick(Task.CLASSIFY, brief=True, below=told)
    card, clean = model_picker.answered(card, told, lambda one: adversarial.clean(photo, one.key))
    first_look.looked(LOOKED, photo)
    return Asked(photo, card, clean, controls.target(clean, attack, cells[2], far), settings)


def told(asked: Asked) -> str:
    """The attack in a few words, such as "PGD, L∞, within 8/255, towards parachute"."""
    return f"{asked.settings.attack.title}, {reach(asked.settings)}, {goal(asked)}"


def reach(settings: AttackSettings) -> str:
    """How far it may go, in words."""
    if settings.epsilon is None:
        return "without a bound"
    return f"within {'a length of ' if settings.ball.norm is controls.Norm.L2 else ''}{radius(settings)}"


def radius(settings: AttackSettings) -> str:
    """Epsilon in its own unit, such as "8/255" or, for a length, "3"."""
    if settings.epsilon is None:
        return "none"
    if settings.ball.norm is controls.Norm.L2:
        return f"{settings.epsilon:g}"
    return f"{settings.epsilon / controls.LEVEL:.3g}/255"


def goal(asked: Asked) -> str:
    """Where it goes, in words."""
    name = messages.escape(asked.clean.classes[asked.aim.label])
    return f"{'towards' if asked.aim.goal is controls.Goal.TOWARDS else 'away from'} {name}"
