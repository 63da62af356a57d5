"""The settings of an attack: how far it may go, which one, towards what, on which network; the rest behind one click."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.adversarial.settings import LEVEL, Attack, AttackSettings, Goal, Norm
from core.experiments.aims import STANDARD, TOP, Aim, drawn_class, least_likely
from ui import parts
from ui.sections.attribution.case import GUESSES

if TYPE_CHECKING:
    from core.experiments.adversarial import Clean

ATTACKS = {
    "Gradient ascent: plain": Attack.COURSE,
    "FGSM: one step, weak": Attack.FGSM,
    "PGD, L∞: small steps": Attack.PGD_LINF,
    "PGD, L2: few values, more": Attack.PGD_L2,
    "DeepFool: nearest border": Attack.DEEPFOOL,
}
"""The labels carry the lesson; the first is what a visitor sees."""

LEAST, AWAY, CHANCE_CLASS = "Least likely", "Any other class", "A class by chance"
EPSILON, RADIUS, ATTACK, TARGET, FREE = "eps", "radius", "attack", "target", "free"
UPDATES, STRIDE, LENGTH, STRETCH = "updates", "stride", "length", "stretch"
AFTER, CHANCE, DICE, INSIDE, LOT = "after", "chance", "dice", "inside", "lot"
KEYS = (ATTACK, EPSILON, RADIUS, TARGET, LOT, FREE, UPDATES, STRIDE, LENGTH, STRETCH, AFTER, CHANCE, DICE, INSIDE)
"""In the URL and the session."""

LEVELS = round((STANDARD.epsilon or 0.0) / LEVEL)
AUTOMATIC = "automatic"
STRIDES = (AUTOMATIC, "0.25", "0.5", "1", "2", "4", "8")  # levels of 255
LENGTHS = ("0.02", "0.05", "0.1", "0.2", "0.5", "1", "2")  # of a whole step, with values from 0 to 1
USUAL = f"{STANDARD.stride:g}"
LOTS = 9_999
"""The largest number that a class by chance is drawn with."""


def attack(cell: DeltaGenerator, labels: Sequence[str] = tuple(ATTACKS)) -> Attack:
    """Which attack; `labels` are those that are offered."""
    if st.session_state.get(ATTACK) not in (None, *labels):
        st.session_state[ATTACK] = labels[0]  # one that this view does not have
    chosen = cell.selectbox("Attack", labels, key=ATTACK, bind="query-params", help="How each step is made.")
    return ATTACKS.get(chosen or labels[0], STANDARD.attack)


def epsilon(attack: Attack, cell: DeltaGenerator) -> float | None:
    """How far it may go, in pixel values of [0, 1]; None is no bound. A slider for each norm keeps its own value."""
    free = not attack.needs_epsilon and bool(st.session_state.get(FREE, False))
    if attack.norm is Norm.L2:
        chosen = cell.slider(
            "Epsilon, L2 length",
            0.0,
            10.0,
            Attack.PGD_L2.usual_epsilon,
            0.25,
            key=RADIUS,
            bind="query-params",
            help="How long the whole change may be, with values from 0 to 1. At 0 nothing changes.",
        )
        return float(chosen)
    chosen = cell.slider(
        "Epsilon, in 1/255",
        0,
        32,
        LEVELS,
        key=EPSILON,
        bind="query-params",
        disabled=free,
        help="By how many of its 255 levels a pixel value may change. At 0 nothing changes.",
    )
    if free:
        cell.caption("no bound: see More settings")
    return None if free else int(chosen) * LEVEL


def target(clean: Clean, attack: Attack, cell: DeltaGenerator, far: DeltaGenerator) -> Aim:
    """Which class shall win, or that any other may; DeepFool always goes to the nearest other."""
    options = list(aims(clean))
    if st.session_state.get(TARGET) not in (None, *options):  # a class of another network
        st.session_state[TARGET] = options[0]
    chosen = cell.selectbox(
        "Target", options, key=TARGET, bind="query-params", help="What it shall see. Type to search all classes."
    )
    choices = aims(clean, _lot(far) if chosen == CHANCE_CLASS else 0)
    if attack is Attack.DEEPFOOL:
        cell.caption("DeepFool goes to the nearest other class")
        return choices[AWAY]
    aim = choices.get(chosen or options[0], choices[options[0]])
    now = clean.guess(aim.label)
    if chosen == CHANCE_CLASS:
        cell.button("Draw another", key="fool-draw", icon=":material/casino:", type="tertiary", on_click=_draw_another)
    cell.caption(
        f"away from {now.label} · {parts.percent(now.probability)}"
        if aim.goal is Goal.AWAY
        else f"{now.label} · {parts.percent(now.probability)} now"
    )
    return aim


def aims(clean: Clean, lot: int = 0) -> dict[str, Aim]:
    """Every choice and its aim: by rank first, then all classes by name. Of twins each bears its place.

    `lot` is the seed of the class by chance, which only a network of more than five classes has.
    """
    counts = Counter(clean.classes)
    every = {(f"{name} ({index})" if counts[name] > 1 else name): index for index, name in enumerate(clean.classes)}
    ranked = {rank: guess.index for rank, guess in list(zip(GUESSES, clean.guesses, strict=False))[1:]}
    drawn = {CHANCE_CLASS: drawn_class(clean.probabilities, lot)} if len(clean.classes) > TOP else {}
    towards = {LEAST: least_likely(clean.probabilities), **drawn, **ranked, **every}
    found = {name: Aim(Goal.TOWARDS, index) for name, index in towards.items()}
    return {LEAST: found.pop(LEAST), AWAY: Aim(Goal.AWAY, clean.guesses[0].index), **found}


def _lot(far: DeltaGenerator) -> int:
    """The number with which a class is drawn."""
    words = "The class by chance is drawn with it, from all but the five most probable: the same number draws the same class."
    return int(far.number_input("Number of the draw", 0, LOTS, 0, key=LOT, bind="query-params", help=words) or 0)


def _draw_another() -> None:
    st.session_state[LOT] = (int(st.session_state.get(LOT, 0) or 0) + 1) % (LOTS + 1)


def settings(attack: Attack, epsilon: float | None, far: DeltaGenerator) -> AttackSettings:
    """Steps, their size, what follows the first success, and chance. What an attack does not use is not shown."""
    with far:
        steps = _steps(attack)
        size = _size(attack)
        after = st.slider(
            "Steps after success",
            0,
            20,
            STANDARD.steps_after,
            key=AFTER,
            bind="query-params",
            help="How many more follow once it is fooled: the probability grows, and so does the change.",
        )
        random, seed = _chance() if attack in (Attack.PGD_LINF, Attack.PGD_L2) else (False, 0)
        inside = st.toggle(
            "Round inside the loop",
            key=INSIDE,
            bind="query-params",
            help="The network sees only pictures of 8 bits while the attack runs, so that nothing is lost at its end.",
        )
        if not attack.needs_epsilon:
            st.toggle("Without a bound", key=FREE, bind="query-params", help="No epsilon: as far as it takes.")
    return AttackSettings(
        attack=attack,
        epsilon=epsilon,
        steps=steps,
        step_size=size,
        steps_after=int(after),
        random_start=random,
        seed=seed,
        round_inside=bool(inside),
    )


def _steps(attack: Attack) -> int:
    if attack is Attack.FGSM:
        return STANDARD.steps
    return int(st.slider("Most steps", 1, 100, STANDARD.steps, key=UPDATES, bind="query-params"))


def _size(attack: Attack) -> float | None:
    """The step size in pixel values, None for the attack's own. Each kind of step keeps its own value."""
    if attack in (Attack.FGSM, Attack.DEEPFOOL):
        return None
    own = "Automatic is 2.5 epsilon by the number of steps."
    if attack is Attack.PGD_LINF:
        chosen = st.select_slider("Step, in 1/255", STRIDES, key=STRIDE, bind="query-params", help=own)
        return None if chosen == AUTOMATIC else float(chosen) * LEVEL
    words = "The length of a whole step, with values from 0 to 1."
    if attack is Attack.PGD_L2:
        options = (AUTOMATIC, *LENGTHS)
        chosen = st.select_slider("Step, L2 length", options, key=STRETCH, bind="query-params", help=f"{words} {own}")
        return None if chosen == AUTOMATIC else float(chosen)
    return float(st.select_slider("Step, L2 length", LENGTHS, USUAL, key=LENGTH, bind="query-params", help=words))


def _chance() -> tuple[bool, int]:
    random = st.toggle(
        "Random start", key=CHANCE, bind="query-params", help="From a random point near the photo, not from the photo."
    )
    seed = st.number_input("Seed", 0, 9_999, 0, key=DICE, bind="query-params", disabled=not random)
    return bool(random), int(seed or 0)
