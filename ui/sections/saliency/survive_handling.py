"""Everyday handling of both pictures: how strong each kind of it is, and what the network sees then."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.adversarial.survival_settings import Handling, Strength, Treatment, sweep
from ui import messages, parts
from ui.cached import adversarial
from ui.sections.saliency.survive_case import Fooled
from viz import images

if TYPE_CHECKING:
    from core.experiments.survival import Survived

SLIDERS = {
    Handling.JPEG: "jpeg",
    Handling.RESIZE: "smaller",
    Handling.BLUR: "blurred",
    Handling.CROP: "cropped",
    Handling.DEPTH: "bits",
    Handling.NOISE: "grain",
}
"""The kinds of handling in the order of the page, and their keys in the URL. The first four are in view."""

KEYS = tuple(SLIDERS.values())
LABELS = {
    Handling.JPEG: "JPEG, quality",
    Handling.RESIZE: "Smaller and back",
    Handling.BLUR: "Blur",
    Handling.CROP: "Crop",
    Handling.DEPTH: "Bit depth",
    Handling.NOISE: "Noise, in levels",
}
OFF = "off"
TALLEST = 360  # px


def controls(far: DeltaGenerator) -> Treatment:
    """A slider for each kind of handling: four in view, two in `far`."""
    cells = parts.four(170)
    done: dict[str, Strength] = {}
    for kind, cell in zip(SLIDERS, [*cells, far, far], strict=True):
        strength = _strength(kind, cell)
        if strength is not None:
            done[kind.value] = strength
    return Treatment(**done)  # pyright: ignore[reportArgumentType]


def _strength(kind: Handling, cell: DeltaGenerator) -> Strength:
    options = {word(kind, one): one for one in sweep(kind)}
    chosen = cell.select_slider(LABELS[kind], list(options), key=SLIDERS[kind], bind="query-params", help=kind.lesson)
    return options.get(str(chosen), kind.neutral)


def word(kind: Handling, strength: Strength) -> str:
    """A strength as a person reads it, such as "80 %"."""
    if strength is None or strength == kind.neutral:
        return OFF
    match kind:
        case Handling.RESIZE | Handling.CROP:
            return f"{100 * strength:.0f} %"
        case Handling.BLUR:
            return f"{strength:g} px"
        case Handling.DEPTH:
            return f"{strength} bit{'s' if strength != 1 else ''}"
        case _:
            return f"{strength:g}"


def pair(made: Fooled, treatment: Treatment) -> tuple[Survived, Survived]:
    """Both pictures after the same treatment, each with what the network sees."""
    model, outcome = made.asked.card.key, made.outcome
    before = adversarial.survived(outcome.clean_pixels, model, treatment)
    after = adversarial.survived(outcome.pixels, model, treatment)
    return before, after


def show(made: Fooled, treatment: Treatment, before: Survived, after: Survived) -> None:
    """Both pictures, their labels below them, and what became of the attack in one sentence."""
    st.markdown(verdict(made, treatment, before, after), width=860)
    for cell, one, title in zip(st.columns(2, gap="medium"), (before, after), ("Clean", "Adversarial"), strict=True):
        with cell:
            parts.picture(
                images.encode(images.to_image(np.asarray(one.pixels))),
                title,
                said(made, one),
                alt=f"The {title.lower()} picture after its treatment; the network sees {one.guess.label}",
                tallest=TALLEST,
            )


def untouched(made: Fooled) -> None:
    """Both pictures as they are, where no attack is to be undone."""
    outcome = made.outcome
    pairs = (("Clean", outcome.clean_pixels, outcome.before), ("After the attack", outcome.pixels, outcome.after))
    for cell, (title, pixels, guess) in zip(st.columns(2, gap="medium"), pairs, strict=True):
        with cell:
            parts.picture(
                images.encode(images.to_image(np.asarray(pixels))),
                title,
                f"{messages.escape(guess.label)} {parts.percent(guess.probability)}",
                alt=f"{title}: the network sees {guess.label}",
                tallest=TALLEST,
            )


def said(made: Fooled, one: Survived) -> str:
    """What the network sees, and how probable the clean and the fooled class are besides."""
    classes = made.outcome.classes
    places = dict.fromkeys((one.guess.index, made.clean, made.fooled))
    return " · ".join(f"{messages.escape(classes[place])} {parts.percent(one.of(place))}" for place in places)


def verdict(made: Fooled, treatment: Treatment, before: Survived, after: Survived) -> str:
    """Whether the attack survived the treatment, and whether the clean picture did."""
    classes = made.outcome.classes
    seen = f"**{messages.escape(after.guess.label)} {parts.percent(after.guess.probability)}**"
    how = told(treatment)
    if after.guess.index == made.fooled:
        first = (
            f"The attack survives {how}: the network sees {seen}."
            if how
            else f"Nothing is done to the picture yet: the network sees {seen}. Move a slider."
        )
    elif after.guess.index == made.clean:
        first = f"The attack is gone after {how}: the network sees {seen} again."
    else:
        first = f"After {how} the network sees {seen}, neither {_plain(classes[made.clean])} nor {_plain(classes[made.fooled])}."
    if before.guess.index != made.clean:
        first += f" But the clean picture suffers too: now it is {_plain(before.guess.label)}."
    return first


def told(treatment: Treatment) -> str:
    """The treatment in a few words; empty where nothing is done."""
    return ", ".join(_NAMES[kind].format(word(kind, treatment.strength(kind))) for kind in treatment.done)


_NAMES = {
    Handling.JPEG: "JPEG of quality {}",
    Handling.RESIZE: "shrinking to {} and back",
    Handling.BLUR: "a blur of {}",
    Handling.CROP: "a crop by {}",
    Handling.DEPTH: "a depth of {}",
    Handling.NOISE: "noise of {} levels",
}


def _plain(name: str) -> str:
    return messages.escape(name)
